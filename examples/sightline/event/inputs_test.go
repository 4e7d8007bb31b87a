package event

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
)

// Files that are not captures are named in the summary and the event; others are read.
// The same file is read once, and so are the packets at the border of two files.
func TestDirectory(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, b []byte) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := func(from, to int) []byte {
		var f build.Pcap
		for i := range to - from {
			at := from + i
			f.Add(start.Add(time.Duration(at)*time.Minute), build.Ethernet(0x0800, build.UDP("10.0.0.1", 5000, "198.51.100.1", 53, build.DNSQuery(uint16(at), fmt.Sprint("host", at), "example"))))
		}
		return f.Bytes()
	}
	put("a_00001.pcap", file(0, 10))
	put("a_00002.pcap", file(7, 20))
	put("a_00003.pcap", file(20, 30))
	put("copy/a_00002.pcap", file(7, 20))
	put("copy/b.pcap", file(0, 1)[:30])
	put("empty.pcap", nil)
	put("secret.pcap.gpg", []byte("\x85\x02\x0c\x03 and so on, encrypted"))
	put("notes.txt", []byte("not a capture"))
	put(".hidden.pcap", file(40, 41))
	put(".tmp/a.pcap", file(41, 42))
	status, stdout, stderr := run1(t, nil, "-o", "report", dir)
	if status != 1 {
		t.Errorf("status %d", status)
	}
	for _, want := range []string{"empty.pcap", "secret.pcap.gpg", "notes.txt", "3 files not read", "is the same file as", "3 packets that two captures have", "30 packets, 2.2 kB in 3 captures"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("no %q in %s", want, stderr)
		}
	}
	rep, err := extract.ReadJSON(strings.NewReader(stdout))
	if err != nil {
		t.Fatal(err)
	}
	if rep.Packets != 30 || rep.Unseen.Repeated != 3 {
		t.Errorf("%d packets, %d repeated", rep.Packets, rep.Unseen.Repeated)
	}
	_, stdout, _ = run1(t, nil, dir)
	for _, want := range []string{"empty.pcap was not read", "notes.txt was not read", "secret.pcap.gpg was not read", `"Indicators from a_00001.pcap, a_00002.pcap, a_00003.pcap"`} {
		if !strings.Contains(stdout, want) {
			t.Errorf("the event does not say %q", want)
		}
	}
	if !json.Valid([]byte(stdout)) {
		t.Error("the event is not JSON")
	}
	if status, stdout, stderr := run1(t, nil, t.TempDir()); status != 1 || stdout != "" || !strings.Contains(stderr, "no capture in") {
		t.Errorf("an empty directory: status %d, %s", status, stderr)
	}
}

// The connections of several sensors are separate, unless -sensor joins them.
func TestSensorFlag(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"left-1.pcap", "right-1.pcap"} {
		var f build.Pcap
		f.Add(start.Add(time.Duration(i)*time.Second), build.Ethernet(0x0800, build.UDP("10.0.0.1", 5000, "198.51.100.1", 4000, []byte("x"))))
		if err := os.WriteFile(filepath.Join(dir, name), f.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for sensor, want := range map[string]int64{"auto": 2, "each": 2, "one": 1} {
		status, stdout, stderr := run1(t, nil, "-o", "report", "-sensor", sensor, dir)
		rep, err := extract.ReadJSON(strings.NewReader(stdout))
		if err != nil || status != 0 {
			t.Fatal(status, err, stderr)
		}
		for f := range rep.Flows() {
			if f.Count != want {
				t.Errorf("%s: %d flows, want %d", sensor, f.Count, want)
			}
		}
	}
}
