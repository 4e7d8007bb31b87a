package extract

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
)

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
