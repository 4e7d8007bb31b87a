package huffman

import (
	"bytes"
	"encoding/hex"
	"testing"

	"golang.org/x/net/http2/hpack"
)

// The examples of RFC 7541 appendix C.4 and C.6.
func TestDecode(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "f1e3c2e5f23a6ba0ab90f4ff": "www.example.com", "a8eb10649cbf": "no-cache", "25a849e95ba97d7f": "custom-key",
		"25a849e95bb8e8b4bf": "custom-value", "6402": "302", "aec3771a4b": "private",
		"d07abe941054d444a8200595040b8166e082a62d1bff": "Mon, 21 Oct 2013 20:13:21 GMT",
		"9d29ad171863c78f0b97c8e9ae82ae43d3":           "https://www.example.com", "640eff": "307", "9bd9ab": "gzip",
		"94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007": "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
	} {
		src, err := hex.DecodeString(in)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Decode([]byte("="), src); err != nil || string(got) != "="+want {
			t.Errorf("%s: %q, %v, want %q", in, got, err, want)
		}
	}
}

// RFC 7541 section 5.2: padding that is too long or not ones, and EOS.
func TestInvalid(t *testing.T) {
	for name, src := range map[string]string{
		"a byte of padding": "\x1f\xff", "a zero bit": "\x1e", "EOS": "\xff\xff\xff\xff", "EOS and padding": "\xff\xff\xff\xfc",
		"a symbol after EOS": "\xff\xff\xff\xff\x00",
	} {
		if _, err := Decode(nil, []byte(src)); err != ErrInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// All symbols, each with all others after it, as golang.org/x/net encodes them.
func TestAllPairs(t *testing.T) {
	for a := range 256 {
		var text []byte
		for b := range 256 {
			text = append(text, byte(a), byte(b))
		}
		if got, err := Decode(nil, hpack.AppendHuffmanString(nil, string(text))); err != nil || !bytes.Equal(got, text) {
			t.Errorf("symbol %#x: %v", a, err)
		}
	}
}

// Whatever golang.org/x/net decodes, Decode does.
func FuzzHuffman(f *testing.F) {
	f.Add([]byte("\xf1\xe3\xc2\xe5\xf2\x3a\x6b\xa0\xab\x90\xf4\xff"))
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, src []byte) {
		got, err := Decode(nil, src)
		want, wantErr := hpack.HuffmanDecodeToString(src)
		if (err == nil) != (wantErr == nil) || err == nil && string(got) != want || len(got) > len(src)*8/5 {
			t.Fatalf("%q, %v, want %q, %v", got, err, want, wantErr)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	text := "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
	src := hpack.AppendHuffmanString(nil, text)
	dst := make([]byte, 0, 2*len(src))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Decode(dst, src)
	}
}
