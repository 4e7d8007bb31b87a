package http2_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http2/hpack"

	"github.com/sightline-go/sightline/layers/http2"
	"github.com/sightline-go/sightline/layers/wire"
)

// decode returns the fields of a block, a line each.
func decode(d *http2.Decoder, block []byte) (lines []string, err error) {
	err = d.Decode(block, func(f http2.Field) {
		line := string(f.Name) + ": " + string(f.Value)
		switch {
		case f.Name == nil && f.Value == nil:
			line = "unknown"
		case f.Name == nil:
			line = "unknown: " + string(f.Value)
		case f.Sensitive:
			line += " (sensitive)"
		}
		lines = append(lines, line)
	})
	return lines, err
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const (
	secondRequest = "GET http / www.example.com no-cache"
	thirdRequest  = "GET https /index.html www.example.com custom-value"
	firstAnswer   = "302 private Mon, 21 Oct 2013 20:13:21 GMT https://www.example.com"
	secondAnswer  = "307 private Mon, 21 Oct 2013 20:13:21 GMT https://www.example.com"
	thirdAnswer   = "200 private Mon, 21 Oct 2013 20:13:22 GMT https://www.example.com gzip foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"
)

// The examples of RFC 7541 appendix C: the values, separated by spaces, of consecutive
// blocks. The tables of C.5 and C.6 have 256 bytes.
func TestRFC7541(t *testing.T) {
	for name, tt := range map[string]struct{ blocks, want []string }{
		"C.2.1": {[]string{"400a637573746f6d2d6b65790d637573746f6d2d686561646572"}, []string{"custom-header"}},
		"C.2.2": {[]string{"040c2f73616d706c652f70617468"}, []string{"/sample/path"}},
		"C.2.3": {[]string{"100870617373776f726406736563726574"}, []string{"secret"}},
		"C.2.4": {[]string{"82"}, []string{"GET"}},
		"C.3": {
			[]string{"828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565"},
			[]string{"GET http / www.example.com", secondRequest, thirdRequest},
		},
		"C.4": {
			[]string{"828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"},
			[]string{"GET http / www.example.com", secondRequest, thirdRequest},
		},
		"C.5": {
			[]string{
				"3fe101" + "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
				"4803333037c1c0bf",
				"88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
			},
			[]string{firstAnswer, secondAnswer, thirdAnswer},
		},
		"C.6": {
			[]string{
				"3fe101" + "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
				"4883640effc1c0bf",
				"88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
			},
			[]string{firstAnswer, secondAnswer, thirdAnswer},
		},
	} {
		var d http2.Decoder
		for i, block := range tt.blocks {
			var values []string
			err := d.Decode(unhex(t, block), func(f http2.Field) {
				if f.Sensitive != (name == "C.2.3") {
					t.Errorf("%s: sensitive %v", name, f.Sensitive)
				}
				values = append(values, string(f.Value))
			})
			if got := strings.Join(values, " "); err != nil || got != tt.want[i] {
				t.Errorf("%s block %d: %q, %v, want %q", name, i, got, err, tt.want[i])
			}
		}
	}
}

func TestHPACKErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		block  string
		want   error
		offset int
	}{
		"index 0":                    {"8280", wire.Malformed, 1},
		"an index beyond the table":  {"be", wire.Malformed, 0},
		"a name beyond the table":    {"7e0161", wire.Malformed, 0},
		"an integer that is cut":     {"82ff80", wire.Short, 1},
		"an integer without end":     {"ff808080808080808080808001", wire.Malformed, 0},
		"no value":                   {"41", wire.Short, 0},
		"a value that is cut":        {"410f777777", wire.Short, 0},
		"padding of zeros":           {"418100", wire.Malformed, 0},
		"EOS":                        {"4184ffffffff", wire.Malformed, 0},
		"a size update after fields": {"8220", wire.Malformed, 1},
	} {
		_, err := decode(new(http2.Decoder), unhex(t, tt.block))
		var e *wire.Error
		if !errors.Is(err, tt.want) || !errors.As(err, &e) || e.Offset != tt.offset {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Entries that were added before the first block captured, or before a damaged block, are
// unknown. Later ones are not.
func TestUnknown(t *testing.T) {
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	write := func(names ...string) []byte {
		b.Reset()
		for _, n := range names {
			e.WriteField(hpack.HeaderField{Name: n, Value: "of " + n})
		}
		return bytes.Clone(b.Bytes())
	}
	write("a", "b")
	middle := write("c", "a", "d", "b")
	end := write("a", "b", "c", "d")
	for name, lose := range map[string]func(d *http2.Decoder){
		"forgotten": func(d *http2.Decoder) { d.Forget() },
		"damaged":   func(d *http2.Decoder) { decode(d, []byte("\x80")) },
	} {
		var d http2.Decoder
		lose(&d)
		got, err := decode(&d, middle)
		if diff := cmp.Diff([]string{"c: of c", "unknown", "d: of d", "unknown"}, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		got, err = decode(&d, end)
		if diff := cmp.Diff([]string{"unknown", "unknown", "c: of c", "d: of d"}, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		// A name that is unknown stays unknown once it is added with a value.
		got, err = decode(&d, unhex(t, "7f030178"+"be"))
		if diff := cmp.Diff([]string{"unknown: x", "unknown: x"}, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		// An empty table has no unknown entries.
		if _, err := decode(&d, unhex(t, "203fe11fbe")); !errors.Is(err, wire.Malformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Blocks of golang.org/x/net's encoder, with tables of all sizes that change.
func TestEncoded(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	e := hpack.NewEncoder(&b)
	e.SetMaxDynamicTableSizeLimit(http2.MaxTable)
	var d http2.Decoder
	for range 2000 {
		b.Reset()
		if r.IntN(20) == 0 {
			e.SetMaxDynamicTableSize(uint32(r.IntN(3) * r.IntN(http2.MaxTable/2)))
		}
		var want []string
		for range r.IntN(12) {
			f := hpack.HeaderField{Name: fmt.Sprint("name", r.IntN(30)), Value: strings.Repeat("x", r.IntN(3)*r.IntN(200)), Sensitive: r.IntN(8) == 0}
			if r.IntN(3) == 0 {
				f.Name = "cache-control"
			}
			e.WriteField(f)
			line := f.Name + ": " + f.Value
			if f.Sensitive {
				line += " (sensitive)"
			}
			want = append(want, line)
		}
		got, err := decode(&d, b.Bytes())
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Fatalf("%v\n%s", err, diff)
		}
		if size := d.Size(); size > 4*http2.MaxTable {
			t.Fatalf("%d bytes", size)
		}
	}
}

// However often the table is emptied and filled, or asked to be large, it holds little,
// and an entry larger than the table empties it (RFC 7541 section 4.4).
func TestMaxTable(t *testing.T) {
	var d http2.Decoder
	long := "4001617fe107" + strings.Repeat("62", 1120)
	for range 10_000 {
		if _, err := decode(&d, unhex(t, "20"+"3fe1ffff03"+long+long)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := decode(&d, unhex(t, "3fffffffff07"+strings.Repeat(long, 400))); err != nil || d.Size() > 4*http2.MaxTable {
		t.Errorf("%v, %d bytes", err, d.Size())
	}
	got, err := decode(&d, unhex(t, "ff9001"))
	if diff := cmp.Diff([]string{"unknown"}, got); diff != "" || err != nil {
		t.Errorf("beyond MaxTable: %v\n%s", err, diff)
	}
	if _, err := decode(new(http2.Decoder), unhex(t, "3f21"+long+"be")); !errors.Is(err, wire.Malformed) {
		t.Errorf("an entry larger than the table is in it: %v", err)
	}
}

func TestDecodeAllocs(t *testing.T) {
	block := unhex(t, "828684418cf1e3c2e5f23a6ba0ab90f4ff5886a8eb10649cbf408825a849e95ba97d7f8925a849e95bb8e8b4bf")
	var d http2.Decoder
	n := 0
	if a := testing.AllocsPerRun(1000, func() { d.Decode(block, func(f http2.Field) { n += len(f.Value) }) }); a != 0 {
		t.Errorf("%v allocations", a)
	}
}

// FuzzHPACK compares two consecutive blocks with golang.org/x/net. That accepts size
// updates between fields as long as its table is empty.
func FuzzHPACK(f *testing.F) {
	f.Add([]byte("\x82\x86\x84\x41\x8c\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"), []byte("\x82\x86\x84\xbe\x58\x86\xa8\xeb\x10\x64\x9c\xbf"))
	f.Add([]byte("\x3f\xe1\x01\x48\x03302\x58\x07private"), []byte("\x20\x3f\x21\xc1\xc0\xbf"))
	f.Add([]byte("\x40\x00\x00\xbe"), []byte("\x10\x01a\x01b\xff\x00"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var d http2.Decoder
		x := hpack.NewDecoder(4096, nil)
		x.SetAllowedMaxDynamicTableSize(http2.MaxTable)
		for _, block := range [][]byte{first, second} {
			var want []string
			x.SetEmitFunc(func(f hpack.HeaderField) {
				line := f.Name + ": " + f.Value
				if f.Sensitive {
					line += " (sensitive)"
				}
				want = append(want, line)
			})
			_, xerr := x.Write(block)
			if xerr == nil {
				xerr = x.Close()
			}
			got, err := decode(&d, block)
			if d.Size() > 4*http2.MaxTable+8*len(first)+8*len(second) {
				t.Fatalf("%d bytes", d.Size())
			}
			if err != nil && xerr == nil && hasUpdate(block) {
				return
			}
			if (err == nil) != (xerr == nil) && !hasLarge(block) {
				t.Fatalf("%x: %v, golang.org/x/net: %v", block, err, xerr)
			}
			if err != nil || xerr != nil {
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

// hasUpdate reports whether a block may have a size update that is not at its start.
func hasUpdate(b []byte) bool {
	for _, c := range b {
		if c&0xe0 == 0x20 {
			return true
		}
	}
	return false
}

// hasLarge reports whether a block may have a size update beyond MaxTable, which
// golang.org/x/net refuses.
func hasLarge(b []byte) bool { return bytes.IndexByte(b, 0x3f) >= 0 }
