package extract

import (
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// What is appended is read back alike, and is read from no fewer bytes.
func TestFields(t *testing.T) {
	times := []time.Time{
		{}, time.Unix(0, 0), time.Unix(-1, 999_999_999), time.Unix(1700000000, 1),
		time.Unix(-1<<40, 5), time.Unix(1<<40, 0), // further off than a Ref allows
	}
	for i, at := range times {
		if !at.IsZero() {
			at = at.UTC()
		}
		rec := pcap.Record{Time: at, Number: int64(i) << 40, Offset: math.MaxInt64, WireLen: 1500, LinkType: math.MaxUint32, FCSLen: 4}
		sameFields(t, appendRecord(nil, i, &rec), rec, func(f *fields) pcap.Record {
			capture, rec := f.record()
			if capture != i && !f.bad {
				t.Errorf("capture %d, not %d", capture, i)
			}
			return rec
		})
		ref := stream.Ref{Capture: i, Offset: -1, Number: int64(i), Time: at}
		sameFields(t, appendRef(nil, ref), ref, (*fields).ref)
		reading := &clock.Reading{Zero: at, Now: times[3].UTC(), Before: at}
		sameFields(t, appendReading(nil, reading), reading, (*fields).reading)
	}
	for _, addr := range []string{"192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1"} {
		flow := layers.Flow{Src: netip.AddrPortFrom(netip.MustParseAddr(addr), 65535), Dst: netip.MustParseAddrPort("198.51.100.7:0"), Proto: 47}
		sameFields(t, appendFlow(nil, flow), flow, (*fields).flow)
	}
}

// A record with lengths that no capture file expresses is refused.
func TestImpossibleRecord(t *testing.T) {
	for _, rec := range []pcap.Record{{WireLen: -101}, {FCSLen: -1}, {FCSLen: 32}} {
		f := fields{b: appendRecord(nil, 0, &rec)}
		if f.record(); !f.bad {
			t.Errorf("%+v", rec)
		}
	}
}

func sameFields[T any](t *testing.T, b []byte, want T, read func(*fields) T) {
	t.Helper()
	f := fields{b: b}
	got := read(&f)
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })); diff != "" || f.bad || len(f.b) > 0 {
		t.Errorf("%x: bad %t, %d bytes left, %s", b, f.bad, len(f.b), diff)
	}
	for n := range b {
		f := fields{b: b[:n]}
		if read(&f); !f.bad {
			t.Errorf("%d bytes of %x are enough", n, b)
		}
	}
}
