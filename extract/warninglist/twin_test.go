package warninglist

import (
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// twin is the slow and obvious matcher, which compares each entry of a list with each
// part of the value. It does not support regex lists.
func twin(l *List, entries []string, typ, value string) bool {
	if len(l.Attributes) > 0 && !slices.Contains(l.Attributes, typ) {
		return false
	}
	parts := []string{value}
	if strings.Contains(typ, "|") || typ == "malware-sample" {
		parts = strings.SplitN(value, "|", 2)
	}
	for _, e := range entries {
		if e != "" && e != "0" && slices.ContainsFunc(parts, func(part string) bool { return twinMatch[l.Type](e, part) }) {
			return true
		}
	}
	return false
}

var twinMatch = map[Type]func(entry, value string) bool{
	CIDR: func(entry, value string) bool {
		e, ok := twinNetwork(entry)
		v, ok2 := twinNetwork(value)
		if e.Addr().Is4() && e != e.Masked() {
			return false
		}
		return ok && ok2 && e.Masked().Contains(v.Addr()) && e.Bits() <= v.Bits()
	},
	Hostname: func(entry, value string) bool {
		e, host := asciiLower(strings.Trim(entry, ".")), asciiLower(strings.TrimRight(twinHost(value), "."))
		return e != "" && len(e) <= 255 && strings.HasSuffix("."+host, "."+e)
	},
	String:    func(entry, value string) bool { return entry == value },
	Substring: func(entry, value string) bool { return strings.Contains(value, entry) },
	Regex:     func(string, string) bool { return false },
}

func twinNetwork(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		a, err := netip.ParseAddr(s)
		return netip.PrefixFrom(a, a.BitLen()), err == nil && a.Zone() == ""
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil
}

var (
	authority = regexp.MustCompile(`(?s)^[^/]*//(?:[^/?#]*@)?(?:\[([^]/?#]*)[^/?#]*|([^:/?#]*)[^/?#]*)(?:[/?#]|\z)`)
	plain     = regexp.MustCompile(`(?s)^[^/]*`)
)

func twinHost(value string) string {
	if m := authority.FindStringSubmatch(value); m != nil {
		return m[1] + m[2]
	}
	return plain.FindString(value)
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] |= 0x20
		}
	}
	return string(b)
}

