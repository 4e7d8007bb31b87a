package stream_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// The secrets of a connection with the hellos of RFC 9001 appendix A.
var quicSecret = map[string][]byte{
	tls.LabelClientEarly:     bytes.Repeat([]byte{1}, 32),
	tls.LabelClientHandshake: bytes.Repeat([]byte{2}, 32),
	tls.LabelServerHandshake: bytes.Repeat([]byte{3}, 32),
	tls.LabelClientTraffic:   bytes.Repeat([]byte{4}, 32),
	tls.LabelServerTraffic:   bytes.Repeat([]byte{5}, 32),
}

// quicKeys returns a key log with the secrets.
func quicKeys(t testing.TB) *tls.Keys {
	t.Helper()
	h, err := tls.ParseClientHello([]byte(rfcHello))
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	for label, secret := range quicSecret {
		fmt.Fprintf(&log, "%s %x %x\n", label, h.Random(), secret)
	}
	var k tls.Keys
	if err := k.Read(strings.NewReader(log.String())); err != nil || k.Len() != len(quicSecret) {
		t.Fatal(k.Len(), err)
	}
	return &k
}

// message returns a handshake message of TLS.
func message(typ byte, body string) string {
	return string(tls.AppendHandshake(nil, tls.HandshakeType(typ), []byte(body)))
}

// quicAccepts returns the encrypted messages of a server that chooses a protocol:
// EncryptedExtensions, and a Certificate in the form of TLS 1.3.
func quicAccepts(alpn string) string {
	name := string([]byte{byte(len(alpn))}) + alpn
	alpn = "\x00\x10" + vector(2, vector(2, name))
	return message(8, vector(2, alpn)) + message(11, "\x00"+vector(3, vector(3, "DER")+vector(2, "")))
}

// vector returns b after its length, which has size bytes.
func vector(size int, b string) string {
	n := []byte{byte(len(b) >> 16), byte(len(b) >> 8), byte(len(b))}
	return string(n[3-size:]) + b
}

// A quicTalk builds the packets of a connection.
type quicTalk struct{ number [2]uint32 }

func (q *quicTalk) next(server bool) uint32 {
	i := 0
	if server {
		i = 1
	}
	q.number[i]++
	return q.number[i]
}

// hellos returns the packets before 1-RTT ones.
func quicHellos(alpn string) []gram {
	answer := build.QUICInitial{Server: true, KeyID: rfcID, Dst: clientID, Src: serverID, Frames: build.QUICCrypto(0, rfcServerHello)}.Packet()
	handshake := build.QUICSealed{
		Type: build.QUICHandshake, Dst: clientID, Src: serverID, Secret: quicSecret[tls.LabelServerHandshake], Frames: build.QUICCrypto(0, quicAccepts(alpn)),
	}.Packet()
	return []gram{initial(0, build.QUICCrypto(0, rfcHello)), {true, append(answer, handshake...)}}
}

// client and server return a 1-RTT packet with frames.
func (q *quicTalk) client(frames ...[]byte) gram {
	return gram{data: build.QUICSealed{Dst: serverID, Secret: quicSecret[tls.LabelClientTraffic], Number: q.next(false), Frames: slices.Concat(frames...)}.Packet()}
}

func (q *quicTalk) server(frames ...[]byte) gram {
	return gram{true, build.QUICSealed{Dst: clientID, Secret: quicSecret[tls.LabelServerTraffic], Number: q.next(true), Frames: slices.Concat(frames...)}.Packet()}
}

// describe returns what a message says, of those after the hellos.
func describe(m stream.Message) string {
	side := "server"
	if m.FromClient {
		side = "client"
	}
	switch m.Kind {
	case stream.HTTPRequest, stream.HTTPResponse, stream.DNSMessage:
		s := fmt.Sprintf("%s %d %s %q", m.Proto, m.Stream, side, m.Data)
		if line, _, ok := strings.Cut(string(m.Request), "\r\n"); ok {
			s += " to " + line
		}
		return s
	case stream.FileEnd:
		return fmt.Sprintf("%s %d %s file %d bytes, %s, %x", m.Proto, m.Stream, side, m.File.Size, m.File.State, m.File.SHA256[:min(4, len(m.File.SHA256))])
	case stream.Certificate:
		return fmt.Sprintf("certificate %x", m.Data)
	}
	return ""
}

