package stream_test

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// sealedRecord returns a record of an epoch, whose content does not authenticate.
func sealedRecord(epoch uint16, number, size int) gram {
	b := binary.BigEndian.AppendUint16([]byte{23, 0xfe, 0xfd}, epoch)
	b = append(b, 0, 0)
	b = binary.BigEndian.AppendUint32(b, uint32(number))
	b = binary.BigEndian.AppendUint16(b, uint16(size))
	return gram{false, append(b, make([]byte, size)...)}
}

// Records that come before their keys wait, up to dtlsMaxWaiting. Before the ClientHello,
// what exceeds it is dropped without being counted.
func TestDecryptDTLSWaiting(t *testing.T) {
	st := recordedDTLS(t)["dtls12-gcm"]
	flight := slices.IndexFunc(st.grams, func(g gram) bool { return g.data[0] == 23 })
	hellos, records := st.grams[:flight], st.grams[flight:]
	for _, n := range []int{60, 64} { // 30 KiB and 32 KiB
		var early []gram
		for i := range n {
			early = append(early, sealedRecord(1, 1<<20+i, 512-13))
		}
		for what, grams := range map[string][]gram{
			"nothing known": slices.Concat(early, records, hellos),
			"ClientHello":   slices.Concat(hellos[2:3], early, records, hellos[3:]),
		} {
			a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log)}}
			found, unauthentic := len(dnsOf(sendAll(a, grams...))), n
			if n == 64 && what == "ClientHello" {
				unauthentic += len(records)
			}
			if s := a.Stats(); (found == 6) != (n == 60) || s.Unauthentic != unauthentic || s.Held > 64<<10 {
				t.Errorf("%d records after %s: %d messages, %+v", n, what, found, s)
			}
		}
	}
}

// Of the handshake messages of an association, dtlsMaxParts are kept.
func TestDecryptDTLSParts(t *testing.T) {
	st := recordedDTLS(t)["dtls12-gcm"]
	for _, n := range []int{20, 1000} {
		a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log)}}
		most := 0
		for i := range n {
			sendAll(a, gram{true, dtlsRecord(14, uint16(i+100), strings.Repeat("x", 1000), 0, 500)})
			most = max(most, a.Stats().Held)
		}
		if least := min(n, 64) * 500; most < least || most > 2*least+4<<10 {
			t.Errorf("%d messages: %d bytes held", n, most)
		}
		if got := dnsOf(sendAll(a, st.grams...)); len(got) != 6 {
			t.Errorf("after %d messages: %q", n, got)
		}
	}
	long := strings.Repeat("x", 64<<10+1)
	a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log)}}
	sendAll(a, gram{true, dtlsRecord(11, 1, long, 0, 10)})
	if s := a.Stats(); s.TooLong != 1 {
		t.Errorf("a message of 64 KiB and a byte: %+v", s)
	}
}

// A client may use its port again. Records of the last dtlsMaxEpochs associations are
// found, and hellos of the last dtlsMaxPast ones change nothing.
func TestDecryptDTLSPast(t *testing.T) {
	all := recordedDTLS(t)
	var names []string
	var log strings.Builder
	for name, st := range all {
		if !strings.Contains(name, "renegotiation") && !strings.Contains(name, "cid") {
			names = append(names, name)
		}
		log.WriteString(st.log)
	}
	slices.Sort(names)
	data := func(st secretGrams) int {
		return slices.IndexFunc(st.grams, func(g gram) bool { return g.data[0] == 23 })
	}
	for _, n := range []int{2, 4, 5, 9, 12} {
		a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, log.String())}}
		first := all[names[0]]
		at := data(first)
		sendAll(a, first.grams[:at]...)
		for _, name := range names[1:n] {
			if got := dnsOf(sendAll(a, all[name].grams...)); len(got) != 6 {
				t.Errorf("association %s: %q", name, got)
			}
		}
		late := dnsOf(sendAll(a, first.grams[at:]...))
		if (len(late) == 6) != (n <= 4) {
			t.Errorf("%d associations: %d late messages", n, len(late))
		}
		before := a.Stats()
		sendAll(a, first.grams[2]) // the ClientHello, again; if it is forgotten, a handshake begins, and records wait for its keys
		last := all[names[n-1]]
		sendAll(a, last.grams[data(last):]...)
		if s := a.Stats(); (s.Retransmitted > before.Retransmitted) != (n <= 9) || s.Unauthentic > before.Unauthentic || s.Decrypted < n-1 {
			t.Errorf("%d associations: %+v", n, s)
		}
		a.Flush()
		if s := a.Stats(); s.Held != 0 {
			t.Errorf("%d associations: %+v", n, s)
		}
	}
}

// Associations may use an eighth of MaxBytes. Those idle for Config.Idle are dropped. The
// heap is at most twice what they count as held.
func TestDecryptDTLSFlood(t *testing.T) {
	st := recordedDTLS(t)["dtls12-sha-etm"]
	send := func(a *stream.Assembler, n int) {
		for i := range n {
			for j, g := range st.grams {
				from, to := uint16(10_000+i), uint16(443)
				b := build.UDP("192.0.2.1", from, "198.51.100.7", to, g.data)
				if g.server {
					b = build.UDP("198.51.100.7", to, "192.0.2.1", from, g.data)
				}
				pushUDP(a, b, 0, int64(j+1), start)
			}
		}
	}
	a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log), MaxBytes: 8 << 20}}
	send(a, 1000)
	if s := a.Stats(); s.Held > 1<<20+1024*256 /* the sessions */ || s.Evicted == 0 || s.Open+s.Evicted != 1000 || s.Decrypted != 1000 {
		t.Errorf("%+v", s)
	}
	for range 2 { // the clock follows the earlier of two packets
		pushUDP(a, st.grams[0].packet(), 0, 1, start.Add(time.Hour))
	}
	if s := a.Stats(); s.Open != 1 || s.Open+s.Evicted+s.Expired != 1001 {
		t.Errorf("an hour later: %+v", s)
	}
	if testing.Short() {
		return // it takes thousands of associations to see their memory in the heap
	}
	a = &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log), MaxBytes: 1 << 30}}
	before := heap()
	send(a, 10_000)
	used := heap() - before
	if s := a.Stats(); s.Open != 10_000 || used > 2*s.Held {
		t.Errorf("%d bytes used, %d held", used, s.Held)
	}
	runtime.KeepAlive(a)
}

// A cipher suite that is not implemented, and DTLS 1.3, are counted.
func TestDecryptDTLSUnsupported(t *testing.T) {
	st := recordedDTLS(t)["dtls12-gcm"]
	grams := slices.Clone(st.grams)
	for i, g := range grams {
		if g.server && g.data[13] == 2 {
			grams[i].data = bytes.Clone(g.data)
			grams[i].data[13+12+2+32+1+int(g.data[13+12+2+32])] = 0x40
		}
	}
	a := &stream.Assembler{Config: stream.Config{Keys: keysOf(t, st.log)}}
	got := dnsOf(sendAll(a, grams...))
	a.Flush()
	if s := a.Stats(); len(got) > 0 || s.Undecrypted != 1 || s.Decrypted+s.Unauthentic+s.Held > 0 {
		t.Errorf("%q, %+v", got, s)
	}
}
