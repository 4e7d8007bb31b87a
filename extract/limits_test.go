package extract

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"fmt"
	"math/big"
	"net/netip"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/sightline-go/sightline/extract/misp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// Connections beyond MaxConns are left out of the single ones, and counted in the
// rows of Connections all the same.
func TestMaxConns(t *testing.T) {
	var c capture
	for i := range 30 {
		c.add(build.UDP("10.0.0.5", uint16(4000+i), "192.0.2.1", 9, []byte("x")))
	}
	rep := c.report(t, Options{MaxConns: 10})
	flows := 0
	for range rep.Flows() {
		flows++
	}
	for row := range rep.Connections() {
		if row.Count != 30 {
			t.Errorf("%d connections in the row", row.Count)
		}
	}
	if flows != 10 || rep.LeftOut()["flows"] != 20 {
		t.Errorf("%d flows, %v left out", flows, rep.LeftOut())
	}
}

// At MaxLive connections are parted, oldest first, and not more of them followed.
func TestMaxLive(t *testing.T) {
	var d layers.Decoder
	var p layers.Packet
	const live = 10 // of the one shard that the addresses fall in
	x := Extractor{Options: Options{MaxLive: live * shardCount}}
	for i := range 1000 {
		b := build.UDP("10.0.0.5", uint16(4000+i), "192.0.2.1", 9, []byte("x"))
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if n := len(x.shardOf(&p).flows.flows); n > live {
			t.Fatalf("%d are followed", n)
		}
	}
	if rep := x.Finish(); rep.Unseen.Parted != 1000-live {
		t.Errorf("%d are parted", rep.Unseen.Parted)
	}
}

// Evidence is kept of the first eight observations by time.
func TestEvidenceBound(t *testing.T) {
	var c capture
	for range 100 {
		c.add(build.UDP("10.0.0.5", 4000, "192.0.2.1", 9, []byte("x")))
	}
	for h := range c.report(t, Options{}).Hosts() {
		if first, _ := h.Evidence.First(); h.Count != 100 || h.Evidence.Len() != 8 || first.First.Number != 1 {
			t.Errorf("%v: %d observations, %d pieces", h.Addr, h.Count, h.Evidence.Len())
		}
	}
}

