package event

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// label returns the text of the first pcap-metadata object.
func label(ev *misp.Event) string { return ev.Objects[0].Attributes[0].Value }

// udps returns a capture of n packets to different addresses.
func udps(n int) *capture {
	var c capture
	for i := range n {
		to := netip.AddrFrom4([4]byte{203, 0, 113, byte(i + 1)})
		c.at(start, build.Ethernet(0x0800, build.UDP("10.0.0.5", 4000, to.String(), 9, []byte("x"))))
	}
	return &c
}

// An event says in its first object what it does not cover: a damaged end, an
// interruption, a limit of the report and of the event.
func TestIncompleteEvent(t *testing.T) {
	whole := udps(30).file.Bytes()
	read := func(ctx context.Context, b []byte, o extract.Options) *extract.Report {
		x := extract.Extractor{Options: o}
		_ = x.ReadInput(ctx, "a.pcap", bytes.NewReader(b)) // Capture.Err has the error, too
		return x.Finish()
	}
	interrupted, stop := context.WithCancel(t.Context())
	stop()
	for want, ev := range map[string]*misp.Event{
		"a.pcap: 30 packets, 1290 bytes": Of(read(t.Context(), whole, extract.Options{}), Options{}),
		"a.pcap: 29 packets, 1247 bytes; incomplete: a.pcap was read only up to packet 29: pcap: ": Of(
			read(t.Context(), whole[:len(whole)-1], extract.Options{}), Options{}),
		"a.pcap: 30 packets, 1290 bytes; incomplete: 50 observations of hosts beyond the limit of distinct values": Of(
			read(t.Context(), whole, extract.Options{MaxValues: 10, Only: extract.TopicSetOf(extract.IP)}), Options{}),
		"a.pcap: 30 packets, 1290 bytes; incomplete: 26 attributes beyond the event size limit": Of(
			read(t.Context(), whole, extract.Options{}), Options{MaxAttributes: 4, Only: extract.TopicSetOf(extract.IP)}),
	} {
		if got := label(ev); got != want && (!strings.HasSuffix(want, "pcap: ") || !strings.HasPrefix(got, want)) {
			t.Errorf("%q, want %q", got, want)
		}
		acceptable(t, ev)
	}
	r := readReport(t, `{"captures":[{"name":"a.pcap","packets":1,"bytes":2,"from":0,"to":0}]}`)
	r.Captures[0].Err = fmt.Errorf("read: %w", interrupted.Err())
	if got, want := label(Of(r, Options{})), "a.pcap: 1 packet, 2 bytes; incomplete: a.pcap was read only up to packet 1: interrupted"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// Each loss that a report counts has a clause.
func TestUnseen(t *testing.T) {
	var r extract.Report
	u, s := &r.Unseen, &r.Unseen.Stream
	for _, n := range []*int64{&u.Cut, &u.Untimed, &u.Backwards, &u.TooLong, &u.Parted, &u.Unpaired, &s.Missing, &s.Stray} {
		*n = 7
	}
	for _, n := range []*int{&s.Incomplete, &s.TooLong, &s.Malformed, &s.TooMany, &s.TooDeep, &s.Conflicts, &s.Unmet, &s.Evicted} {
		*n = 7
	}
	s.Defrag.Incomplete, s.Defrag.Dropped, s.Defrag.Malformed = 7, 7, 7
	got := Unseen(&r)
	if len(got) != 19 {
		t.Errorf("%d clauses: %q", len(got), got)
	}
	for _, clause := range got {
		if !strings.HasPrefix(clause, "7 ") || strings.HasSuffix(clause, ".") {
			t.Errorf("%q", clause)
		}
	}
	r = extract.Report{Captures: []extract.Capture{{First: time.Unix(5, 0)}, {First: start}}}
	r.Unseen.Damaged = map[string]int64{"TCP": 2, "IPv4": 1}
	r.Unseen.LinkTypes = map[pcap.LinkType]int64{}
	for i := range 10_000 {
		r.Unseen.LinkTypes[pcap.LinkType(40_000+i)] = 1
	}
	got = Unseen(&r)
	if len(got) != 1+maxLinks+1+1 || !strings.HasPrefix(got[0], "1 captures that begin on 1970-01-01") ||
		got[maxLinks+1] != "packets of 9995 more link types" || got[maxLinks+2] != "malformed or truncated packets by layer: 1 IPv4, 2 TCP" {
		t.Errorf("%q", got)
	}
}

// A name that MISP would refuse in a text does not hide the capture.
func TestLongCaptureName(t *testing.T) {
	ev := Of(udps(1).named(t, strings.Repeat("x", 70_000)), Options{})
	acceptable(t, ev)
	if o := ev.Objects[0]; o.Template != misp.TemplatePcapMetadata || o.Attributes[0].Relation != "first-packet-seen" {
		t.Errorf("%s with %s", o.Template.Name, o.Attributes[0].Relation)
	}
}
