package event

import (
	"crypto/md5"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// files returns the content of the files in a directory, by name.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(b)
	}
	return all
}

type entry struct {
	Orgc                  struct{ Name, UUID string }
	Info, Date, Timestamp string
	Tag                   []struct{ Name string }
}

// manifest decodes the manifest of a feed, and checks that the file of each event
// agrees with it.
func manifest(t *testing.T, feed map[string]string) map[string]entry {
	t.Helper()
	var all map[string]entry
	if err := json.Unmarshal([]byte(feed["manifest.json"]), &all); err != nil {
		t.Fatal(err)
	}
	for id, want := range all {
		var got struct {
			Event struct {
				entry
				UUID string
			}
		}
		if err := json.Unmarshal([]byte(feed[id+".json"]), &got); err != nil || got.Event.UUID != id {
			t.Errorf("%s: event %q, %v", id, got.Event.UUID, err)
		}
		if d := cmp.Diff(want, got.Event.entry, cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: manifest and event differ\n%s", id, d)
		}
	}
	return all
}

func feedRun(t *testing.T, dir string, args ...string) {
	t.Helper()
	if status, stdout, stderr := run1(t, nil, append([]string{"-q", "-feed", dir, "-org", "CERT"}, args...)...); status != 0 || stdout != "" {
		t.Fatalf("%q: status %d, %q on stdout, %s", args, status, stdout, stderr)
	}
}

// A feed has an event for each run, however many captures that reads; another run
// with the same captures replaces it, and leaves the others alone.
func TestFeed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "feed")
	one := write(t, "a.pcap", capture(0, "a", "www.example"))
	two, three := write(t, "b.pcap", capture(60, "b", "b.example")), write(t, "c.pcap", capture(90, "c", "c.example"))
	feedRun(t, dir, one)
	first := files(t, dir)
	if len(first) != 3 || len(manifest(t, first)) != 1 {
		t.Fatalf("%q", slices.Sorted(maps.Keys(first)))
	}
	hash := fmt.Sprintf("%x,", md5.Sum([]byte("http://www.example/a")))
	for id, e := range manifest(t, first) {
		if e.Info != "Indicators from a.pcap" || e.Date != "2026-03-04" || e.Orgc.Name != "CERT" || len(e.Orgc.UUID) != 36 {
			t.Errorf("%+v", e)
		}
		if !strings.Contains(first["hashes.csv"], hash+id+"\n") {
			t.Errorf("no %s in\n%s", hash, first["hashes.csv"])
		}
	}
	feedRun(t, dir, one)
	if d := cmp.Diff(first, files(t, dir)); d != "" {
		t.Errorf("the same again\n%s", d)
	}
	feedRun(t, dir, two, three)
	both := files(t, dir)
	if len(both) != 4 || len(manifest(t, both)) != 2 || !strings.HasPrefix(both["hashes.csv"], first["hashes.csv"]) {
		t.Errorf("%q, %s", slices.Sorted(maps.Keys(both)), both["hashes.csv"])
	}
	for name := range first {
		if !strings.HasPrefix(name, "manifest") && !strings.HasPrefix(name, "hashes") && both[name] != first[name] {
			t.Errorf("%s has changed", name)
		}
	}
}

// A changed event has a later timestamp, without which MISP would not fetch it.
func TestFeedChange(t *testing.T) {
	dir, path := t.TempDir(), write(t, "a.pcap", capture(0, "a", "www.example"))
	feedRun(t, dir, path)
	feedRun(t, dir, "-tag", "tlp:amber", path)
	feedRun(t, dir, "-tag", "tlp:amber", path)
	for _, e := range manifest(t, files(t, dir)) {
		if e.Timestamp != fmt.Sprint(start.Unix()+1) || len(e.Tag) != 1 || e.Tag[0].Name != "tlp:amber" {
			t.Errorf("%+v", e)
		}
	}
	if n := strings.Count(files(t, dir)["hashes.csv"], "\n"); n == 0 || n != len(slices.Compact(strings.Split(strings.TrimSpace(files(t, dir)["hashes.csv"]), "\n"))) {
		t.Errorf("%d hashes", n)
	}
}

