// Command http3 is a server and a client of HTTP/3 for the lab.
//
//	http3 serve ADDRESS CERTIFICATE KEY DIRECTORY
//	http3 get VERSION CA KEYLOG ORIGIN PATH...
//
// get requests the paths in one connection, first by GET and then, with the path as
// the body, by POST, and prints method, URL, status, and the SHA-256 of both bodies.
package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

func main() {
	log.SetFlags(0)
	switch a := os.Args[1:]; {
	case len(a) == 5 && a[0] == "serve":
		log.Fatal(serve(a[1], a[2], a[3], a[4]))
	case len(a) > 5 && a[0] == "get":
		if err := get(a[1], a[2], a[3], a[4], a[5:]); err != nil {
			log.Fatal(err)
		}
	default:
		log.Fatal("usage: see the source")
	}
}

func serve(address, certificate, key, root string) error {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		return err
	}
	s := http3.Server{
		Addr:       address,
		TLSConfig:  http3.ConfigureTLSConfig(&tls.Config{Certificates: []tls.Certificate{pair}}),
		QUICConfig: &quic.Config{Versions: []quic.Version{quic.Version1, quic.Version2}},
		Handler:    http.FileServer(http.Dir(root)),
	}
	return s.ListenAndServe()
}

func get(version, ca, keylog, origin string, paths []string) error {
	roots := x509.NewCertPool()
	pem, err := os.ReadFile(ca)
	if err != nil {
		return err
	}
	roots.AppendCertsFromPEM(pem)
	keys, err := os.OpenFile(keylog, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer keys.Close()
	t := &http3.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, KeyLogWriter: keys},
		QUICConfig:      &quic.Config{Versions: []quic.Version{map[string]quic.Version{"1": quic.Version1, "2": quic.Version2}[version]}},
	}
	defer t.Close()
	for _, path := range paths {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if err := exchange(t, method, origin+path, path); err != nil {
				return err
			}
		}
	}
	return nil
}

func exchange(t *http3.Transport, method, url, body string) error {
	if method == http.MethodGet {
		body = ""
	}
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	if err != nil {
		return err
	}
	res, err := t.RoundTrip(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	h := sha256.New()
	if _, err := io.Copy(h, res.Body); err != nil {
		return err
	}
	fmt.Printf("%s\t%s\t%d\t%x", method, url, res.StatusCode, h.Sum(nil))
	if body != "" {
		fmt.Printf("\t%x", sha256.Sum256([]byte(body)))
	}
	fmt.Println()
	return nil
}
