package defuse

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// Nothing in a code span is markup (CommonMark 0.31 section 6.1), but a backtick ends
// it, and a pipe ends a cell even there (GFM section 4.10).
func TestMarkdown(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"http://www.example/a?b=c&d=#e;f", "`http://www.example/a?b=c&d=#e;f`"},
		{"a`b``c", "`a\\x60b\\x60\\x60c`"},
		{"```mermaid", "`\\x60\\x60\\x60mermaid`"},
		{"a|b", "`a\\x7cb`"},
		{`a\|b`, "`a\\\\\\x7cb`"},
		{`a\`, "`a\\\\`"},
		{"a\n# b\r\n", "`a\\x0a# b\\x0d\\x0a`"},
		{"<script>alert(1)</script>", "`\\x3cscript\\x3ealert(1)\\x3c/script\\x3e`"},
		{"&lt;b&gt;", "`&lt;b&gt;`"},
		{"@[attribute](966414aa-95e9-542d-a29d-61dafe2e9870)", "`\\x40[attribute](966414aa-95e9-542d-a29d-61dafe2e9870)`"},
		{"@![attribute](966414aa-95e9-542d-a29d-61dafe2e9870)", "`\\x40![attribute](966414aa-95e9-542d-a29d-61dafe2e9870)`"},
		{"user@mail.example", "`user@mail.example`"},
		{"[a](http://www.example) ![b](c) *d* _e_", "`[a](http://www.example) ![b](c) *d* _e_`"},
		{"exe.\u202efdp", "`exe.\\u202efdp`"},
		{"\xff\x1b[2J", "`\\xff\\x1b[2J`"},
		{"bücher.example", "`bücher.example`"},
	} {
		if got := Markdown(c.in, 100); got != c.want {
			t.Errorf("Markdown(%q) = %s, want %s", c.in, got, c.want)
		}
	}
	for _, s := range []string{strings.Repeat("a", 4096), strings.Repeat("é", 4096)} {
		if got := Markdown(s, 100); utf8.RuneCountInString(got) != 103 || !strings.HasSuffix(got, "…`") {
			t.Errorf("4096 characters become %q", got)
		}
	}
}

// In a line of a sequence diagram, a number sign begins an entity, a semicolon ends
// the statement, and end ends a block
// (https://mermaid.js.org/syntax/sequenceDiagram.html); %%{ begins a directive
// wherever it stands (https://mermaid.js.org/config/directives.html).
func TestMermaid(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"/a/b_c-d.php", "/a/b_c-d.php"},
		{"a;b#59;c", "a·b·59·c"},
		{"a\nb-->>c: d", "a·b--··c: d"},
		{"%%{init: {}}%%", "···init: ·····"},
		{"end", "(end)"}, {"/END/ends", "/(END)/ends"}, {"legend end", "legend (end)"},
		{"`a`|b|\"c\"", "·a··b··c·"},
		{"<b>$$x$$</b>", "·b···x···/b·"},
		{"&lt;", "·lt·"},
		{"exe.\u202efdp\u200b", "exe.·fdp·"},
		{"Rechnung_März", "Rechnung_März"},
		{"\xff\U0001f600", "··"},
		{"192.0.2.1 2001:db8::1", "192.0.2.1 2001:db8::1"},
	} {
		if got := Mermaid(c.in, 40); got != c.want {
			t.Errorf("Mermaid(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := Mermaid(strings.Repeat("a", 4096), 40); got != strings.Repeat("a", 40)+"…" {
		t.Errorf("4096 characters become %q", got)
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range []string{"a", "`|", "a\\|b", "@[tag](x)", "%%{", "end;#", "\n```", "<b>", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		cell := Markdown(s, 50)
		inner := strings.TrimSuffix(strings.TrimPrefix(cell, "`"), "`")
		if s != "" && len(inner) != len(cell)-2 {
			t.Fatalf("%q is not a code span", cell)
		}
		for _, bad := range []string{"`", "|", "<", ">", "\n", "\r", "@[", "@!["} {
			if strings.Contains(inner, bad) {
				t.Fatalf("%q holds %q", cell, bad)
			}
		}
		label := Mermaid(s, 50)
		for _, bad := range []string{"#", ";", "%", "{", "}", "<", ">", "`", "|", "\"", "\n", "\r", "&", "$", "\\"} {
			if strings.Contains(label, bad) {
				t.Fatalf("%q holds %q", label, bad)
			}
		}
		for _, out := range []string{cell, label} {
			if !utf8.ValidString(out) || strings.ContainsFunc(out, acts) || utf8.RuneCountInString(out) > 6*51+2 {
				t.Fatalf("%q from %q", out, s)
			}
		}
	})
}
