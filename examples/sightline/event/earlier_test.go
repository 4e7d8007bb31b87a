package event

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/keytest"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// overlapping writes testdata's story.pcapng to three files, each of which begins with
// packets that the one before it ends with.
func overlapping(t *testing.T) (dir string, files []string) {
	t.Helper()
	recs := recordsOf(t, "story.pcapng")
	dir = t.TempDir()
	for i, at := range [][2]int{{0, 80}, {60, 140}, {137, len(recs)}} {
		name := filepath.Join(dir, fmt.Sprintf("story_%05d.pcapng", i+1))
		writeRecords(t, name, recs[at[0]:at[1]])
		files = append(files, name)
	}
	return dir, files
}

// Packets that a capture and that of an earlier run have are counted once, as in one go.
func TestStateOverlap(t *testing.T) {
	for _, format := range []string{"misp", "report"} {
		_, files := overlapping(t)
		want := inOneGo(t, files, "-o", format)
		if got := inRuns(t, files, "-o", format); got != want {
			t.Errorf("-o %s: the runs differ from one go", format)
		}
		if format == "report" && repeated(t, want) != 23 {
			t.Errorf("%d packets are repeated", repeated(t, want))
		}
	}
}

func repeated(t *testing.T, report string) int64 {
	t.Helper()
	rep, err := extract.ReadJSON(strings.NewReader(report))
	if err != nil {
		t.Fatal(err)
	}
	return rep.Unseen.Repeated
}

// A capture of an earlier run is found among those named now if it was moved. The
// summary says so if it is gone, or is another file.
func TestStateOverlapMoved(t *testing.T) {
	for _, c := range []struct {
		what string
		move func(name string) error
		want int64
	}{
		{"moved", func(name string) error { return os.Rename(name, filepath.Join(filepath.Dir(name), "day_1.pcapng")) }, 20},
		{"compressed", compress, 20},
		{"gone", os.Remove, 0},
		{"another", func(name string) error { writeRecords(t, name, recordsOf(t, "story.pcapng")[60:80]); return nil }, 0},
	} {
		dir, files := overlapping(t)
		state := filepath.Join(t.TempDir(), "state")
		inOneGo(t, files[:1], "-state", state)
		os.Remove(files[2])
		if err := c.move(files[0]); err != nil {
			t.Fatal(err)
		}
		args := []string{"-sensor", "one", "-o", "report", "-state", state, dir}
		if c.what == "another" {
			args[len(args)-1] = files[1]
		}
		status, stdout, stderr := run1(t, nil, args...)
		if status != 0 || repeated(t, stdout) != c.want {
			t.Errorf("%s: status %d, %d packets are repeated, want %d", c.what, status, repeated(t, stdout), c.want)
		}
		if note := strings.Contains(stderr, "are counted twice"); note != (c.want == 0) {
			t.Errorf("%s: %s", c.what, stderr)
		}
	}
}

// compress replaces a file by a compressed one, as gzip does.
func compress(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return errors.Join(os.WriteFile(name+".gz", out.Bytes(), 0o600), os.Remove(name))
}

// A file that was compressed after it was read is not read again, unless it had grown
// before.
func TestStateCompressed(t *testing.T) {
	dir, files := overlapping(t)
	state := filepath.Join(t.TempDir(), "state")
	want := inOneGo(t, []string{dir}, "-state", state, "-o", "report")
	if err := compress(files[0]); err != nil {
		t.Fatal(err)
	}
	if got := inOneGo(t, []string{dir}, "-state", state, "-o", "report"); got != want {
		t.Error("the compressed file was read again")
	}
	writeRecords(t, files[0], recordsOf(t, "story.pcapng")[:90])
	if err := compress(files[0]); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := run1(t, nil, "-state", state, dir); status != 1 || !strings.Contains(stderr, "story_00001.pcapng.gz: it has changed") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// Captures of a directory that hold all packets of those before them are of one sensor,
// whose packets are counted once.
func TestStateContained(t *testing.T) {
	recs := recordsOf(t, "story.pcapng")
	dir, state := t.TempDir(), filepath.Join(t.TempDir(), "state")
	got := ""
	for i, to := range []int{60, 120, len(recs)} {
		writeRecords(t, filepath.Join(dir, fmt.Sprintf("story_%05d.pcapng", i+1)), recs[min(i, 1)*20:to])
		got = inOneGo(t, []string{dir}, "-o", "report", "-state", state)
	}
	if want := inOneGo(t, []string{dir}, "-o", "report"); got != want || repeated(t, got) != 140 {
		t.Errorf("the runs differ from one go, or %d packets are repeated", repeated(t, got))
	}
}

// A capture that begins long before that of the earlier run ends is named.
func TestStateBackwards(t *testing.T) {
	_, files := overlapping(t)
	state := filepath.Join(t.TempDir(), "state")
	inOneGo(t, files[2:], "-state", state)
	if _, _, stderr := run1(t, nil, "-state", state, files[0]); !strings.Contains(stderr, "story_00001.pcapng begins") {
		t.Error(stderr)
	}
}

// A state is of one sensor: captures of others are refused, also those of a later run.
// A capture without packets is of any.
func TestStateSensors(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, packets int) {
		var f build.Pcap
		for i := range packets {
			f.Add(start.Add(time.Duration(i)*time.Second), build.Ethernet(0x0800, build.UDP("10.0.0.1", 5000, "198.51.100.1", 4000, []byte(name))))
		}
		if err := os.WriteFile(filepath.Join(dir, name), f.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	state := filepath.Join(t.TempDir(), "state")
	refused := func() {
		t.Helper()
		before, _ := os.ReadFile(state)
		status, stdout, stderr := run1(t, nil, "-state", state, dir)
		after, _ := os.ReadFile(state)
		if status != 2 || stdout != "" || !strings.Contains(stderr, "run once for each sensor") || string(before) != string(after) {
			t.Errorf("status %d, %s", status, stderr)
		}
	}
	put("left-1.pcap", 2)
	put("left-2.pcap", 0)
	inOneGo(t, []string{dir}, "-state", state)
	put("right-1.pcap", 3)
	refused()
	os.Remove(state)
	refused()
	inOneGo(t, []string{dir}, "-state", state, "-sensor", "one")
}

// The secrets in a capture decrypt its conversations in later runs, too.
func TestStateSecrets(t *testing.T) {
	recs := recordsOf(t, filepath.Base(secretsFile))
	_, log := keytest.Parted(t, secretsFile)
	secrets := pcapng.Secrets{Type: pcapng.SecretsTLS, Data: log}
	for _, late := range []bool{false, true} {
		dir := t.TempDir()
		files := []string{filepath.Join(dir, "1.pcapng"), filepath.Join(dir, "2.pcapng"), filepath.Join(dir, "3.pcapng")}
		var out bytes.Buffer
		w := pcapng.NewWriter(&out)
		if _, err := w.AddInterface(pcapng.Interface{LinkType: pcap.LinkTypeEthernet}); err != nil {
			t.Fatal(err)
		}
		n := len(recs) / 2
		for i, rec := range recs[:n] {
			rec.Interface, rec.Options = 0, nil
			if !late && i == 0 || late && i == n-1 {
				if err := w.WriteSecrets(secrets); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(files[0], out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		writeRecords(t, files[1], recs[n:n+2])
		writeRecords(t, files[2], recs[n+2:])
		want := inOneGo(t, files, "-o", "report")
		if got := inRuns(t, files, "-o", "report"); got != want || len(requests(t, got)) == 0 {
			t.Errorf("late: %v: the runs differ from one go", late)
		}
	}
}
