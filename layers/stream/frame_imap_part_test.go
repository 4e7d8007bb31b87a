package stream_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// Parts of a mail that are fetched alone (RFC 9051 section 6.4.5) are files, as
// far as they can be.
func TestIMAPParts(t *testing.T) {
	binary := strings.Repeat("MZ\x00\x01\xff", 60)
	text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("Grüße, ", 40)))
	var b strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString([]byte(binary))), 76) {
		fmt.Fprintf(&b, "%s\r\n", line)
	}
	part := b.String()
	mime := "Content-Type: application/x-msdownload; name=a.exe\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	head := "Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
	body := "--b\r\n" + mime + part + "\r\n--b--\r\n"
	literal := func(item, data string) string { return fmt.Sprintf("%s {%d}\r\n%s", item, len(data), data) }
	fetch := func(items ...string) string { return "* 12 FETCH (" + strings.Join(items, " ") + ")\r\n" }
	const ok = "a OK\r\n"
	named := fmt.Sprintf(`server "a.exe" application/x-msdownload 300 complete %s`, shortSum(binary))
	nameless := fmt.Sprintf(`server "" 300 complete %s`, shortSum(binary))
	for name, tt := range map[string]struct {
		response string
		want     []string
	}{
		"a part":                            {fetch(literal("BODY[1]", part)) + ok, []string{nameless}},
		"a part of a part":                  {fetch(literal("BODY[2.1]", part)) + ok, []string{nameless}},
		"two parts":                         {fetch(literal("BODY[1]", part), literal("BODY[2]", part)) + ok, []string{nameless, nameless}},
		"with its header before":            {fetch(literal("BODY[2.MIME]", mime)) + fetch(literal("BODY[2]", part)) + ok, []string{named}},
		"with its header in the same":       {fetch(literal("BODY[2.MIME]", mime), literal("BODY[2]", part)) + ok, []string{named}},
		"with the header of another":        {fetch(literal("BODY[1.MIME]", mime)) + fetch(literal("BODY[2]", part)) + ok, []string{`server "a.exe" application/x-msdownload 0 complete ` + shortSum(""), nameless}},
		"header and text":                   {fetch(literal("BODY[HEADER]", head), literal("BODY[TEXT]", body)) + ok, []string{named}},
		"header and text of two":            {fetch(literal("BODY[HEADER]", head)) + fetch(literal("BODY[TEXT]", body)) + ok, []string{named}},
		"RFC822.HEADER and RFC822.TEXT":     {fetch(literal("RFC822.HEADER", head), literal("RFC822.TEXT", body)) + ok, []string{named}},
		"text":                              {fetch(literal("BODY[1]", "Hello\r\n")) + ok, nil},
		"a word":                            {fetch(literal("BODY[1]", "Hello123")) + ok, nil},
		"text in base64":                    {fetch(literal("BODY[1]", text)) + ok, nil},
		"a PDF whose first line is text":    {fetch(literal("BODY[1]", base64.StdEncoding.EncodeToString([]byte("%PDF-1.4\n1 0 obj <<>> endobj")))) + ok, []string{`server "" 28 complete ` + shortSum("%PDF-1.4\n1 0 obj <<>> endobj")}},
		"decoded (RFC 3516)":                {fetch(literal("BINARY[1]", binary)) + ok, []string{nameless}},
		"decoded, as a literal8 (RFC 3516)": {fetch(strings.Replace(literal("BINARY[1]", binary), "{", "~{", 1)) + ok, []string{nameless}},
	} {
		for _, size := range []int{1460, 7, 1} {
			tk := talk{{true, "* OK hi\r\n"}, {false, "a FETCH 12 (BODY.PEEK[1])\r\n"}, {true, tt.response}}
			if diff := cmp.Diff(tt.want, imapFiles(t, tk, size)); diff != "" {
				t.Errorf("%s, in segments of %d (-want +got):\n%s", name, size, diff)
			}
		}
	}
	pieces := talk{{true, "* OK hi\r\n"}}
	for at := 0; at < len(part); at += 200 {
		piece := part[at:min(at+200, len(part))]
		pieces = append(pieces, talk{{false, fmt.Sprintf("a FETCH 12 (BODY.PEEK[1]<%d.200>)\r\n", at)}, {true, fetch(literal(fmt.Sprintf("BODY[1]<%d>", at), piece)) + ok}}...)
	}
	if diff := cmp.Diff([]string{nameless}, imapFiles(t, pieces, 100)); diff != "" {
		t.Errorf("in pieces (-want +got):\n%s", diff)
	}
}

func imapFiles(t *testing.T, tk talk, size int) (out []string) {
	for _, f := range files(t, new(stream.Assembler), onPort(143, tk.segs(size))...) {
		out = append(out, strings.Join(strings.Fields(f), " "))
	}
	return out
}
