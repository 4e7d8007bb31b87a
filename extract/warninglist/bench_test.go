package warninglist

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
)

// manyLists returns lists similar in number and size to those of misp-warninglists,
// except for top lists of more than a hundred thousand names.
func manyLists(tb testing.TB) fstest.MapFS {
	r := rand.New(rand.NewPCG(1, 2))
	files := fstest.MapFS{}
	add := func(typ Type, entries []string, attributes ...string) {
		name := fmt.Sprintf("lists/%03d/list.json", len(files))
		data, err := json.Marshal(map[string]any{"name": name, "type": typ, "matching_attributes": attributes, "list": entries})
		if err != nil {
			tb.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	ip := []string{"ip-src", "ip-dst", "domain|ip", "ip-src|port", "ip-dst|port"}
	names := []string{"hostname", "domain", "domain|ip", "hostname|port", "url"}
	add(CIDR, randomNetworks(r, 62_745, 32, 32), ip...) // public-dns-v4
	for range 150 {                                     // clouds and scanners
		add(CIDR, randomNetworks(r, 600, 12, 32), ip...)
	}
	add(Hostname, randomNames(r, 34_783), names...) // public-dns-hostname
	add(Hostname, randomNames(r, 35_467), names...) // dynamic-dns
	top := randomNames(r, 100_000)
	for _, n := range []int{100_000, 50_000, 20_000, 10_000, 5000, 2000, 1000, 200} {
		add(Hostname, top[:n], names...)
	}
	for range 30 {
		add(String, randomNames(r, 1000), names...)
	}
	add(Substring, randomNames(r, 5000), "email-src", "email-dst", "domain|ip")
	add(Regex, []string{`/((?:\+|00)1)?55501([0-9]{2})/`}, "phone-number")
	return files
}

func randomNetworks(r *rand.Rand, n, least, most int) (all []string) {
	for range n {
		a := netip.AddrFrom4([4]byte{byte(1 + r.IntN(223)), byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))})
		p, _ := a.Prefix(least + r.IntN(most-least+1))
		all = append(all, p.String())
	}
	return all
}

func randomNames(r *rand.Rand, n int) (all []string) {
	for range n {
		var b strings.Builder
		for range 6 + r.IntN(8) {
			b.WriteByte(byte('a' + r.IntN(26)))
		}
		all = append(all, b.String()+[]string{".com", ".net", ".org", ".co.uk", ".example"}[r.IntN(5)])
	}
	return all
}

func BenchmarkMatch(b *testing.B) {
	set, err := Load(manyLists(b))
	if err != nil {
		b.Fatal(err)
	}
	for _, v := range []struct{ name, typ, value string }{
		{"IPv4", "ip-dst", "198.51.100.7"},
		{"IPv6", "ip-dst", "2001:db8:1:2::7"},
		{"hostname", "hostname", "www.cdn.badfiles.example"},
		{"url", "url", "https://www.cdn.badfiles.example:8443/a/b/c.exe?d=e"},
		{"domain|ip", "domain|ip", "www.cdn.badfiles.example|198.51.100.7"},
		{"sha256", "sha256", strings.Repeat("0123456789abcdef", 4)},
		{"65KB", "hostname", strings.Repeat("a.", 32<<10) + "b"},
		{"65KB-substring", "domain|ip", strings.Repeat("a.", 32<<10) + "b|192.0.2.1"},
	} {
		b.Run(v.name, func(b *testing.B) {
			var hits []Hit
			b.ReportAllocs()
			for b.Loop() {
				hits = set.Match(hits[:0], v.typ, v.value)
			}
			b.ReportMetric(float64(len(hits)), "hits/op")
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	files := manyLists(b)
	b.ReportAllocs()
	for b.Loop() {
		before := heap()
		set, err := Load(files)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for _, l := range set.Lists() {
			n += l.Entries
		}
		b.ReportMetric(float64(heap()-before)/(1<<20), "MiB-kept")
		b.ReportMetric(float64(n), "entries")
		runtime.KeepAlive(set)
	}
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
