package layers

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// ntpSample is a server's reply (RFC 5905 figure 8).
const ntpSample = `24 01 03 ec 00000000 00000a80 47505300
	c50204ec ee0e1f5e  c50204ec ee0e1f5e  c50204ec ee1b3c00  c50204ec 80000000`

func TestNTP(t *testing.T) {
	h, err := ParseNTP(viewtest.Unhex(t, ntpSample))
	if err != nil {
		t.Fatal(err)
	}
	if h.Leap() != 0 || h.Version() != 4 || h.Mode() != NTPServer || h.Stratum() != 1 || h.Poll() != 3 || h.Precision() != -20 {
		t.Errorf("%d %d %v %d %d %d", h.Leap(), h.Version(), h.Mode(), h.Stratum(), h.Poll(), h.Precision())
	}
	if h.RefID() != [4]byte{'G', 'P', 'S', 0} || h.RootDelay() != 0 || h.RootDispersion() != 41015625*time.Nanosecond {
		t.Errorf("%q %v %v", h.RefID(), h.RootDelay(), h.RootDispersion())
	}
	// RFC 5905 figure 4: the epochs are 2208988800 seconds apart.
	if want := time.Unix(0xc50204ec-2208988800, 500000000).UTC(); !h.Transmit().Equal(want) || h.Transmit() != want {
		t.Errorf("transmit %v, want %v", h.Transmit(), want)
	}
	text, _ := h.AppendText(nil)
	if string(text) != "v4 server stratum 1 ref GPS transmit 2004-09-27T03:18:04.500000000Z" {
		t.Errorf("text %s", text)
	}
}

// Dates of RFC 5905 figure 4 and their timestamps.
func TestNTPEra(t *testing.T) {
	for hex, want := range map[string]time.Time{
		"00000000 00000000": {},
		"83aa7e80 00000000": time.Unix(0, 0),
		"bc17c200 00000000": time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
		"ffffffff 00000000": time.Date(2036, 2, 7, 6, 28, 15, 0, time.UTC),
		"00000000 80000000": time.Date(2036, 2, 7, 6, 28, 16, 500000000, time.UTC), // first day of era 1
		"80000000 00000000": time.Date(1968, 1, 20, 3, 14, 8, 0, time.UTC),
		"7fffffff 00000000": time.Date(2104, 2, 26, 9, 42, 23, 0, time.UTC),
	} {
		b := viewtest.Unhex(t, ntpSample)
		copy(b[16:], viewtest.Unhex(t, hex))
		h, _ := ParseNTP(b)
		if got := h.Reference(); !got.Equal(want) {
			t.Errorf("%s: %v, want %v", hex, got, want.UTC())
		}
	}
}

// Modes 6 and 7 have other headers: ntpq's READVAR, ntpdc's MON_GETLIST.
func TestNTPControl(t *testing.T) {
	for in, want := range map[string]string{
		"16 02 0001 0000 0000 0000 0000": "v2 control",
		"17 00 03 2a 0000 0000":          "v2 private",
	} {
		h, err := ParseNTP(viewtest.Unhex(t, in))
		if err != nil {
			t.Fatal(err)
		}
		if text, _ := h.AppendText(nil); string(text) != want || h.Stratum() != 0 || !h.Transmit().IsZero() || h.RefID() != [4]byte{} {
			t.Errorf("%s, want %s", text, want)
		}
	}
}

func TestNTPText(t *testing.T) {
	b := viewtest.Unhex(t, ntpSample)
	copy(b, viewtest.Unhex(t, "e3 02 06 ec"))
	copy(b[12:], []byte{192, 0, 2, 1})
	clear(b[40:])
	h, _ := ParseNTP(b)
	if text, _ := h.AppendText(nil); string(text) != "v4 client stratum 2 ref 192.0.2.1" || h.Leap() != 3 {
		t.Errorf("%s", text)
	}
	b[1], b[12] = 0, '\n'
	text, _ := h.AppendText(nil)
	viewtest.Printable(t, "text", text)
}

func TestNTPTruncated(t *testing.T) {
	for n := range 48 {
		if _, err := ParseNTP(viewtest.Unhex(t, ntpSample)[:n]); !errors.Is(err, wire.Short) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if h, err := ParseNTP(append(viewtest.Unhex(t, ntpSample), make([]byte, 20)...)); err != nil || len(h.Bytes()) != 68 {
		t.Errorf("with authenticator: %v", err)
	}
}

func TestNTPAllocs(t *testing.T) {
	b := viewtest.Unhex(t, ntpSample)
	buf := make([]byte, 0, 128)
	if n := testing.AllocsPerRun(100, func() {
		h, _ := ParseNTP(b)
		buf, _ = h.AppendText(buf[:0])
		h.RootDelay()
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func FuzzNTP(f *testing.F) {
	f.Add(viewtest.Unhex(f, ntpSample))
	for _, b := range viewtest.CapturedPayloads(f, "story.pcapng") {
		if len(b) == 48 { // without extensions
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ParseNTP(b)
		if err != nil {
			return
		}
		line, _ := h.AppendText(nil)
		viewtest.Printable(t, "text", line)
		if h.RootDelay() < 0 || h.RootDispersion() < 0 || !bytes.Equal(h.Bytes(), b) {
			t.Error("negative duration")
		}
		if y := h.Receive().Year(); y != 1 && (y < 1968 || y > 2104) {
			t.Errorf("year %d", y)
		}
		h.Origin()
	})
}