// Interfaces by the thousand, each of another link type.
func TestManyLinkTypes(t *testing.T) {
	const n = 2000
	f := new(build.Pcapng).Section()
	for i := range n {
		f.Interface(uint16(20_000+i), 0)
	}
	for i := range n {
		f.Enhanced(uint32(i), uint64(start.UnixMicro())+uint64(i), []byte("data"))
	}
	r, err := pcap.NewReaderBytes(f.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	var x Extractor
	if err := x.Read(t.Context(), "", r); err != nil {
		t.Fatal(err)
	}
	if len(x.clocks) > maxClocks {
		t.Errorf("%d clocks", len(x.clocks))
	}
	rep := x.Finish()
	if got := len(rep.Captures[0].LinkTypes); got != maxLinkTypes || len(rep.Unseen.LinkTypes) != n || rep.Unseen.Backwards != 0 {
		t.Errorf("%d link types told, %d counted, %d backwards", got, len(rep.Unseen.LinkTypes), rep.Unseen.Backwards)
	}
}

// record returns a TLS record with a handshake message.
func record(typ byte, body string) string {
	b := append([]byte{typ}, byte(len(body)>>16), byte(len(body)>>8), byte(len(body)))
	b = append(b, body...)
	return "\x16\x03\x03" + string(binary.BigEndian.AppendUint16(nil, uint16(len(b)))) + string(b)
}

// clientHello has the least that a ClientHello has.
func clientHello(session string) string {
	return record(1, "\x03\x03"+strings.Repeat("r", 32)+string([]byte{byte(len(session))})+session+"\x00\x02\x13\x01\x01\x00")
}

// Client's hellos that no server answers wait in a bounded place, and are told
// when they leave it.
func TestUnpaired(t *testing.T) {
	var c capture
	const n = fifoMax + 100
	for i := range n {
		src := uint16(10_000 + i)
		c.add(build.TCP{Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: src, DstPort: 443, Seq: 1, Flags: 0x18, Data: clientHello("")}.Packet())
	}
	rep := c.report(t, Options{})
	for s := range rep.Sessions() {
		if s.Count != n {
			t.Errorf("%d sessions of %d", s.Count, n)
		}
	}
	if rep.Unseen.Unpaired != 100 {
		t.Errorf("%d were not waited for", rep.Unseen.Unpaired)
	}
}

// A chain has as many certificates as there are in it; the first are looked at.
func TestMaxChain(t *testing.T) {
	list := ""
	for i := range maxChain + 20 {
		der := fmt.Sprintf("%03d", i)
		list += string([]byte{0, 0, byte(len(der))}) + der
	}
	list = string([]byte{0, byte(len(list) >> 8), byte(len(list))}) + list
	var c capture
	c.conversation("203.0.113.1", clientHello(""), record(11, list))
	rep := c.report(t, Options{})
	n := 0
	for range rep.Certificates() {
		n++
	}
	if n != maxChain || rep.Unseen.TooLong != 1 {
		t.Errorf("%d certificates, %d too long", n, rep.Unseen.TooLong)
	}
}

// A certificate whose fields are as large as a message may be: its hashes are
// told, and it takes neither long nor much.
func TestLargeCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for i := range 2000 {
		names = append(names, fmt.Sprintf("host%d.example", i))
	}
	serial := func(bytes uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), 8*bytes-2) }
	for name, test := range map[string]struct {
		certificate x509.Certificate
		unparsed    string
		subject     bool
		names       int
	}{
		"ordinary":              {x509.Certificate{SerialNumber: serial(20), DNSNames: names[:100]}, "", true, 100},
		"a serial number":       {x509.Certificate{SerialNumber: serial(1000)}, "a field is too long", true, 0},
		"a large serial number": {x509.Certificate{SerialNumber: serial(1 << 20)}, "more than 65536 bytes", false, 0},
		"a subject":             {x509.Certificate{SerialNumber: serial(20), Subject: pkix.Name{Organization: names[:1000]}}, "a field is too long", false, 0},
		"names":                 {x509.Certificate{SerialNumber: serial(20), DNSNames: names}, "more names than are kept", true, 0},
	} {
		if len(test.certificate.Subject.Organization) == 0 {
			test.certificate.Subject.CommonName = "x"
		}
		der, err := x509.CreateCertificate(rand.Reader, &test.certificate, &test.certificate, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		var c Certificate
		c.parse(der)
		size := len(c.Subject) + len(c.Issuer) + len(c.CommonName) + len(c.Serial)
		for _, n := range c.Names {
			size += len(n)
		}
		if c.SHA1 == "" || c.Unparsed != test.unparsed || (c.Subject != "") != test.subject || test.names > 0 && len(c.Names) != test.names {
			t.Errorf("%s: %.500v", name, c)
		}
		if size > 3*maxField+maxListLen+3*maxSerial {
			t.Errorf("%s: %d bytes kept", name, size)
		}
		if d := time.Since(began); d > time.Second {
			t.Errorf("%s took %v", name, d)
		}
	}
}

// A mail with addresses without end.
func TestMaxMailboxes(t *testing.T) {
	field := func(n int, format string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(format, i))
		}
		return strings.Join(all, ",\r\n ")
	}
	mail := func(to string) *Report {
		var c capture
		c.greeted("220 x ESMTP\r\n", "EHLO x\r\nMAIL FROM:<a@example>\r\nRCPT TO:<b@example>\r\nDATA\r\nFrom: a@example\r\nTo: "+to+
			"\r\nMessage-ID: <1@example>\r\n\r\ntext\r\n.\r\n")
		return c.report(t, Options{})
	}
	for name, test := range map[string]struct {
		to   string
		kept int
	}{
		"many":   {field(1000, "u%d@example"), maxMailboxes},
		"long":   {field(20, "u%d@"+strings.Repeat("x", 1000)+".example"), maxListLen / 1011},
		"longer": {field(1, "u%d@"+strings.Repeat("x", 5000)+".example"), 0},
	} {
		rep := mail(test.to)
		mails := 0
		for m := range rep.Emails() {
			mails++
			if len(m.To) != test.kept {
				t.Errorf("%s: %d addresses are kept, not %d", name, len(m.To), test.kept)
			}
		}
		if mails != 1 || rep.Unseen.TooLong != 1 {
			t.Errorf("%s: %d mails, %d too long", name, mails, rep.Unseen.TooLong)
		}
	}
}