// quicTold pushes datagrams and returns what the messages say.
func quicTold(t testing.TB, a *stream.Assembler, grams ...gram) (all []string) {
	t.Helper()
	note := func(ms []stream.Message) {
		for _, m := range ms {
			if s := describe(m); s != "" {
				all = append(all, s)
				if want := "UDP > QUIC > TLS"; !strings.HasPrefix(m.Via.String(), want) {
					t.Errorf("%s via %v", s, m.Via)
				}
			}
		}
	}
	for i, g := range grams {
		note(pushUDP(a, g.packet(), 0, int64(i+1), start.Add(time.Duration(i)*time.Millisecond)))
	}
	note(a.Flush())
	if s := a.Stats(); s.Held != 0 || s.Open != 0 {
		t.Errorf("after Flush: %+v", s)
	}
	return all
}

const (
	http3Request = ":method GET :scheme https :authority files.example :path /a.bin user-agent t"
	http3Cert    = "certificate 0b000009000006000003444552"
)

// section returns HEADERS with fields, which are separated by spaces.
func section(fields string) string {
	return build.HTTP3Frame(1, build.QPACK(strings.Fields(fields)...))
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func sum4(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:4])
}

// following returns an Assembler with the secrets.
func following(t testing.TB) *stream.Assembler {
	return &stream.Assembler{Config: stream.Config{Keys: quicKeys(t), Hash: stream.HashSHA256}}
}

// exchange returns the frames of a request and of its response with a body.
func exchange() (request, response string) {
	return section(http3Request), section(":status 200 content-encoding gzip") + build.HTTP3Frame(0, gzipped("content"))
}

var quicExchanged = []string{
	http3Cert,
	`HTTP/3 0 client "GET /a.bin HTTP/3\r\nHost: files.example\r\nuser-agent: t\r\n\r\n"`,
	`HTTP/3 0 server "HTTP/3 200\r\ncontent-encoding: gzip\r\n\r\n" to GET /a.bin HTTP/3`,
	"HTTP/3 0 server file 7 bytes, complete, " + sum4("content"),
}

// A request and its response, in STREAM frames cut at any byte, are the same.
func TestQUICStreams(t *testing.T) {
	request, response := exchange()
	for cut := range max(len(request), len(response)) {
		var q quicTalk
		c, s := min(cut, len(request)), min(cut, len(response))
		grams := append(quicHellos("h3"),
			q.client(build.QUICStream(0, 0, request[:c], false)),
			q.client(build.QUICStream(0, uint64(c), request[c:], true)),
			q.server(build.QUICStream(0, 0, response[:s], false)),
			q.server(build.QUICStream(0, uint64(s), response[s:], false), build.QUICStream(0, uint64(len(response)), "", true)))
		a := following(t)
		if diff := cmp.Diff(quicExchanged, quicTold(t, a, grams...)); diff != "" {
			t.Fatalf("cut at %d (-want +got):\n%s", cut, diff)
		}
		if s := a.Stats(); s.Decrypted != 1 || s.Unauthentic != 0 || s.Protos[stream.HTTP3] != 1 {
			t.Fatalf("%+v", s)
		}
	}
}

