package warninglist

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const one = `{"name":"one","description":"d","version":20260102,"type":"string","list":["a","b"]}`

func TestLoadList(t *testing.T) {
	for _, test := range []struct {
		file string
		want List
	}{
		{one, List{Name: "one", Description: "d", Version: 20260102, Type: String, Entries: 2}},
		{`{"name":"n","type":"cidr","matching_attributes":["ip-src"],"list":[]}`, List{Name: "n", Type: CIDR, Attributes: []string{"ip-src"}}},
		// Like the server's update: the default type is string, and the first of several
		// types counts.
		{`{"name":"n","list":["a"]}`, List{Name: "n", Type: String, Entries: 1}},
		{`{"name":"n","type":["hostname","string"],"list":["a"]}`, List{Name: "n", Type: Hostname, Entries: 1}},
		{`{"name":"n","matching_attributes":["md5","ALL"],"list":["a"]}`, List{Name: "n", Type: String, Entries: 1}},
		{`{"name":"n","matching_attributes":null,"list":["a"]}`, List{Name: "n", Type: String, Entries: 1}},
		// An export of the server has entries as names and comments as values.
		{`{"name":"n","list":{"b":"why","a":"","c":7}}`, List{Name: "n", Type: String, Entries: 3}},
		{`{"name":"n","list":["a",1,null,"","0",["b"]]}`, List{Name: "n", Type: String, Entries: 1, Skipped: 5}},
		{`{"name":"n","extra":{"x":[1]},"list":["a","a"]}`, List{Name: "n", Type: String, Entries: 2}},
	} {
		test.want.Path = "x.json"
		set := load(t, "x.json", test.file)
		if diff := cmp.Diff([]*List{&test.want}, set.Lists(), cmpopts.IgnoreUnexported(List{}), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s:\n%s", test.file, diff)
		}
	}
}

// Unusable files and entries are skipped and reported.
func TestSkipped(t *testing.T) {
	set := load(t,
		"0.json", `{"name":"n","list":["a"]`,
		"1.json", `{"name":"n"}`,
		"2.json", `{"list":["a"]}`,
		"3.json", `{"name":"n","type":"fuzzy","list":["a"]}`,
		"4.json", `{"name":"n","list":"a"}`,
		"5.json", `{"name":"n","version":"1","list":["a"]}`,
		"6.json", `[]`,
		"7.json", ``,
		"a.json", one,
		"b.json", `{"name":"cidr","type":"cidr","list":
			["192.0.2.1/24","192.0.2.0/33","192.0.2.01","fe80::1%eth0","example.com","192.0.2.1/-1","::/129","2001:db8::1/32"]}`,
		"c.json", `{"name":"hostname","type":"hostname","list":["...","`+strings.Repeat("a.", 128)+`a"]}`,
		"d.json", `{"name":"regex","type":"regex","list":
			["/(?<=a)b/","/a/g","a","(a","/a","/(a)\\1/","/a/x","/(/","/a)(b/","/(?:a{100}){11}/","/a{1000}/","/`+strings.Repeat("a", 1024)+`/"]}`,
		"e/e.json", `{"name":"last","type":"substring","list":["",""]}`,
	)
	type skip struct {
		Path  string
		Entry int
		Err   error
	}
	want := []skip{
		{"0.json", 0, ErrFormat}, {"1.json", 0, ErrFormat}, {"2.json", 0, ErrFormat}, {"3.json", 0, ErrType},
		{"4.json", 0, ErrFormat}, {"5.json", 0, ErrFormat}, {"6.json", 0, ErrFormat}, {"7.json", 0, ErrFormat},
		{"b.json", 1, ErrEntry}, {"b.json", 2, ErrEntry}, {"b.json", 3, ErrEntry}, {"b.json", 4, ErrEntry},
		{"b.json", 5, ErrEntry}, {"b.json", 6, ErrEntry}, {"b.json", 7, ErrEntry},
		{"c.json", 1, ErrEntry}, {"c.json", 2, ErrTooLarge},
		{"d.json", 1, ErrPattern}, {"d.json", 2, ErrPattern}, {"d.json", 3, ErrPattern}, {"d.json", 4, ErrPattern},
		{"d.json", 5, ErrPattern}, {"d.json", 6, ErrPattern}, {"d.json", 7, ErrPattern}, {"d.json", 8, ErrPattern},
		{"d.json", 9, ErrPattern}, {"d.json", 10, ErrPattern}, {"d.json", 11, ErrTooLarge}, {"d.json", 12, ErrTooLarge},
		{"e/e.json", 1, ErrEntry}, {"e/e.json", 2, ErrEntry},
	}
	var got []skip
	for _, e := range set.Skipped() {
		got = append(got, skip{e.Path, e.Entry, e.Err})
		if !strings.HasPrefix(e.Error(), "warninglist: \""+e.Path) || len(e.Error()) > 400 {
			t.Errorf("%v", e)
		}
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Error(diff)
	}
	var names []string
	for _, l := range set.Lists() {
		names = append(names, l.Name)
	}
	if diff := cmp.Diff([]string{"one", "cidr", "hostname", "regex", "last"}, names); diff != "" {
		t.Error(diff)
	}
}

