// Command make records conversations of quic-go over the loopback interface, with
// their secrets. NAME.txt holds the key log and the datagrams, in hexadecimal: "> "
// from the client, "< " from the server, ">> " and "<< " at the client's second port.
//
//	go run . && mv *.txt ..
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// A recorder writes down what a connection sends and receives.
type recorder struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.out.Write(b)
}

// A tap is the socket of a client.
type tap struct {
	net.PacketConn
	r        *recorder
	out, in_ string
}

func (t *tap) WriteTo(b []byte, to net.Addr) (int, error) {
	fmt.Fprintf(t.r, "%s %x\n", t.out, b)
	return t.PacketConn.WriteTo(b, to)
}

func (t *tap) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := t.PacketConn.ReadFrom(b)
	if err == nil {
		fmt.Fprintf(t.r, "%s %x\n", t.in_, b[:n])
	}
	return n, from, err
}

func socket() net.PacketConn {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		log.Fatal(err)
	}
	return c
}

func certificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"quic.example"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func run(name string, version quic.Version, retry bool, talk func(get func(path, body string), move func())) {
	server := &http3.Server{
		TLSConfig:  http3.ConfigureTLSConfig(&tls.Config{Certificates: []tls.Certificate{certificate()}}),
		QUICConfig: &quic.Config{Versions: []quic.Version{version}},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, b)
		}),
	}
	listening := socket()
	tr := &quic.Transport{Conn: listening, VerifySourceAddress: func(net.Addr) bool { return retry }}
	l, err := tr.ListenEarly(server.TLSConfig, server.QUICConfig)
	if err != nil {
		log.Fatal(err)
	}
	go server.ServeListener(l)

	var r recorder
	var keys bytes.Buffer
	first := &quic.Transport{Conn: &tap{socket(), &r, ">", "<"}}
	second := &quic.Transport{Conn: &tap{socket(), &r, ">>", "<<"}}
	config := &tls.Config{ServerName: "quic.example", InsecureSkipVerify: true, NextProtos: []string{"h3"}, KeyLogWriter: &keys}
	conn, err := first.Dial(context.Background(), listening.LocalAddr(), config, &quic.Config{Versions: []quic.Version{version}, DisablePathMTUDiscovery: true})
	if err != nil {
		log.Fatal(err)
	}
	client := (&http3.Transport{}).NewClientConn(conn)
	get := func(path, body string) {
		method := "GET"
		if body != "" {
			method = "POST"
		}
		req, _ := http.NewRequest(method, "https://quic.example"+path, strings.NewReader(body))
		res, err := client.RoundTrip(req)
		if err != nil {
			log.Fatal(name, err)
		}
		io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
	move := func() {
		p, err := conn.AddPath(second)
		if err == nil {
			err = p.Probe(context.Background())
		}
		if err == nil {
			err = p.Switch()
		}
		if err != nil {
			log.Fatal(name, err)
		}
	}
	talk(get, move)
	time.Sleep(100 * time.Millisecond)
	conn.CloseWithError(0x100, "done")
	time.Sleep(100 * time.Millisecond)
	var text []byte
	for line := range strings.Lines(keys.String()) {
		text = append(text, line...)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := os.WriteFile(name+".txt", append(text, r.out.Bytes()...), 0o644); err != nil {
		log.Fatal(err)
	}
}

func main() {
	few := func(get func(path, body string), _ func()) { get("/one", ""); get("/two", "upload") }
	run("v1-retry", quic.Version1, true, few)
	run("v2", quic.Version2, false, few)
	run("v1-migration", quic.Version1, false, func(get func(path, body string), move func()) {
		get("/one", "")
		move()
		get("/two", "upload")
	})
	run("v1-key-update", quic.Version1, false, func(get func(path, body string), _ func()) {
		for range 110 {
			get("/one", "")
		}
		get("/two", "upload")
	})
}