// Entries of other programs stay as they are.
func TestFeedOfOthers(t *testing.T) {
	dir := t.TempDir()
	const id, entry = "5a1b2c3d-0000-4000-8000-000000000001", `{"x":[1, 2.50],"timestamp":1}`
	const hashes = "d41d8cd98f00b204e9800998ecf8427e," + id + "\n"
	for name, content := range map[string]string{"manifest.json": `{"` + id + `": ` + entry + `}`, "hashes.csv": hashes} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	feedRun(t, dir, write(t, "a.pcap", capture(0, "a", "www.example")))
	got := files(t, dir)
	var all map[string]json.RawMessage
	if err := json.Unmarshal([]byte(got["manifest.json"]), &all); err != nil || len(all) != 2 || string(all[id]) != `{"x":[1,2.50],"timestamp":1}` {
		t.Errorf("%s, %v", got["manifest.json"], err)
	}
	if !strings.HasPrefix(got["hashes.csv"], hashes) {
		t.Errorf("%s", got["hashes.csv"])
	}
}

// A damaged feed, and one that another program is writing, is left as it is.
func TestDamagedFeed(t *testing.T) {
	path := write(t, "a.pcap", capture(0, "a", "www.example"))
	for _, tt := range []struct{ name, content, want string }{
		{"manifest.json", "", "damaged"},
		{"manifest.json", "null", "damaged"},
		{"manifest.json", `{"5a1b2c3d-0000-4000-8000-000000000001":{}`, "damaged"},
		{"manifest.json", `{"../../etc/passwd":{}}`, "not a UUID"},
		{"manifest.json", `[]`, "damaged"},
		{"hashes.csv", "x\n", "hashes.csv is damaged, so nothing was written: line 1"},
		{"hashes.csv", "d41d8cd98f00b204e9800998ecf8427e,x\n", "line 1"},
		{"hashes.csv", strings.Repeat("a", 100_000), "line 1"},
		{"manifest.json.new", "", "another program"},
	} {
		dir := t.TempDir()
		feedRun(t, dir, write(t, "b.pcap", capture(0, "b", "b.example")))
		if err := os.WriteFile(filepath.Join(dir, tt.name), []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		before := files(t, dir)
		status, _, stderr := run1(t, nil, "-feed", dir, "-org", "CERT", path)
		if status != 1 || !strings.Contains(stderr, tt.want) {
			t.Errorf("%s %.40q: status %d, %s", tt.name, tt.content, status, stderr)
		}
		if d := cmp.Diff(before, files(t, dir)); d != "" {
			t.Errorf("%s %.40q: the feed has changed\n%s", tt.name, tt.content, d)
		}
	}
	if status, _, stderr := run1(t, nil, "-feed", path, "-org", "CERT", path); status != 1 || stderr == "" {
		t.Errorf("a file as directory: status %d, %s", status, stderr)
	}
}

// The names of an event's files come from its UUID alone.
func TestFeedNames(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "feed")
	feedRun(t, dir, "-org", "../x\n", "-info", "../../evil", "-tag", "../t", write(t, "..\\..\\evil\x1b[2J.json", capture(0, "a", "www.example")))
	ours := regexp.MustCompile(`^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.json|manifest\.json|hashes\.csv)$`)
	for name := range files(t, dir) {
		if !ours.MatchString(name) {
			t.Errorf("file %q", name)
		}
	}
	if list, err := os.ReadDir(parent); err != nil || len(list) != 1 {
		t.Errorf("%v, %v", list, err)
	}
}

// The organisation of a feed is named; its UUID is derived from the name, or given.
func TestFeedOrg(t *testing.T) {
	path := write(t, "a.pcap", capture(0, "a", "www.example"))
	const id = "5a1b2c3d-0000-4000-8000-000000000001"
	dir := t.TempDir()
	feedRun(t, dir, "-org-uuid", id, path)
	for _, e := range manifest(t, files(t, dir)) {
		if e.Orgc.UUID != id {
			t.Errorf("%+v", e)
		}
	}
	for _, args := range [][]string{
		{"-feed", dir}, {"-org", "CERT"}, {"-feed", dir, "-org", "CERT", "-org-uuid", "x"},
		{"-feed", dir, "-org", "CERT", "-o", "csv"}, {"-feed", dir, "-org", "CERT", "-explain", "x"},
	} {
		if status, _, stderr := run1(t, nil, append(args, path)...); status != 2 {
			t.Errorf("%q: status %d, %s", args, status, stderr)
		}
	}
}