// greeted adds a TCP connection in which the server speaks first.
func (c *capture) greeted(greeting, client string) {
	c.add(build.TCP{Src: "203.0.113.1", Dst: "10.0.0.5", SrcPort: 80, DstPort: 40000, Seq: 1, Ack: 1, Flags: 0x18, Data: greeting}.Packet())
	to := build.TCP{Src: "10.0.0.5", Dst: "203.0.113.1", SrcPort: 40000, DstPort: 80, Seq: 1, Flags: 0x18}
	for len(client) > 0 {
		n := min(len(client), 1400)
		to.Data, client = client[:n], client[n:]
		c.add(to.Packet())
		to.Seq += uint32(n)
	}
}

// Values that are too long, of each kind that has some: they are counted, and
// nothing of them is kept.
func TestTooLong(t *testing.T) {
	long := strings.Repeat("x", defaultMaxValueLen+1)
	for name, talk := range map[string][2]string{
		"method":     {"GET / HTTP/1.1\r\nHost: www.example\r\n\r\n" + long + " / HTTP/1.1\r\nHost: www.example\r\n\r\n", ""},
		"target":     {"GET /" + long + " HTTP/1.1\r\nHost: www.example\r\n\r\n", ""},
		"host":       {"GET / HTTP/1.1\r\nHost: " + long + "\r\n\r\n", ""},
		"user agent": {"GET / HTTP/1.1\r\nHost: www.example\r\nUser-Agent: " + long + "\r\n\r\n", ""},
		"redirect":   {"GET / HTTP/1.1\r\nHost: www.example\r\n\r\n", "HTTP/1.1 302 Found\r\nLocation: /" + long + "\r\nContent-Length: 0\r\n\r\n"},
		"login":      {"USER " + long + "\r\n", "220 FTP server\r\n"},
		"envelope":   {"EHLO x\r\nMAIL FROM:<" + long + "@example>\r\n", "220 x ESMTP\r\n"},
		"subject":    {"EHLO x\r\nDATA\r\nSubject: " + long + "\r\n\r\ntext\r\n.\r\n", "220 x ESMTP\r\n"},
	} {
		var c capture
		switch {
		case strings.HasPrefix(talk[1], "220"):
			c.greeted(talk[1], talk[0])
		case name == "method": // which is one only when its line is whole
			c.request("10.0.0.5", "203.0.113.1", 80, talk[0])
		default:
			c.conversation("203.0.113.1", talk[0], talk[1])
		}
		rep := c.report(t, Options{})
		if rep.Unseen.TooLong != 1 || strings.Contains(jsonOf(t, rep, true), long[:len(long)-1]) {
			t.Errorf("%s: %d too long, %v", name, rep.Unseen.TooLong, rep.Unseen.Stream.Protos)
		}
	}
}

// Responses of every status there is, and more.
func TestStatuses(t *testing.T) {
	var requests, responses strings.Builder
	for i := range 1000 {
		requests.WriteString("GET / HTTP/1.1\r\nHost: www.example\r\n\r\n")
		fmt.Fprintf(&responses, "HTTP/1.1 %d OK\r\nContent-Length: 0\r\n\r\n", 200+i%800)
	}
	var c capture
	c.conversation("203.0.113.1", requests.String(), responses.String())
	c.conversation("203.0.113.1", "GET / HTTP/1.1\r\nHost: www.example\r\n\r\n", "HTTP/1.1 1234567 OK\r\n\r\n")
	for r := range c.report(t, Options{}).Requests() {
		if len(r.Statuses) > 800 || len(r.Statuses) < 700 {
			t.Errorf("%d statuses", len(r.Statuses))
		}
	}
}

