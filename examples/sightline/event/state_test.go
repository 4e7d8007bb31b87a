package event

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// recordsOf returns the packets of a capture of testdata.
func recordsOf(t *testing.T, name string) (recs []*pcap.Record) {
	t.Helper()
	r, err := pcap.Open(filepath.Join("..", "..", "..", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		recs = append(recs, rec.Clone())
	}
	return recs
}

// writeRecords writes packets to a file of pcapng, as those of one interface.
func writeRecords(t *testing.T, name string, recs []*pcap.Record) {
	t.Helper()
	var out bytes.Buffer
	w := pcapng.NewWriter(&out)
	for _, rec := range recs {
		own := *rec
		own.Interface, own.Options = 0, nil
		if err := w.Write(&own); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// cutStory cuts testdata's story.pcapng into n files in a directory, as dumpcap -b names
// them.
func cutStory(t *testing.T, n int) (dir string, files []string) {
	t.Helper()
	recs := recordsOf(t, "story.pcapng")
	var cuts []int
	for i := 1; i < n; i++ {
		cuts = append(cuts, i*len(recs)/n)
	}
	dir = t.TempDir()
	return dir, writeCuts(t, dir, recs, cuts)
}

// writeCuts writes packets to files that end at the cuts, as dumpcap -b names them.
func writeCuts(t *testing.T, dir string, recs []*pcap.Record, cuts []int) (files []string) {
	t.Helper()
	from := 0
	for i, to := range append(cuts, len(recs)) {
		name := filepath.Join(dir, fmt.Sprintf("story_%05d_20260102030405.pcapng", i+1))
		writeRecords(t, name, recs[from:to])
		files, from = append(files, name), to
	}
	return files
}

// A directory is read as its files, and runs with -state give the event of one
// go.
func TestState(t *testing.T) {
	for _, n := range []int{1, 2, 5} {
		for _, format := range []string{"misp", "report"} {
			dir, files := cutStory(t, n)
			want := inOneGo(t, files, "-o", format)
			if status, got, stderr := run1(t, nil, "-o", format, dir); status != 0 || got != want {
				t.Errorf("%d files as a directory: status %d, %s", n, status, stderr)
			}
			state := filepath.Join(t.TempDir(), "state")
			got := ""
			for _, name := range files {
				got = inOneGo(t, []string{name}, "-o", format, "-state", state)
			}
			if got != want {
				t.Errorf("%d runs with -o %s differ from one", n, format)
			}
			before, _ := os.ReadFile(state)
			status, got, stderr := run1(t, nil, "-o", format, "-state", state, dir)
			after, _ := os.ReadFile(state)
			if status != 0 || got != want || !strings.Contains(stderr, "read in an earlier run") || !bytes.Equal(before, after) {
				t.Errorf("nothing new: status %d, %s", status, stderr)
			}
		}
	}
}

// The event of every capture of testdata is that of one go, wherever the capture is cut
// into runs.
func TestStateCuts(t *testing.T) {
	names, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "*.pcap*"))
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := 4
	if testing.Short() {
		rounds = 1
	}
	for _, name := range names {
		recs := recordsOf(t, filepath.Base(name))
		slices.SortStableFunc(recs, func(a, b *pcap.Record) int { return a.Time.Compare(b.Time) })
		for range rounds {
			cuts := []int{1 + rng.IntN(len(recs)-1), 1 + rng.IntN(len(recs)-1), 1 + rng.IntN(len(recs)-1)}
			slices.Sort(cuts)
			cuts = slices.Compact(cuts)
			files := writeCuts(t, t.TempDir(), recs, cuts)
			if got, want := inRuns(t, files, "-all"), inOneGo(t, files, "-all"); got != want {
				t.Errorf("%s cut at %d: the events differ", name, cuts)
			}
		}
	}
}

// inOneGo returns the output for all files.
func inOneGo(t *testing.T, files []string, flags ...string) string {
	t.Helper()
	status, stdout, stderr := run1(t, nil, append(flags, files...)...)
	if status != 0 {
		t.Fatalf("status %d, %s", status, stderr)
	}
	return stdout
}

// inRuns returns the output for all files after each was read in a run of its own.
func inRuns(t *testing.T, files []string, flags ...string) (stdout string) {
	t.Helper()
	flags = append(flags, "-state", filepath.Join(t.TempDir(), "state"))
	for _, name := range files {
		stdout = inOneGo(t, []string{name}, flags...)
	}
	return stdout
}

// Only its owner can read a state. It is left as it was if it cannot be used, and is not
// read as a capture of its directory.
func TestStateFile(t *testing.T) {
	dir, files := cutStory(t, 2)
	state := filepath.Join(dir, "state.pcapng")
	if status, _, stderr := run1(t, nil, "-state", state, files[0]); status != 0 {
		t.Fatal(stderr)
	}
	info, err := os.Stat(state)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if status, stdout, stderr := run1(t, nil, "-o", "report", "-state", state, dir); status != 0 || strings.Contains(stdout, "state.pcapng") {
		t.Errorf("status %d, %s", status, stderr)
	}
	good, _ := os.ReadFile(state)
	bad := bytes.Clone(good)
	bad[len(bad)/2] ^= 1
	for what, c := range map[string]struct {
		b    []byte
		args []string
		want string
	}{
		"damaged":       {bad, nil, "damaged"},
		"cut":           {good[:len(good)-1], nil, "damaged"},
		"empty":         {nil, nil, "not a state"},
		"version":       {bytes.Replace(good, []byte("sightline state 1"), []byte("sightline state 9"), 1), nil, `version "9"`},
		"other options": {good, []string{"-passwords"}, "other options"},
	} {
		if err := os.WriteFile(state, c.b, 0o600); err != nil {
			t.Fatal(err)
		}
		status, stdout, stderr := run1(t, nil, append(c.args, "-state", state, files[1])...)
		if after, _ := os.ReadFile(state); status != 1 || stdout != "" || !strings.Contains(stderr, c.want) || !bytes.Equal(after, c.b) {
			t.Errorf("%s: status %d, %s", what, status, stderr)
		}
	}
	for _, args := range [][]string{{"-state", state, "-"}, {"-state-bytes", "-1", "-state", state, files[0]}, {"-sensor", "two", files[0]}, {"-sensor", "each", "-state", state, files[1]}} {
		if status, _, _ := run1(t, nil, args...); status != 2 {
			t.Errorf("%q: status %d", args, status)
		}
	}
}

// If the state cannot be written, the event is, and the old state stays.
func TestStateUnwritable(t *testing.T) {
	dir, files := cutStory(t, 1)
	state := filepath.Join(dir, "missing", "state")
	status, stdout, stderr := run1(t, nil, "-state", state, files[0])
	if status != 1 || !strings.Contains(stdout, `"Event"`) || !strings.Contains(stderr, "the state is unchanged") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// A run does not replace the state that another one has written in the meantime.
func TestStateConcurrent(t *testing.T) {
	name := filepath.Join(t.TempDir(), "state")
	run := func(contents string, meanwhile func()) error {
		s := stateFile{name: name}
		if err := s.load(); err != nil {
			t.Fatal(err)
		}
		return s.save(func(w io.Writer) error {
			meanwhile()
			_, err := io.WriteString(w, contents)
			return err
		})
	}
	for _, contents := range []string{"first", "second"} {
		err := run("slow", func() {
			if err := run(contents, func() {}); err != nil {
				t.Error(err)
			}
		})
		if b, _ := os.ReadFile(name); err == nil || string(b) != contents {
			t.Errorf("%v, the state is %q", err, b)
		}
	}
	if files, _ := os.ReadDir(filepath.Dir(name)); len(files) != 1 {
		t.Errorf("%d files", len(files))
	}
}

// A file that grew since the last run is named, and not read again.
func TestStateGrown(t *testing.T) {
	dir, files := cutStory(t, 2)
	state := filepath.Join(t.TempDir(), "state")
	whole, _ := os.ReadFile(files[1])
	if err := os.WriteFile(files[1], whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	run1(t, nil, "-state", state, dir)
	if err := os.WriteFile(files[1], whole, 0o600); err != nil {
		t.Fatal(err)
	}
	status, _, stderr := run1(t, nil, "-state", state, dir)
	if status != 1 || !strings.Contains(stderr, filepath.Base(files[1])) || !strings.Contains(stderr, "changed since") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// A conversation that exceeds -state-bytes ends, and the event says so.
func TestStateBytes(t *testing.T) {
	_, files := cutStory(t, 2)
	state := filepath.Join(t.TempDir(), "state")
	for _, name := range files {
		status, stdout, stderr := run1(t, nil, "-state", state, "-state-bytes", "2000", name)
		if status != 0 || !strings.Contains(stdout, "between two runs") || !strings.Contains(stderr, "between two runs") {
			t.Errorf("status %d, %s", status, stderr)
		}
	}
}
