package pcapng_test

import (
	"bytes"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// A resolved is a NameRecord as text.
type resolved struct {
	Type  string
	Addr  string
	Names []string
}

func names(b *pcapng.Block) (all []resolved) {
	for r := range b.Names() {
		n := resolved{Type: r.Type.String(), Names: slices.Collect(r.Names())}
		if a, ok := r.Addr(); ok {
			n.Addr = a.String()
		}
		if a, ok := r.EUI48(); ok {
			n.Addr = a.String()
		}
		if a, ok := r.EUI64(); ok {
			n.Addr = a.String()
		}
		all = append(all, n)
	}
	return all
}

// The records are the examples of section 4.5 of the draft, and an undefined
// type.
func TestNames(t *testing.T) {
	both(func(big bool) {
		f := build.Pcapng{BigEndian: big}
		f.Section().Block(4, nil, nameRecords(big))
		b := block(t, &f, pcapng.NameResolution)
		want := []resolved{
			{"IPv4", "127.0.0.1", []string{"localhost", "loopback"}},
			{"IPv6", "2001:db8::1234:5678", []string{"somehost"}},
			{"EUI-48", "02:ca:ff:ee:f0:0d", []string{"teapot under test"}},
			{"EUI-64", "02:34:56:ff:fe:78:9a:bc", []string{"sensor"}},
			{"name record 99", "", nil},
		}
		if diff := cmp.Diff(want, names(b)); diff != "" {
			t.Error(diff)
		}
		if err := b.Validate(); err != nil {
			t.Error(err)
		}
		opts := collect(b)
		if len(opts) != 2 || opts[0].Code != pcapng.OptDNSName || opts[0].Text() != "our_nameserver" ||
			opts[1].Code != pcapng.OptDNSIPv4Addr || netip.AddrFrom4([4]byte(opts[1].Value)) != netip.MustParseAddr("192.168.0.1") {
			t.Errorf("options %v", opts)
		}
	})
}

func TestNamesDamaged(t *testing.T) {
	for _, test := range []struct {
		name, body string
		want       []resolved
	}{
		{"no end", "\x01\x00\x07\x00\x7f\x00\x00\x01ab\x00\x00", []resolved{{"IPv4", "127.0.0.1", []string{"ab"}}}},
		{"nothing at all", "", nil},
		{"runs out", "\x01\x00\x07\x00\x7f\x00\x00\x01ab\x00\x00\x01\x00\x99\x00", []resolved{{"IPv4", "127.0.0.1", []string{"ab"}}}},
		{"no zero byte", "\x01\x00\x08\x00\x7f\x00\x00\x01a\x00bc\x00\x00\x00\x00", []resolved{{"IPv4", "127.0.0.1", []string{"a"}}}},
		{"no name", "\x01\x00\x04\x00\x7f\x00\x00\x01\x00\x00\x00\x00", []resolved{{"IPv4", "127.0.0.1", nil}}},
		{"half an address", "\x02\x00\x04\x00\x7f\x00\x00\x01\x00\x00\x00\x00", []resolved{{"IPv6", "", nil}}},
	} {
		b := block(t, new(build.Pcapng).Section().Block(4, nil, []byte(test.body)), pcapng.NameResolution)
		if diff := cmp.Diff(test.want, names(b)); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
		if err := b.Validate(); !errors.Is(err, pcap.ErrFormat) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestWriteNames(t *testing.T) {
	both(func(big bool) {
		var file bytes.Buffer
		w := pcapng.NewWriter(&file)
		err := errors.Join(
			w.BeginSection(pcapng.Section{BigEndian: big}),
			w.WriteNames([]pcapng.NameRecord{
				pcapng.AddrNames(netip.MustParseAddr("192.0.2.1"), "a.example", "b.example"),
				pcapng.AddrNames(netip.MustParseAddr("2001:db8::1"), "six\xff"),
				pcapng.AddrNames(netip.MustParseAddr("::ffff:192.0.2.1"), "mapped\x00forged"),
				pcapng.EUI48Names(pcapng.EUI48{1, 2, 3, 4, 5, 6}, "card"),
				pcapng.EUI64Names(pcapng.EUI64{}, "zero"),
			}, pcapng.Comment("by hand"), pcapng.TextOption(pcapng.OptDNSName, "ns.example")),
			w.WriteNames(nil))
		if err != nil {
			t.Fatal(err)
		}
		blocks, err := read(file.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		want := []resolved{
			{"IPv4", "192.0.2.1", []string{"a.example", "b.example"}},
			{"IPv6", "2001:db8::1", []string{"six\uFFFD"}},
			{"IPv6", "::ffff:192.0.2.1", []string{"mapped"}},
			{"EUI-48", "01:02:03:04:05:06", []string{"card"}},
			{"EUI-64", "00:00:00:00:00:00:00:00", []string{"zero"}},
		}
		if diff := cmp.Diff(want, names(blocks[1])); diff != "" {
			t.Error(diff)
		}
		if opts := collect(blocks[1]); len(opts) != 2 || opts[0].Text() != "by hand" || opts[1].Text() != "ns.example" {
			t.Errorf("options %v", opts)
		}
		if names(blocks[2]) != nil || blocks[1].Validate() != nil || blocks[2].Validate() != nil {
			t.Error("names in another block")
		}
		size := file.Len()
		for _, r := range []pcapng.NameRecord{
			pcapng.AddrNames(netip.Addr{}, "nobody"), pcapng.AddrNames(netip.MustParseAddr("192.0.2.1")),
			{Type: 0}, {Type: pcapng.NameIPv4, Value: []byte{1, 2, 3, 0}}, {Type: 99, Value: make([]byte, 1<<16)},
		} {
			if err := w.WriteNames([]pcapng.NameRecord{r}); err == nil || file.Len() != size {
				t.Errorf("%v was written", r.Type)
			}
		}
	})
}
