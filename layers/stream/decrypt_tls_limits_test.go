package stream_test

import (
	stdtls "crypto/tls"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// 10,000 decrypted connections that stay open use less than 150 MB, and the heap is
// at most twice what they count as held.
func TestDecryptMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes thousands of connections to see their memory in the heap")
	}
	all := recorded(t)
	for _, name := range []string{"tls13-aes256-padding", "tls13-chacha", "tls12-sha384-etm", "tls12-ccm"} {
		st := all[name]
		segs := st.segs(1000)
		a := &stream.Assembler{Config: stream.Config{Keys: st.keys, MaxBytes: 1 << 30}}
		before := heap()
		const n = 10_000
		for i := range n {
			for j, s := range onPort(uint16(10_000+i), segs) {
				push(a, s, int64(j+1), start, func([]stream.Message) {})
			}
		}
		used := heap() - before
		if s := a.Stats(); s.Decrypted != n || used > 150e6 || used > 2*s.Held {
			t.Errorf("%s: %d decrypted, %d bytes used, %d held", name, s.Decrypted, used, s.Held)
		}
		runtime.KeepAlive(a)
	}
}

// tlsMaxFailed records in a row that do not authenticate end the side.
func TestDecryptMaxFailed(t *testing.T) {
	parts := slices.Repeat([]string{"x", "y"}, 40)
	st := converse(t, &stdtls.Config{}, &stdtls.Config{Certificates: []stdtls.Certificate{identity(t, false)}}, append([]string{get, response}, parts...)...)
	for _, failed := range []int{7, 8} {
		tk := slices.Clone(st.talk)
		n := 0
		for i := range tk {
			if d := tk[i].data; tk[i].server && len(d) == 5+1+1+16 && n < failed { // a record of one byte
				tk[i].data = d[:len(d)-1] + string([]byte{d[len(d)-1] ^ 1})
				n++
			}
		}
		a := &stream.Assembler{Config: stream.Config{Keys: st.keys}}
		play(a, tk.segs(1<<14)...)
		if s := a.Stats(); s.Unauthentic != failed || s.Decrypted != 1 {
			t.Errorf("%d records changed: %+v", failed, s)
		}
	}
}

// After tlsMaxLost records that are missing, no more are found.
func TestDecryptMaxLost(t *testing.T) {
	parts := []string{get, response}
	for range 1200 {
		parts = append(parts, "", "y")
	}
	st := converse(t, &stdtls.Config{}, &stdtls.Config{Certificates: []stdtls.Certificate{identity(t, false)}}, append(parts, next, response)...)
	var segs []seg
	server := 0
	for _, s := range st.segs(1 << 14) {
		if len(s.data) > 0 && s.server {
			server++
		}
		segs = append(segs, s)
	}
	for lost, found := range map[int]bool{900: true, 1100: false} {
		var part []seg
		n := 0
		for _, s := range segs {
			if s.server && len(s.data) == 5+1+1+16 {
				if n++; n > 50 && n <= 50+lost {
					continue
				}
			}
			part = append(part, s)
		}
		a := &stream.Assembler{Config: stream.Config{Keys: st.keys, MaxWork: 1 << 30}}
		got := strings.Join(httpIn(t, a, part), " ")
		if strings.Count(got, respHead) != 1+map[bool]int{true: 1}[found] {
			t.Errorf("%d records lost: %.300q %+v", lost, got, a.Stats())
		}
	}
}

// A gap in the cleartext of the handshake does not prevent decryption.
func TestDecryptLostHandshake(t *testing.T) {
	for name, st := range recorded(t) {
		if strings.Contains(name, "early") || strings.Contains(name, "retry") || strings.Contains(name, "tls10") {
			continue
		}
		segs := st.segs(300)
		for i, s := range segs {
			if s.server && len(s.data) > 0 && i+1 < len(segs) && segs[i+1].server { // after the ServerHello
				segs = slices.Delete(segs, i+1, i+2)
				break
			}
		}
		a := &stream.Assembler{Config: stream.Config{Keys: st.keys}}
		if got := fmt.Sprint(httpIn(t, a, segs)); !strings.Contains(got, "HTTP/1.0 200 OK") || !strings.Contains(got, lines()) {
			t.Errorf("%s: %.200q %+v", name, got, a.Stats())
		}
	}
}

// A cipher suite that is not implemented, and a compression, are counted.
func TestDecryptUnsupported(t *testing.T) {
	st := recorded(t)["tls12-ccm"]
	for _, at := range []int{0, 2} { // the cipher suite becomes 0x409d, the compression 0x40
		tk := slices.Clone(st.talk)
		for i := range tk {
			if b := []byte(tk[i].data); tk[i].server && len(b) > 100 {
				suite := 44 + int(b[43])
				b[suite+at] = 0x40
				tk[i].data = string(b)
				break
			}
		}
		a := &stream.Assembler{Config: stream.Config{Keys: st.keys}}
		play(a, tk.segs(1000)...)
		if s := a.Stats(); s.Undecrypted != 1 || s.Decrypted+s.Unauthentic > 0 {
			t.Errorf("offset %d: %+v", at, s)
		}
	}
}