// All unusable entries are counted, and the first are reported.
func TestSkippedMany(t *testing.T) {
	set := load(t, "x.json", `{"name":"n","type":"cidr","list":["192.0.2.0/24"`+strings.Repeat(`,"x"`, 1000)+`]}`)
	if l := set.Lists()[0]; l.Entries != 1 || l.Skipped != 1000 || len(set.Skipped()) != maxErrors {
		t.Errorf("%d entries, %d skipped, %d reported", l.Entries, l.Skipped, len(set.Skipped()))
	}
}

// Only the files below lists are read of a checkout, except hidden ones.
func TestLoadCheckout(t *testing.T) {
	set := load(t, "schema.json", `{"type":"object"}`, "lists/.x/list.json", one, "lists/.y.json", one,
		"lists/a/README.md", "", "lists/a/list.json", one)
	if len(set.Lists()) != 1 || len(set.Skipped()) != 0 || set.Lists()[0].Path != "lists/a/list.json" {
		t.Errorf("%v, %v", set.Lists(), set.Skipped())
	}
}

func TestLoadBounds(t *testing.T) {
	files := mapFS("a.json", one, "b.json", one, "c.json", one)
	for _, test := range []struct {
		config  Config
		lists   int
		skipped []string
	}{
		{Config{MaxFile: int64(len(one))}, 3, nil},
		{Config{MaxFile: int64(len(one)) - 1}, 0, []string{"a.json", "b.json", "c.json"}},
		{Config{MaxFiles: 3}, 3, nil},
		{Config{MaxFiles: 1}, 1, []string{"b.json"}},
		{Config{MaxEntries: 6}, 3, nil},
		{Config{MaxEntries: 5}, 2, []string{"c.json"}},
	} {
		set, err := test.config.Load(files)
		if (err != nil) != (test.lists == 0) || err != nil && !(errors.Is(err, ErrNoLists) && errors.Is(err, ErrTooLarge)) {
			t.Errorf("%+v: %v", test.config, err)
		}
		var skipped []string
		for _, e := range set.Skipped() {
			skipped = append(skipped, e.Path)
			if !errors.Is(e, ErrTooLarge) {
				t.Errorf("%+v: %v", test.config, e)
			}
		}
		if diff := cmp.Diff(test.skipped, skipped); diff != "" || len(set.Lists()) != test.lists {
			t.Errorf("%+v: %d lists\n%s", test.config, len(set.Lists()), diff)
		}
	}
}

func TestLoadNothing(t *testing.T) {
	for _, fsys := range []fs.FS{fstest.MapFS{}, mapFS("a.txt", one), os.DirFS(filepath.Join(t.TempDir(), "none"))} {
		set, err := Load(fsys)
		if err == nil || len(set.Match(nil, "text", "a")) > 0 {
			t.Errorf("%v", err)
		}
	}
	if _, err := Load(os.DirFS(filepath.Join(t.TempDir(), "none"))); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
	if _, err := Load(fstest.MapFS{}); !errors.Is(err, ErrNoLists) {
		t.Errorf("empty directory: %v", err)
	}
}

// Symbolic links are skipped, as they may lead out of an os.DirFS.
func TestLoadLink(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(other, "x.json"), []byte(one), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(other, "x.json"), filepath.Join(dir, "x.json")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	set, err := Load(os.DirFS(dir))
	if !errors.Is(err, ErrNoLists) || len(set.Lists()) > 0 || len(set.Skipped()) != 1 {
		t.Errorf("%v, %v", set.Lists(), err)
	}
}

// Errors quote control characters in the names of unreadable files and in hostile
// entries.
func TestErrorQuotes(t *testing.T) {
	files := mapFS("a.json", one, "x.json", `{"name":"n","type":"regex","list":["/(\u001b[31m/","\u001b"]}`, "y.json", "\x1b", "z\x1b.json", one)
	files["z\x1b.json"].Mode = fs.ModeSymlink
	set, err := Load(unreadable{files})
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Skipped()) != 5 {
		t.Errorf("%v", set.Skipped())
	}
	for _, e := range set.Skipped() {
		if strings.Contains(e.Error(), "\x1b") {
			t.Errorf("%q", e)
		}
	}
}

// unreadable is a file system with a file that cannot be opened.
type unreadable struct{ fstest.MapFS }

func (u unreadable) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := u.MapFS.ReadDir(name)
	return append(entries, fs.FileInfoToDirEntry(gone{entries[0]})), err
}

type gone struct{ fs.DirEntry }

func (gone) Name() string       { return "zz\x1b.json" }
func (gone) Size() int64        { return 0 }
func (gone) Mode() fs.FileMode  { return 0 }
func (gone) ModTime() time.Time { return time.Time{} }
func (gone) Sys() any           { return nil }

// A list may have an entry more than once, and lists may share entries.
func TestSharedEntries(t *testing.T) {
	files := []string{}
	for _, name := range []string{"a", "b", "c", "d"} {
		files = append(files, name+".json", `{"name":"`+name+`","type":"hostname","list":["x.test","y.test","X.TEST","`+name+`.test"]}`)
	}
	set := load(t, files...)
	var got []string
	for _, h := range set.Match(nil, "hostname", "www.x.test") {
		got = append(got, h.List.Name+" "+h.Entry)
	}
	if diff := cmp.Diff([]string{"a x.test", "b x.test", "c x.test", "d x.test"}, got); diff != "" {
		t.Error(diff)
	}
	// Index 0, one chain of four for the shared entries, and one of one for each of
	// the other four. The first cell of the shared chain serves a.test too.
	if len(set.chains) != 8 {
		t.Errorf("%d cells", len(set.chains))
	}
}
