package main

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A content holds the names, texts and bytes that messages are built from. They
// are made once, so that generating a capture is fast.
type content struct {
	sites  []site
	agents []string
	noise  []byte   // stands for encrypted or compressed data
	text   []byte   // HTML
	zipped [][]byte // gzipped pieces of text
	certs  [][]byte // DER
}

// A site is a name with addresses.
type site struct {
	name   string
	alias  string   // CNAME, or ""
	v4, v6 []string // addresses
}

const (
	siteCount = 4000
	poolSize  = 1 << 20
)

func newContent(r *rand.Rand) content {
	c := content{noise: make([]byte, poolSize)}
	for range siteCount {
		c.sites = append(c.sites, newSite(r))
	}
	for i := range 60 {
		c.agents = append(c.agents,
			fmt.Sprintf("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36", 80+i),
			fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0", 80+i, 80+i))
	}
	for i := 0; i < poolSize; i += 8 {
		binary.LittleEndian.PutUint64(c.noise[i:], r.Uint64())
	}
	for len(c.text) < poolSize {
		c.text = fmt.Appendf(c.text, "<p class=%q><a href=\"/%s/%s\">%s %s</a></p>\n", label(r), label(r), label(r), label(r), label(r))
	}
	for range 32 {
		c.zipped = append(c.zipped, zip(some(r, c.text, logNormal(r, 10, 1.2, 100, 900_000))))
	}
	for i := range 32 {
		c.certs = append(c.certs, certificate(i, c.sites[i*30:]))
	}
	return c
}

func newSite(r *rand.Rand) site {
	s := site{name: domain(r)}
	if r.IntN(3) == 0 {
		s.alias = domain(r)
	}
	for range 1 + r.IntN(5) {
		s.v4 = append(s.v4, fmt.Sprintf("%d.%d.%d.%d", 20+r.IntN(150), r.IntN(256), r.IntN(256), 1+r.IntN(254)))
		s.v6 = append(s.v6, fmt.Sprintf("2a00:1450:%x::%x", r.IntN(1<<16), 1+r.IntN(1<<15)))
	}
	return s
}

// popular returns a random site. The first sites are far more likely.
func (t *traffic) popular() *site {
	x := t.Float64()
	return &t.sites[int(x*x*x*siteCount)]
}

// domain returns a name of two to four labels under com.
func domain(r *rand.Rand) string {
	var labels []string
	for range 2 + r.IntN(3) {
		labels = append(labels, label(r))
	}
	return strings.Join(labels, ".") + ".com"
}

func label(r *rand.Rand) string {
	b := make([]byte, 3+r.IntN(10))
	for i := range b {
		b[i] = byte('a' + r.IntN(26))
	}
	return string(b)
}

// some returns n bytes at a random place in pool.
func some(r *rand.Rand, pool []byte, n int) []byte {
	from := r.IntN(len(pool) - n)
	return pool[from : from+n]
}

func (t *traffic) random(n int) []byte { return some(t.Rand, t.noise, n) }

func logNormal(r *rand.Rand, mu, sigma float64, lo, hi int) int {
	return min(max(int(math.Exp(r.NormFloat64()*sigma+mu)), lo), hi)
}

func zip(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close() // writing to a Buffer cannot fail
	return out.Bytes()
}

// certificate returns certificate i, for the first 20+i sites.
func certificate(i int, sites []site) []byte {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{byte(i)}, ed25519.SeedSize))
	template := &x509.Certificate{
		SerialNumber: big.NewInt(int64(1000 + i)), Subject: pkix.Name{CommonName: sites[0].name},
		NotBefore: time.Unix(1_770_000_000, 0), NotAfter: time.Unix(1_780_000_000, 0),
	}
	for _, s := range sites[:20+i] {
		template.DNSNames = append(template.DNSNames, s.name)
	}
	der, err := x509.CreateCertificate(nil, template, template, key.Public(), key)
	if err != nil {
		panic(err) // the template is valid
	}
	return der
}

// dnsQuery returns a DNS query for the addresses of a name.
func dnsQuery(id uint16, name string, typ dnsmessage.Type) []byte {
	return pack(dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: dnsmessage.MustNewName(name + "."), Type: typ, Class: dnsmessage.ClassINET}},
	})
}

// dnsResponse returns the response to dnsQuery: the alias, if it is not empty,
// and the addresses.
func dnsResponse(id uint16, name string, typ dnsmessage.Type, alias string, addrs []dnsmessage.ResourceBody) []byte {
	at := dnsmessage.MustNewName(name + ".")
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, Response: true, RecursionDesired: true, RecursionAvailable: true},
		Questions: []dnsmessage.Question{{Name: at, Type: typ, Class: dnsmessage.ClassINET}},
	}
	add := func(body dnsmessage.ResourceBody, ttl uint32) {
		m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: at, Class: dnsmessage.ClassINET, TTL: ttl}, Body: body})
	}
	if alias != "" {
		target := dnsmessage.MustNewName(alias + ".")
		add(&dnsmessage.CNAMEResource{CNAME: target}, 300)
		at = target
	}
	for _, a := range addrs {
		add(a, 60)
	}
	return pack(m)
}

func pack(m dnsmessage.Message) []byte {
	b, err := m.Pack()
	if err != nil {
		panic(err) // the names are valid
	}
	return b
}