// More requests wait for their responses than are remembered, some longer than
// is remembered: each response counts for its own.
func TestRecentRequests(t *testing.T) {
	const n = 4 * len(recentRequests{})
	var c capture
	head := func(i int) string {
		return fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: www.example\r\nX-Long: %s\r\n\r\n", i, strings.Repeat("x", i%5*maxRecentHead/4))
	}
	segment := func(i int, back bool, data string) {
		s := build.TCP{Src: "10.0.0.5", Dst: "203.0.113.1", SrcPort: uint16(10000 + i), DstPort: 80, Seq: 1, Ack: 1, Flags: 0x18, Data: data}
		if back {
			s.Src, s.Dst, s.SrcPort, s.DstPort = s.Dst, s.Src, s.DstPort, s.SrcPort
		}
		c.at(start.Add(time.Duration(c.n)*time.Millisecond), build.Ethernet(0x0800, s.Packet()))
	}
	for i := range n {
		segment(i, false, head(i))
	}
	for i := range n {
		segment(i, true, fmt.Sprintf("HTTP/1.1 %d OK\r\nLocation: /to/%d\r\nContent-Length: 0\r\n\r\n", 300+i%100, i))
	}
	rep := c.report(t, Options{})
	for r := range rep.Requests() {
		var i int
		fmt.Sscanf(r.Target, "/%d", &i)
		if diff := cmp.Diff(map[int]int64{300 + i%100: 1}, r.Statuses); diff != "" {
			t.Errorf("%s: %s", r.Target, diff)
		}
	}
	redirects := 0
	for r := range rep.Redirects() {
		redirects++
		if from, to := path.Base(r.From), path.Base(r.To); from != to {
			t.Errorf("%s to %s", r.From, r.To)
		}
	}
	if redirects != n {
		t.Errorf("%d redirects of %d", redirects, n)
	}
}