// checkTwin asserts that Match and twin agree on a value.
func checkTwin(t *testing.T, set *Set, entries map[string][]string, typ, value string) {
	t.Helper()
	var want, got []string
	for _, l := range set.lists {
		if l.Type != Regex && twin(l, entries[l.Path], typ, value) {
			want = append(want, l.Path)
		}
	}
	for _, h := range set.Match(nil, typ, value) {
		if h.List.Type == Regex {
			continue
		}
		got = append(got, h.List.Path)
		if !twinMatch[h.List.Type](h.Entry, h.Value) || !strings.Contains(value, h.Value) {
			t.Errorf("%s %q: %q does not match %q", typ, value, h.Entry, h.Value)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s %q:\n%s", typ, value, diff)
	}
}

// randomText returns an entry or value. Many share prefixes, suffixes and networks.
func randomText(r *rand.Rand, typ Type) string {
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	var b strings.Builder
	switch typ {
	case CIDR:
		b.WriteString(pick("10.0.0.", "10.0.1.", "2001:db8::", "2001:db8:1::", "::ffff:10.0.0.") + pick("0", "0", "1", "2", "4", "8", "80"))
		if r.IntN(2) == 0 {
			b.WriteString("/" + pick("0", "7", "8", "16", "22", "23", "24", "29", "30", "31", "32", "48", "125", "126", "128"))
		}
	case Hostname:
		b.WriteString(pick("", "", "http://", "//", "x/", "HTTP://u@"))
		for range r.IntN(5) {
			b.WriteString(pick("a", "b", "A", "ab", ".") + pick(".", ".", ":", "/", ""))
		}
		b.WriteString(pick("a", "b", "ab"))
	default:
		for range 1 + r.IntN(6) {
			b.WriteString(pick("a", "b", "ab", "ba", "aab"))
		}
	}
	return b.String()
}

func TestTwin(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	types := []Type{CIDR, Hostname, String, Substring}
	hits := 0
	for range 100 {
		files, entries := fstest.MapFS{}, map[string][]string{}
		for i := range 6 {
			name, typ, list := string(rune('a'+i))+".json", types[r.IntN(len(types))], []string{}
			for range r.IntN(8) {
				list = append(list, randomText(r, typ))
			}
			data, err := json.Marshal(map[string]any{"name": name, "type": typ, "list": list, "matching_attributes": [][]string{nil, {"x"}, {"x|y"}}[r.IntN(3)]})
			if err != nil {
				t.Fatal(err)
			}
			files[name], entries[name] = &fstest.MapFile{Data: data}, list
		}
		set, err := Load(files)
		if err != nil {
			t.Fatal(err)
		}
		for range 60 {
			typ := []string{"x", "x|y"}[r.IntN(2)]
			value := randomText(r, types[r.IntN(len(types))])
			if r.IntN(2) == 0 {
				value += "|" + randomText(r, types[r.IntN(len(types))])
			}
			checkTwin(t, set, entries, typ, value)
			hits += len(set.Match(nil, typ, value))
		}
	}
	if hits < 500 {
		t.Errorf("only %d hits: the test compares empty results", hits)
	}
}

// Names of 255 bytes and far longer ones.
func TestTwinLongNames(t *testing.T) {
	label := strings.Repeat("a", 62) + "."
	long := label + label + label + label + "bcd" // 255
	list := []string{long, long[1:], "x" + long, "bcd", "a.bcd"}
	data, err := json.Marshal(map[string]any{"name": "n", "type": "hostname", "list": list})
	if err != nil {
		t.Fatal(err)
	}
	set := load(t, "n.json", string(data))
	for _, value := range []string{
		long, long[1:], long[2:], "x" + long, "x." + long, "." + long, "xa." + long[1:],
		strings.Repeat("a.", 4<<10) + "bcd", strings.Repeat(".", 4<<10) + "bcd", strings.Repeat("a", 8<<10) + "bcd",
		strings.Repeat("a", 8<<10) + ".bcd", strings.Repeat(".", 8<<10), "bcd" + strings.Repeat(".", 8<<10),
	} {
		checkTwin(t, set, map[string][]string{"n.json": list}, "hostname", value)
	}
}

func FuzzWarninglist(f *testing.F) {
	for i := 1; i < len(small); i += 2 {
		for _, value := range []string{"10.1.2.3|www.example.com", "2001:db8::/33", "https://u@a.example:80/", "joe@throwaway.example", "+15551234"} {
			f.Add([]byte(small[i]), "domain|ip", value)
		}
	}
	f.Add([]byte(`{"name":"n","type":["substring"],"list":{"a":"","ab":"","bab":""}}`), "x", "babab")
	f.Add([]byte(`{"name":"n","list":["a",1,null]}`), "malware-sample", "a|b")
	f.Fuzz(func(t *testing.T, data []byte, typ, value string) {
		set, err := Config{MaxEntries: 1000}.Load(fstest.MapFS{"a.json": {Data: data}, "b.json": {Data: []byte(small[5])}})
		if err != nil {
			t.Fatal(err) // b.json is good
		}
		entries := map[string][]string{}
		for name, data := range map[string][]byte{"a.json": data, "b.json": []byte(small[5])} {
			if _, list, err := parse(data); err == nil {
				entries[name] = list
			}
		}
		for _, l := range set.Lists() {
			if l.Entries+l.Skipped != len(entries[l.Path]) {
				t.Errorf("%q: %d entries and %d skipped, of %d", l.Path, l.Entries, l.Skipped, len(entries[l.Path]))
			}
		}
		checkTwin(t, set, entries, typ, value)
	})
}
