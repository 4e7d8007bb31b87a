package pipeline

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	sightline "github.com/sightline-go/sightline/examples/sightline/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/pcap"
)

// shifted copies a capture of testdata, with its times moved so that the first packet
// is of time first.
func shifted(t *testing.T, from, to string, first time.Time) {
	t.Helper()
	r, err := pcap.Open(filepath.Join("../../../testdata", from))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	w, err := pcap.NewWriter(&b, pcap.LinkTypeEthernet)
	if err != nil {
		t.Fatal(err)
	}
	var by time.Duration
	for rec, err := range r.All() {
		if err == nil {
			if by == 0 {
				by = first.Sub(rec.Time)
			}
			rec.Time = rec.Time.Add(by)
			err = w.Write(rec)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err = os.MkdirAll(filepath.Dir(to), 0o777); err == nil {
		err = os.WriteFile(to, b.Bytes(), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A feed per day has an event for each UTC day, with the contents that sightline event
// writes for the files that begin on it. A file that continues after midnight is of the
// day of its first packet.
func TestFeedPerDay(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, "in", name) }
	midnight := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	shifted(t, "http.pcap", at("1.pcap"), midnight.Add(-20*time.Hour))
	shifted(t, "story.pcapng", at("2.pcap"), midnight.Add(-time.Millisecond))
	shifted(t, "dns.pcap", at("3.pcap"), midnight.Add(time.Hour))
	shifted(t, "smtp.pcap", at("4.pcap"), midnight.Add(23*time.Hour))

	org := misp.Org{Name: "Org", UUID: misp.NewUUID(misp.UUID{}, "organisation", "Org")}
	w := &Writer{Format: "misp", Feed: filepath.Join(dir, "feed"), Org: org}
	c := defaults
	c.PerDay = true
	execute(t, c, false, w, []string{at("*.pcap")})

	want := filepath.Join(dir, "want")
	for _, day := range [][]string{{at("1.pcap"), at("2.pcap")}, {at("3.pcap"), at("4.pcap")}} {
		args := append([]string{"-q", "-feed", want, "-org", org.Name}, day...)
		if code := sightline.Run(args, nil, io.Discard, os.Stderr); code != 0 {
			t.Fatal(code)
		}
	}
	compareFeeds(t, want, w.Feed)
}
