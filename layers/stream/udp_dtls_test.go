package stream_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// dtlsBody returns the body of RFC 9001's ClientHello in DTLS's format, with a
// cookie after the empty session ID (RFC 6347 section 4.2.1).
func dtlsBody(cookie string) string {
	return rfcHello[4:39] + string(rune(len(cookie))) + cookie + rfcHello[39:]
}

// dtlsRecord returns a handshake record (RFC 6347 section 4.1) with the bytes
// from from to to of a message's body.
func dtlsRecord(typ byte, number uint16, body string, from, to int) []byte {
	n := to - from
	b := []byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(12+n))
	b = append(b, typ, byte(len(body)>>16), byte(len(body)>>8), byte(len(body)))
	b = binary.BigEndian.AppendUint16(b, number)
	b = append(b, byte(from>>16), byte(from>>8), byte(from), byte(n>>16), byte(n>>8), byte(n))
	return append(b, body[from:to]...)
}

func TestDTLS(t *testing.T) {
	body := dtlsBody("cookie")
	n := len(body)
	part := func(from, to int) gram { return gram{false, dtlsRecord(1, 1, body, from, to)} }
	client := func(first, last int64) []got {
		return []got{{stream.DTLS, stream.UDP, true, first, last, 0, rfcHello}}
	}
	server := gram{true, dtlsRecord(2, 1, rfcServerHello[4:], 0, len(rfcServerHello)-4)}
	encrypted := dtlsRecord(1, 1, body, 0, n)
	encrypted[4] = 1
	for _, tt := range []struct {
		name  string
		grams []gram
		want  []got
	}{
		{"in a datagram", []gram{part(0, n)}, client(1, 1)},
		{"in three datagrams", []gram{part(0, 50), part(50, 70), part(70, n)}, client(1, 3)},
		{"backwards, overlapping", []gram{part(60, n), part(40, 70), part(0, 50)}, client(3, 3)},
		{"in two records of a datagram", []gram{{false, append(part(0, 50).data, part(50, n).data...)}}, client(1, 1)},
		{"of two messages", []gram{part(0, 50), {false, dtlsRecord(1, 2, body, 50, n)}}, nil},
		{"from both sides", []gram{part(0, 50), {true, dtlsRecord(1, 1, body, 50, n)}}, nil},
		{"ServerHello", []gram{server}, []got{{stream.DTLS, stream.UDP, false, 1, 1, 0, rfcServerHello}}},
		{"after a change of keys", []gram{{false, encrypted}}, nil},
		{"another message", []gram{{false, dtlsRecord(11, 1, body, 0, n)}}, nil},
		{"a truncated record", []gram{{false, part(0, n).data[:100]}}, nil},
	} {
		var a stream.Assembler
		if diff := cmp.Diff(tt.want, sendAll(&a, tt.grams...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 || s.TooLong != 0 {
			t.Errorf("%s: %+v", tt.name, s)
		}
	}
}

func TestDTLSLimits(t *testing.T) {
	var a stream.Assembler
	long := strings.Repeat("x", 64<<10+1)
	sendAll(&a, gram{false, dtlsRecord(1, 1, long, 0, 10)})
	if s := a.Stats(); s.TooLong != 1 || s.Held != 0 {
		t.Errorf("a message of 64 KiB and a byte: %+v", s)
	}
	for i := range 1000 {
		sendAll(&a, gram{false, dtlsRecord(1, uint16(i), dtlsBody(""), 0, 10)}, gram{false, dtlsRecord(1, uint16(i), dtlsBody(""), 20, 30)})
	}
	if s := a.Stats(); s.Held > 64*1000 || s.Incomplete != 1000-64 {
		t.Errorf("many incomplete messages: %+v", s)
	}
	a.Flush()
	if s := a.Stats(); s.Held != 0 || s.Incomplete != 1000 {
		t.Errorf("after Flush: %+v", s)
	}
}
