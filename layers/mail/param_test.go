package mail_test

import (
	"mime"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/mail"
)

func TestMailParams(t *testing.T) {
	tests := []struct{ body, value, name, want string }{
		{`text/plain; charset=us-ascii (Plain text)`, "text/plain", "charset", "us-ascii (Plain text)"},
		{`multipart/mixed; boundary="gc0p4Jq0M:2Yt08jU534c0p"`, "multipart/mixed", "boundary", "gc0p4Jq0M:2Yt08jU534c0p"},
		{`attachment; filename=genome.jpeg; modification-date="Wed, 12 Feb 1997 16:29:51 -0500"`, "attachment", "FileName", "genome.jpeg"}, // RFC 2183 section 3
		// RFC 2231 sections 3, 4 and 4.1.
		{"message/external-body; URL*0=\"ftp://\";\r\n URL*1=\"cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar\"", "message/external-body", "url", "ftp://cs.utk.edu/pub/moore/bulk-mailer/bulk-mailer.tar"},
		{"application/x-stuff; title*=us-ascii'en-us'This%20is%20%2A%2A%2Afun%2A%2A%2A", "application/x-stuff", "title", "This is ***fun***"},
		{"application/x-stuff\r\n title*1=x", "application/x-stuff\r\n title*1=x", "title", ""},
		{"a/b; title*1*=x; title*0*=iso-8859-1''%E9", "a/b", "title", "éx"},
		{"a/b; name*=windows-1252''%80", "a/b", "name", "€"},
		{"a/b; name*=koi8-r''%C1; name=x", "a/b", "name", "\xc1"},
		{"a/b; name*0=x; name*2=z", "a/b", "name", "x"},
		{"a/b; name*1=x; name=y", "a/b", "name", "y"},
		{"a/b; name*99999999999=x", "a/b", "name", ""},
		{"a/b; name*=%zz%4", "a/b", "name", "%zz%4"},
		// What senders write.
		{`a/b; name="=?UTF-8?B?w6kuZXhl?="`, "a/b", "name", "é.exe"},
		{`a/b; name==?iso-8859-1?Q?=E9?=`, "a/b", "name", "é"},
		{`a/b; name=two words.doc ; x=y`, "a/b", "name", "two words.doc"},
		{`a/b; name="no end; x=y`, "a/b", "name", "no end; x=y"},
		{`form-data; name="f"; filename="C:\dir\a;b.exe"`, "form-data", "filename", `C:\dir\a;b.exe`},
		{`form-data; filename="a\"b\\c"`, "form-data", "filename", `a"b\c`},
		{`a/b;;;name = x;`, "a/b", "name", "x"},
		{`a/b; name=`, "a/b", "name", ""},
		// Without a value, as Chromium (net/http/http_content_disposition.cc)
		// and Python's email.message.Message.get_filename accept it.
		{`filename=foo.html`, "", "filename", "foo.html"},
		{`filename="a;b.exe"; size=5`, "", "filename", "a;b.exe"},
		{"filename*=UTF-8''%c3%a9.exe", "", "filename", "é.exe"},
		{`attachment filename=x.exe`, "attachment filename=x.exe", "filename", ""},
		{`a/b; =x`, "a/b", "", ""},
		{``, "", "name", ""},
	}
	for _, tt := range tests {
		p := mail.ParseParams([]byte(tt.body))
		if got := p.Get(tt.name); got != tt.want || string(p.Value()) != tt.value {
			t.Errorf("%q: %q, %s=%q, want %q", tt.body, p.Value(), tt.name, got, tt.want)
		}
	}
}

func TestMailText(t *testing.T) {
	for body, want := range map[string]string{
		// RFC 2047 section 8.
		"=?US-ASCII?Q?Keith_Moore?= <moore@cs.utk.edu>": "Keith Moore <moore@cs.utk.edu>",
		"=?ISO-8859-1?Q?Andr=E9?= Pirard":               "André Pirard",
		"=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?=\r\n =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=": "=?ISO-8859-1?B?SWYgeW91IGNhbiByZWFkIHRoaXMgeW8=?= =?ISO-8859-2?B?dSB1bmRlcnN0YW5kIHRoZSBleGFtcGxlLg==?=",
		"=?windows-1252?Q?=93x=94?=": "“x”",
		// RFC 2231 section 5.
		"=?US-ASCII*EN?Q?Keith_Moore?= <moore@cs.utk.edu>": "Keith Moore <moore@cs.utk.edu>",
		// Not registered, but in https://encoding.spec.whatwg.org/#names-and-labels.
		"=?utf8?B?w6kuZXhl?=": "é.exe",
		"plain\r\n text":      "plain text",
	} {
		if got := mail.Text([]byte(body)); got != want {
			t.Errorf("%q is %q, want %q", body, got, want)
		}
	}
}

// Get reads the values that package mime formats.
func FuzzMailParams(f *testing.F) {
	f.Add("a.exe", []byte("a/b; name*0*=x''y"))
	f.Add("é \"x\"; \\", []byte("a/b; name=\"x"))
	for _, body := range capturedFields(f, "Content-Type", "Content-Disposition") {
		f.Add("value", body)
	}
	f.Fuzz(func(t *testing.T, value string, body []byte) {
		p := mail.ParseParams(body)
		for name := range p.All() {
			p.Get(string(name))
		}
		if got := mime.FormatMediaType("a/b", map[string]string{"name": value}); got != "" {
			want, params, err := mime.ParseMediaType(got)
			p := mail.ParseParams([]byte(got))
			encoded := strings.Contains(value, "=?") // which package mime does not decode
			if err == nil && (!encoded && p.Get("name") != params["name"] || string(p.Value()) != want) {
				t.Errorf("%q: %q, want %q", got, p.Get("name"), params["name"])
			}
		}
	})
}