// Packets of one side in any order, sent again, and overlapping, give the same.
func TestQUICStreamOrder(t *testing.T) {
	request, response := exchange()
	var q quicTalk
	begin := append(quicHellos("h3"), q.client(build.QUICStream(0, 0, request, true)))
	end := uint64(len(response))
	parts := []gram{
		q.server(build.QUICStream(0, 0, response[:10], false)),
		q.server(build.QUICStream(0, 5, response[5:30], false)),
		q.server(build.QUICStream(0, 30, response[30:], false)),
		q.server(build.QUICStream(0, 2, response[2:20], false)),
		q.server(build.QUICStream(0, end, "", true)),
	}
	permute(parts, func(order []gram) {
		if diff := cmp.Diff(quicExchanged, quicTold(t, following(t), append(slices.Clip(begin), order...)...)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Without the secrets, or with those of another connection, nothing more is said than
// without Config.Keys. With wrong ones, packets are counted.
func TestQUICWrongKeys(t *testing.T) {
	request, response := exchange()
	var q quicTalk
	grams := append(quicHellos("h3"), q.client(build.QUICStream(0, 0, request, true)), q.server(build.QUICStream(0, 0, response, true)))
	want := sendAll(new(stream.Assembler), grams...)
	h, _ := tls.ParseClientHello([]byte(rfcHello))
	for _, tt := range []struct {
		log         string
		unauthentic int
	}{
		{"", 0},
		{fmt.Sprintf("CLIENT_TRAFFIC_SECRET_0 %064x %064x", 1, 1), 0},
		{fmt.Sprintf("CLIENT_TRAFFIC_SECRET_0 %x %064x\nSERVER_HANDSHAKE_TRAFFIC_SECRET %x %096x", h.Random(), 1, h.Random(), 1), 1},
	} {
		var k tls.Keys
		k.Read(strings.NewReader(tt.log))
		a := &stream.Assembler{Config: stream.Config{Keys: &k}}
		if diff := cmp.Diff(want, sendAll(a, grams...)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.log, diff)
		}
		a.Flush()
		if s := a.Stats(); s.Decrypted != 0 || s.Held != 0 || (s.Unauthentic > 0) != (tt.unauthentic > 0) {
			t.Errorf("%q: %+v", tt.log, s)
		}
	}
}

// Of a packet that was not captured, only its bytes are missing.
func TestQUICStreamGap(t *testing.T) {
	var q quicTalk
	request, body := section(http3Request), strings.Repeat("x", 3000)
	response := section(":status 200") + build.HTTP3Frame(0, body)
	other := section(":status 404 content-length 0")
	lost := 2000
	grams := append(quicHellos("h3"),
		q.client(build.QUICStream(0, 0, request, true), build.QUICStream(4, 0, request, true)),
		q.server(build.QUICStream(0, 0, response[:1000], false)),
		q.server(build.QUICStream(0, uint64(lost), response[lost:], true)),
		q.server(build.QUICStream(4, 0, other, true)))
	want := append(slices.Clip(quicExchanged[:2]), strings.Replace(quicExchanged[1], " 0 client", " 4 client", 1),
		`HTTP/3 0 server "HTTP/3 200\r\n\r\n" to GET /a.bin HTTP/3`,
		`HTTP/3 4 server "HTTP/3 404\r\ncontent-length: 0\r\n\r\n" to GET /a.bin HTTP/3`,
		fmt.Sprintf("HTTP/3 0 server file %d bytes, bytes missing, ", 3000-lost+1000))
	a := following(t)
	if diff := cmp.Diff(want, quicTold(t, a, grams...)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if s := a.Stats(); int(s.Missing) != lost-1000 {
		t.Errorf("%+v", s)
	}
}

// Packets that precede the ClientHello wait for it, 0-RTT ones among them, and those of
// later key phases open.
func TestQUICEarlyData(t *testing.T) {
	request, response := exchange()
	early := build.QUICSealed{Type: build.QUICZeroRTT, Dst: rfcID, Src: clientID, Secret: quicSecret[tls.LabelClientEarly], Frames: build.QUICStream(0, 0, request, true)}.Packet()
	updated := build.QUICSealed{Dst: clientID, Secret: quicSecret[tls.LabelServerTraffic], Number: 9, Updates: 2, Frames: build.QUICStream(0, 0, response, true)}.Packet()
	hello := strings.Replace(rfcHello, "alpn", "h3-9", 1) // what the server will choose is not known yet
	hellos := quicHellos("h3")
	hellos[0] = initial(0, build.QUICCrypto(0, hello))
	half := initial(0, build.QUICCrypto(0, hello[:100]))
	rest := initial(1, build.QUICCrypto(100, hello[100:]))
	for name, grams := range map[string][]gram{
		"0-RTT":                   {hellos[0], {data: early}, hellos[1], {true, updated}},
		"0-RTT before the hello":  {half, {data: early}, rest, hellos[1], {true, updated}},
		"1-RTT before the answer": {hellos[0], {data: early}, {true, updated}, hellos[1]},
		"1-RTT before the hello":  {half, {data: early}, {true, updated}, rest, hellos[1]},
	} {
		a := following(t)
		got, want := quicTold(t, a, grams...), slices.Clone(quicExchanged)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if s := a.Stats(); s.Unauthentic != 0 {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// A client that changes its port is recognised by the server's connection IDs (RFC 9000
// section 9). The packets of one that changes its address are counted.
func TestQUICMigration(t *testing.T) {
	const newID = "\x77\x88\x99\xaa"
	request, response := exchange()
	issue := append([]byte{0x18, 1, 0, byte(len(newID))}, newID+strings.Repeat("t", 16)...)
	var q quicTalk
	grams := append(quicHellos("h3"), q.server(issue))
	moved := build.QUICSealed{Dst: newID, Secret: quicSecret[tls.LabelClientTraffic], Number: 7, Frames: build.QUICStream(0, 0, request, true)}.Packet()
	answer := q.server(build.QUICStream(0, 0, response, true))
	for _, tt := range []struct {
		addr     string
		want     []string
		migrated int
	}{{"192.0.2.1", quicExchanged, 0}, {"192.0.2.9", quicExchanged[:1], 2}} {
		a := following(t)
		var got []string
		push := func(b []byte) {
			for _, m := range pushUDP(a, b, 0, 1, start) {
				if s := describe(m); s != "" {
					got = append(got, s)
				}
			}
		}
		for _, g := range grams {
			push(g.packet())
		}
		push(build.UDP(tt.addr, 50000, "198.51.100.7", 443, moved))
		push(build.UDP("198.51.100.7", 443, tt.addr, 50000, answer.data))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.addr, diff)
		}
		a.Flush()
		push(build.UDP("192.0.2.8", 50000, "198.51.100.7", 443, moved)) // of a connection that is gone
		if s := a.Stats(); s.Held != 0 || s.Migrated != tt.migrated {
			t.Errorf("%+v", s)
		}
	}
}

// A stream that its sender resets is incomplete, and other protocols than HTTP/3 are
// skipped, except DNS (RFC 9250).
func TestQUICApplications(t *testing.T) {
	request, response := exchange()
	const query = "\x00\x00\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x07example\x00\x00\x01\x00\x01"
	asked := vector(2, query)
	var q quicTalk
	for name, tt := range map[string]struct {
		alpn  string
		grams []gram
		want  []string
	}{
		"DNS":     {"doq", []gram{q.client(build.QUICStream(0, 0, asked, true))}, []string{http3Cert, fmt.Sprintf("DNS 0 client %q", query)}},
		"unknown": {"smb", []gram{q.client(build.QUICStream(0, 0, request, true))}, []string{http3Cert}},
		"reset": {"h3-29", []gram{
			q.client(build.QUICStream(0, 0, request, true)), q.server(build.QUICStream(0, 0, response, false), []byte{4, 0, 1, 0x40, 99}),
		}, append(slices.Clip(quicExchanged[:3]), "HTTP/3 0 server file 7 bytes, truncated, ")},
		"from the wrong side": {"h3", []gram{q.server(build.QUICStream(2, 0, "\x00\x04\x00", false))}, []string{http3Cert}},
	} {
		if diff := cmp.Diff(tt.want, quicTold(t, following(t), append(quicHellos(tt.alpn), tt.grams...)...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
