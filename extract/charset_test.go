package extract

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// charsetTexts are texts in charsets, as Python's codecs encode them.
var charsetTexts = []struct{ label, encoded, text string }{
	{"iso-8859-2", "o/NkvA==", "Łódź"},
	{"iso-8859-5", "wefx4g==", "Счёт"},
	{"iso-8859-7", "weje7eE=", "Αθήνα"},
	{"iso-8859-9", "3XN0YW5idWw=", "İstanbul"},
	{"iso-8859-15", "pHVybw==", "€uro"},
	{"windows-1250", "o/Nknw==", "Łódź"},
	{"windows-1251", "0fe48g==", "Счёт"},
	{"CP1251", "0fe48g==", "Счёт"},
	{"windows-1253", "weje7eE=", "Αθήνα"},
	{"windows-1254", "3XN0YW5idWw=", "İstanbul"},
	{"windows-1255", "+ezl7Q==", "שלום"},
	{"windows-1256", "0+HH4w==", "سلام"},
	{"windows-1257", "wP51b2xhcw==", "Ąžuolas"},
	{"koi8-r", "896j1A==", "Счёт"},
	{"koi8-u", "68mn1w==", "Київ"},
	{"gb2312", "t6LGsQ==", "发票"},
	{"gbk", "sGzGsQ==", "發票"},
	{"gb18030", "t6LGsaLj", "发票€"},
	{"big5", "tW+yvA==", "發票"},
	{"shift_jis", "kL+LgY+R", "請求書"},
	{"x-sjis", "kL+LgY+R", "請求書"},
	{"euc-jp", "wMG14b3x", "請求書"},
	{"ISO-2022-JP", "GyRCQEE1YT1xGyhC", "請求書"},
	{"euc-kr", "w7uxuLyt", "청구서"},
	{"ks_c_5601-1987", "w7uxuLyt", "청구서"},
	{"tis-620", "utTF", "บิล"},
	{"ibm866", "keel4g==", "Счет"},
	{"macintosh", "znV2cmU=", "Œuvre"},
	{"utf-16le", "IQRHBFEEQgQ=", "Счёт"},
	{"utf-8", "0KHRh9GR0YI=", "Счёт"},
	{"iso-8859-1", "6Q==", "é"},
}

// The subject, the sender's name and the attachment's name are converted from
// their charset.
func TestCharsets(t *testing.T) {
	for _, tt := range charsetTexts {
		b, err := base64.StdEncoding.DecodeString(tt.encoded)
		if err != nil {
			t.Fatal(err)
		}
		var percent strings.Builder
		for _, c := range b {
			fmt.Fprintf(&percent, "%%%02x", c)
		}
		word := fmt.Sprintf("=?%s?B?%s?=", tt.label, tt.encoded)
		rep := mailReport(t, "From: "+word+" <a@a.example>\r\nSubject: "+word+"\r\nContent-Type: a/b; name=\""+word+"\"\r\n\r\nx", Options{})
		for m := range rep.Emails() {
			if m.Subject != tt.text || len(m.FromNames) != 1 || m.FromNames[0] != tt.text {
				t.Errorf("%s: subject %q, from %q, want %q", tt.label, m.Subject, m.FromNames, tt.text)
			}
		}
		for f := range rep.Files() {
			if f.Name != tt.text {
				t.Errorf("%s: file %q, want %q", tt.label, f.Name, tt.text)
			}
		}
		rep = mailReport(t, "Subject: x\r\nContent-Type: a/b\r\nContent-Disposition: attachment; filename*="+tt.label+"''"+percent.String()+"\r\n\r\nx", Options{})
		for f := range rep.Files() {
			if f.Name != tt.text {
				t.Errorf("%s: RFC 2231: file %q, want %q", tt.label, f.Name, tt.text)
			}
		}
		if n := len(slices.Collect(rep.Files())); n != 1 {
			t.Errorf("%s: %d files", tt.label, n)
		}
	}
}

// A charset that nobody knows leaves the words as they are, and the caller may
// know others.
func TestUnknownCharset(t *testing.T) {
	const word = "=?x-none?B?YQ==?="
	caller := func(label string, b []byte) ([]byte, bool) { return append(b, label...), label == "x-none" }
	for want, o := range map[string]Options{
		word: {}, "ax-none": {Stream: stream.Config{Charset: caller}},
	} {
		for m := range mailReport(t, "Subject: "+word+"\r\n\r\nx", o).Emails() {
			if m.Subject != want {
				t.Errorf("subject %q, want %q", m.Subject, want)
			}
		}
	}
	for _, label := range []string{"x-none", "replacement", "iso-2022-kr", ""} {
		if b, ok := decodeCharset(label, []byte("a")); ok {
			t.Errorf("%s: %q", label, b)
		}
	}
}

// mailReport returns the Report of a conversation of SMTP with the mail.
func mailReport(t *testing.T, mail string, o Options) *Report {
	t.Helper()
	var c capture
	c.greeted("220 x ESMTP\r\n", "EHLO x\r\nMAIL FROM:<a@example>\r\nRCPT TO:<b@example>\r\nDATA\r\n"+mail+"\r\n.\r\n")
	return c.report(t, o)
}
