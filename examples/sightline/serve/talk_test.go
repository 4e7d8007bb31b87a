package serve

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
)

// A keyed is a conversation of crypto/tls with itself.
type keyed struct {
	capture []byte
	log     string // as SSLKEYLOGFILE has it
	private string // key of the server, in PEM
	url     string // that is encrypted
	secrets []string
}

// talk records an HTTPS request for a host: with TLS 1.3, or TLS 1.2 and the key exchange
// of RSA.
func talk(t testing.TB, version uint16, host string) keyed {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{host}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	suites := []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}
	w := &wire{}
	c, s := w.ends()
	client := tls.Client(c, &tls.Config{InsecureSkipVerify: true, ServerName: host, MaxVersion: version, CipherSuites: suites, KeyLogWriter: &log})
	server := tls.Server(s, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, CipherSuites: suites, MaxVersion: version})
	done := make(chan error, 1)
	go func() {
		_, err := io.ReadFull(server, make([]byte, len(requestFor(host))))
		if err == nil {
			_, err = io.WriteString(server, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
		}
		done <- err
	}()
	if _, err := io.WriteString(client, requestFor(host)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(client, make([]byte, 40)); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	private := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	k := keyed{capture: w.capture(host), log: log.String(), private: string(private), url: "https://" + host + "/c2"}
	for _, f := range [][]byte{key.D.Bytes(), key.Primes[0].Bytes(), key.Primes[1].Bytes()} {
		k.secrets = append(k.secrets, hex.EncodeToString(f))
	}
	for line := range strings.Lines(k.log) {
		k.secrets = append(k.secrets, strings.Fields(line)[2])
	}
	return k
}

func requestFor(host string) string { return "GET /c2 HTTP/1.1\r\nHost: " + host + "\r\n\r\n" }

// A wire records what two ends send, in its order.
type wire struct {
	mu   sync.Mutex
	sent []struct {
		fromClient bool
		data       []byte
	}
}

type end struct {
	net.Conn
	w          *wire
	fromClient bool
}

func (w *wire) ends() (client, server net.Conn) {
	c, s := net.Pipe()
	return end{c, w, true}, end{s, w, false}
}

func (e end) Write(b []byte) (int, error) {
	e.w.mu.Lock()
	e.w.sent = append(e.w.sent, struct {
		fromClient bool
		data       []byte
	}{e.fromClient, bytes.Clone(b)})
	e.w.mu.Unlock()
	return e.Conn.Write(b)
}

// capture returns the recording as a capture, from a port that depends on the host.
func (w *wire) capture(host string) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	var f build.Pcap
	port := uint16(40000 + len(host))
	seq := map[bool]uint32{true: 1, false: 1}
	add := func(fromClient bool, flags uint8, data []byte) {
		p := build.TCP{Src: "10.0.0.5", SrcPort: port, Dst: "198.51.100.9", DstPort: 443, Seq: seq[fromClient], Ack: seq[!fromClient], Flags: flags, Data: string(data)}
		if !fromClient {
			p.Src, p.SrcPort, p.Dst, p.DstPort = p.Dst, p.DstPort, p.Src, p.SrcPort
		}
		if flags&2 != 0 {
			p.Seq--
		}
		f.Add(time.Unix(1_700_000_000, 0), build.Ethernet(0x0800, p.Packet()))
		seq[fromClient] += uint32(len(data))
	}
	add(true, 0x02, nil)
	add(false, 0x12, nil)
	for _, m := range w.sent {
		for data := range slices.Chunk(m.data, 1400) {
			add(m.fromClient, 0x18, data)
		}
	}
	return f.Bytes()
}

// zipOf returns an archive as package archive/zip makes it, in the order of the files:
// with their sizes after them. A name that ends in "/" has no content.
func zipOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
