package defuse

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// The output of encoding/json is escaped for terminals without changing its
// value.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		"bücher.example", "a\u009b31m", // xterm interprets U+009B as CSI, in UTF-8 too
		"exe.\u202efdp", "\x7f\ufeff\u200b", "\x1b[2J\u2028\xff", `\u009b`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		if err := json.NewEncoder(JSON(&b)).Encode(s); err != nil {
			t.Fatal(err)
		}
		text := strings.TrimSuffix(b.String(), "\n")
		if i := strings.IndexFunc(text, acts); i >= 0 {
			t.Errorf("%q holds %q", text, text[i:])
		}
		var back string
		if err := json.Unmarshal(b.Bytes(), &back); err != nil || back != string([]rune(s)) {
			t.Errorf("%q comes back as %q, %v", s, back, err)
		}
	})
}