// What all shards together hold stays within Stream.MaxBytes, as often as that is
// seen to, and connections without data within MaxSilent.
func TestStreamBounds(t *testing.T) {
	o := Options{Stream: stream.Config{MaxBytes: 4 << 20, MaxSilent: 6400}, MaxValues: 100, MaxConns: 100}
	x := Extractor{Options: o}
	var d layers.Decoder
	var p layers.Packet
	syn := build.TCP{Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: 4000, DstPort: 80, Seq: 1, Flags: 2}.Packet()
	head := build.TCP{Src: "10.0.0.5", Dst: "192.0.2.1", SrcPort: 4000, DstPort: 80, Seq: 1, Flags: 0x10,
		Data: "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 1000)}.Packet()
	most, silent := 0, 0
	for i := range uint32(20 * settleEvery) {
		b := syn
		if i%2 == 0 {
			b = head
		}
		binary.BigEndian.PutUint32(b[12:], 10<<24+i)
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if x.report.Packets%settleEvery == 0 {
			held, open := 0, 0
			for _, s := range x.shards {
				held, open = held+s.streams.Held(), open+s.streams.Stats().Open
			}
			most, silent = max(most, held), max(silent, open)
		}
	}
	if most > o.Stream.MaxBytes || most == 0 || silent > o.Stream.MaxSilent+o.Stream.MaxBytes/1000 {
		t.Errorf("%d bytes held, %d connections", most, silent)
	}
	if rep := x.Finish(); rep.Unseen.Stream.Evicted == 0 || rep.Unseen.Stream.Held != 0 {
		t.Errorf("%+v", rep.Unseen.Stream)
	}
}

// Of large packets no more than so many bytes are handed out at a time.
func TestRoundBytes(t *testing.T) {
	count := fault.Size(500, 50)
	large := new(build.Pcap).Add(start, make([]byte, 200_000)).Bytes()
	r, err := pcap.NewReader(bytes.NewReader(append(large[:24:24], bytes.Repeat(large[24:], count)...)))
	if err != nil {
		t.Fatal(err)
	}
	x := Extractor{Options: Options{Workers: 4}}
	x.Begin("")
	h := newHandout(&x, r)
	defer h.end()
	for packets := 0; ; {
		next := h.next()
		err := h.fill(next)
		size := 0
		for _, tasks := range next.work {
			for i := range tasks {
				size += len(tasks[i].rec.Data)
				packets++
			}
		}
		h.free <- next
		if size > roundBytes+256<<10 {
			t.Errorf("a round of %d bytes", size)
		}
		if err != nil {
			if packets != count {
				t.Errorf("%d packets", packets)
			}
			return
		}
	}
}

// The lanes' tables together keep what one would, and not much more on the way.
func TestPrune(t *testing.T) {
	const most = 100
	x := Extractor{Options: Options{MaxValues: most, MaxConns: most, Workers: 8}}
	var d layers.Decoder
	var p layers.Packet
	for i := range uint32(4 * settleEvery) {
		src := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		b := build.UDP(src.String(), 4000, "192.0.2.1", 9, []byte("x"))
		rec := &pcap.Record{Data: b, WireLen: len(b), LinkType: pcap.LinkTypeRaw, Time: start}
		d.Decode(&p, rec)
		x.Add(&p, rec)
		if x.report.Packets%settleEvery == 0 {
			rows := 0
			for _, l := range x.lanes {
				rows += l.report.hosts.len()
			}
			if rows > most+most/10 {
				t.Errorf("%d rows of the lanes together", rows)
			}
		}
	}
	rep := x.Finish()
	if rep.hosts.len() != most || rep.LeftOut()["hosts"] == 0 {
		t.Errorf("%d rows, %v left out", rep.hosts.len(), rep.LeftOut())
	}
}

// An event holds as many attributes and objects as its options say, and tells what
// it has no room for.
func TestEventBounds(t *testing.T) {
	var c capture
	for i := range 400 {
		c.add(build.UDP("10.0.0.5", uint16(4000+i), "198.51.100.7", 53, build.DNSQuery(uint16(i), fmt.Sprint("host", i), "example")))
		c.conversation("198.51.100.7", fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h%d.example\r\n\r\n", i, i), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
	rep := c.report(t, Options{})
	for _, test := range []struct {
		o                   EventOptions
		attributes, objects int
	}{
		{EventOptions{}, defaultMaxAttributes, defaultMaxObjects},
		{EventOptions{MaxAttributes: 7, MaxObjects: 5}, 7, 5},
	} {
		s := rep.Select(test.o)
		if len(s.Attributes) != test.attributes || len(s.Objects) != test.objects || s.ObjectsLeftOut == 0 {
			t.Errorf("%+v: %d attributes, %d objects, %d left out", test.o, len(s.Attributes), len(s.Objects), s.ObjectsLeftOut)
		}
		beyond := 0
		for _, l := range s.LeftOut {
			if l.Rule == TooMany {
				beyond++
			}
		}
		if beyond == 0 {
			t.Errorf("%+v: nobody is told of those beyond", test.o)
		}
	}
	referenced := map[misp.UUID]bool{}
	s := rep.Select(EventOptions{})
	for i := range s.Objects {
		for _, r := range s.Objects[i].References {
			referenced[r.To] = true
		}
	}
	if n := len(referenced); n == 0 || n > maxReferenced {
		t.Errorf("%d objects refer to %d", len(s.Objects), n)
	}
}

// Of the names of an address, and of those of a certificate, the first are told.
func TestNamesBounds(t *testing.T) {
	x := index{names: map[netip.Addr][]string{}}
	a := netip.MustParseAddr("192.0.2.1")
	for i := range 100 {
		x.addName(a, fmt.Sprintf("host%d.example", i))
	}
	if len(x.names[a]) != maxNames {
		t.Errorf("%d names of an address", len(x.names[a]))
	}
	var c Certificate
	for i := range 2 * maxCertNames {
		c.Names = append(c.Names, fmt.Sprintf("host%d.example", i))
	}
	c.SHA256 = strings.Repeat("0", 64)
	m := newMapping(new(Report), EventOptions{})
	o := object{misp.NewObject(misp.UUID{}, misp.TemplateX509, "key"), m}
	o.fillCertificate(&c)
	n := 0
	for _, a := range o.Attributes {
		if a.Relation == "dns_names" {
			n++
		}
	}
	if n != maxCertNames {
		t.Errorf("%d names of a certificate", n)
	}
}
