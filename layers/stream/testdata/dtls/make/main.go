// Command make records associations of pion/dtls over the loopback interface that use
// connection IDs (RFC 9146), which OpenSSL does not have. NAME.txt is as make.py writes
// it.
//
//	go run . && mv *.txt ..
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"log"
	"math/big"
	"net"
	"os"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
)

func main() {
	for _, c := range []struct {
		name           string
		suite          dtls.CipherSuiteID
		client, server func() []byte
	}{
		{"dtls12-cid-gcm", dtls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, dtls.RandomCIDGenerator(4), dtls.RandomCIDGenerator(8)},
		{"dtls12-cid-ccm8", dtls.TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8, dtls.OnlySendCIDGenerator(), dtls.RandomCIDGenerator(20)},
		{"dtls12-cid-chacha", dtls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, dtls.RandomCIDGenerator(1), dtls.OnlySendCIDGenerator()},
	} {
		var out recorder
		fmt.Fprintf(&out, "# pion/dtls v3, %v\n", c.suite)
		if err := converse(&out, c.suite, c.client, c.server); err != nil {
			log.Fatalf("%s: %v", c.name, err)
		}
		if err := os.WriteFile(c.name+".txt", out.buf.Bytes(), 0o666); err != nil {
			log.Fatal(err)
		}
	}
}

// A recorder collects the lines of a file.
type recorder struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(b)
}

// A tap is the client's socket.
type tap struct {
	net.PacketConn
	out *recorder
}

func (t tap) ReadFrom(b []byte) (int, net.Addr, error) {
	n, addr, err := t.PacketConn.ReadFrom(b)
	if err == nil {
		fmt.Fprintf(t.out, "< %x\n", b[:n])
	}
	return n, addr, err
}

func (t tap) WriteTo(b []byte, addr net.Addr) (int, error) {
	fmt.Fprintf(t.out, "> %x\n", b)
	return t.PacketConn.WriteTo(b, addr)
}

func socket() net.PacketConn {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	return c
}

func converse(out *recorder, suite dtls.CipherSuiteID, clientID, serverID func() []byte) error {
	a, b := socket(), socket()
	config := func(id func() []byte) *dtls.Config {
		return &dtls.Config{
			CipherSuites: []dtls.CipherSuiteID{suite}, ConnectionIDGenerator: id, InsecureSkipVerify: true,
			ExtendedMasterSecret: dtls.RequireExtendedMasterSecret, PaddingLengthGenerator: func(n uint) uint { return n % 7 },
		}
	}
	sc, cc := config(serverID), config(clientID)
	sc.Certificates, cc.KeyLogWriter = []tls.Certificate{identity()}, out
	failed := make(chan error, 1)
	go func() { failed <- serve(b, a.LocalAddr(), sc) }()
	c, err := dtls.Client(tap{a, out}, b.LocalAddr(), cc)
	if err != nil {
		return err
	}
	if err := c.Handshake(); err != nil {
		return err
	}
	reply := make([]byte, 2000)
	for n := 1; n <= 3; n++ {
		if _, err := c.Write(message(n, false)); err != nil {
			return err
		}
		if _, err := c.Read(reply); err != nil {
			return err
		}
	}
	time.Sleep(100 * time.Millisecond)
	return c.Close()
}

func serve(conn net.PacketConn, client net.Addr, config *dtls.Config) error {
	s, err := dtls.Server(conn, client, config)
	if err != nil {
		return err
	}
	b := make([]byte, 2000)
	for n := 1; n <= 3; n++ {
		if _, err := s.Read(b); err != nil {
			return err
		}
		if _, err := s.Write(message(n, true)); err != nil {
			return err
		}
	}
	return nil
}

// message returns a DNS query for the address of qN.example, or its reply.
func message(n int, reply bool) []byte {
	head, tail := "01000001000000000000", ""
	if reply {
		head, tail = "81800001000100000000", fmt.Sprintf("c00c000100010000003c0004c00002%02x", n)
	}
	b, err := hex.DecodeString(fmt.Sprintf("123%d%s02713%d076578616d706c650000010001%s", n, head, n, tail))
	if err != nil {
		log.Fatal(err)
	}
	return b
}

func identity() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		log.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(10, 0, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		log.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
