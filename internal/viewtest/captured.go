package viewtest

import (
	"encoding/binary"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// CapturedPayloads returns the payloads of the UDP datagrams and TCP segments
// in the testdata captures that match pattern. It decodes only IP without
// options over Ethernet, and does not use package layers, whose tests use it.
func CapturedPayloads(t testing.TB, pattern string) (payloads [][]byte) {
	t.Helper()
	_, file, _, _ := runtime.Caller(0)
	files, err := filepath.Glob(filepath.Join(filepath.Dir(file), "..", "..", "testdata", pattern))
	if err != nil || len(files) == 0 {
		t.Fatal("no captures ", pattern, err)
	}
	for _, file := range files {
		r, err := pcap.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		for rec, err := range r.All() {
			if err != nil {
				t.Fatal(file, err)
			}
			if b := payload(rec.Data); rec.LinkType == pcap.LinkTypeEthernet && len(b) > 0 {
				payloads = append(payloads, append([]byte(nil), b...))
			}
		}
		r.Close()
	}
	return payloads
}

// payload returns the payload of the transport layer in an Ethernet frame.
func payload(b []byte) []byte {
	const ethernet, ipv4, ipv6, udp, tcp = 14, 20, 40, 8, 20
	if len(b) < ethernet {
		return nil
	}
	typ, b := binary.BigEndian.Uint16(b[12:]), b[ethernet:]
	var proto byte
	switch {
	case typ == 0x0800 && len(b) >= ipv4 && b[0] == 0x45:
		proto, b = b[9], b[ipv4:min(max(int(binary.BigEndian.Uint16(b[2:])), ipv4), len(b))]
	case typ == 0x86dd && len(b) >= ipv6:
		proto, b = b[6], b[ipv6:min(ipv6+int(binary.BigEndian.Uint16(b[4:])), len(b))]
	}
	switch {
	case proto == 17 && len(b) >= udp:
		return b[udp:]
	case proto == 6 && len(b) >= tcp:
		return b[min(int(b[12]>>4)*4, len(b)):]
	}
	return nil
}

// CapturedHandshakes returns the payloads of the TLS handshake records (RFC
// 8446 section 5.1) that lie within a single segment of the captures.
func CapturedHandshakes(t testing.TB, pattern string) (messages [][]byte) {
	t.Helper()
	const header, handshake = 5, 22
	for _, b := range CapturedPayloads(t, pattern) {
		for len(b) >= header && b[0] >= 20 && b[0] <= 24 {
			end := header + int(binary.BigEndian.Uint16(b[3:]))
			if end > len(b) {
				break
			}
			if b[0] == handshake {
				messages = append(messages, b[header:end])
			}
			b = b[end:]
		}
	}
	return messages
}
