package stream

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/mail"
)

// A mimeFile is the part of a File, and its content, that tests compare.
type mimeFile struct {
	Name, Type string
	State      Completeness
	Content    string
}

// A mimeResult is the output of a mimeReader.
type mimeResult struct {
	Heads []string
	Files []mimeFile
}

// A mimeFeed passes bytes to a mimeReader and collects its output, as an
// Assembler does packet by packet.
type mimeFeed struct {
	a   *Assembler
	s   sink
	m   *mimeReader
	out mimeResult
}

func newMIMEFeed() *mimeFeed {
	a := &Assembler{Config: Config{Content: true, Hash: HashSHA256}}
	a.begin()
	return &mimeFeed{a: a, s: sink{a: a, c: &connection{}, via: pathOf(TCP)}}
}

// drain collects the messages, and overwrites the buffers that they may point
// into.
func (f *mimeFeed) drain() {
	for _, m := range f.a.out {
		n := len(f.out.Files) - 1
		switch {
		case m.Kind == FileBegin:
			f.out.Files = append(f.out.Files, mimeFile{Name: m.File.Name, Type: m.File.Type})
		case m.Kind == FileData:
			f.out.Files[n].Content += string(m.Data)
		case m.Kind == FileEnd:
			f.out.Files[n].State = m.File.State
			if m.File.Size != int64(len(f.out.Files[n].Content)) || m.File.State.Hashed() != (m.File.SHA256 != nil) {
				panic(fmt.Sprintf("%+v with %d bytes", m.File, len(f.out.Files[n].Content)))
			}
		default:
			f.out.Heads = append(f.out.Heads, string(m.Data))
		}
	}
	f.a.begin()
	for _, b := range f.a.spare {
		b = b[:cap(b)]
		for i := range b {
			b[i] = 0xdb
		}
	}
}

func (f *mimeFeed) write(text string, size int) {
	for len(text) > 0 {
		n := min(size, len(text))
		f.m.write(f.s, []byte(text[:n]), Ref{})
		f.drain()
		text = text[n:]
	}
}

func (f *mimeFeed) end(whole bool) mimeResult {
	f.m.end(f.s, whole)
	f.drain()
	return f.out
}

// readMail reads a mail in pieces of size bytes.
func readMail(text string, size int) mimeResult {
	f := newMIMEFeed()
	f.m = newMail(f.s, Message{Proto: SMTP})
	f.write(text, size)
	r := f.end(true)
	if f.a.stats.Held != 0 {
		panic(fmt.Sprintf("%d bytes held at the end", f.a.stats.Held))
	}
	return r
}

// readForm reads a form in pieces of size bytes.
func readForm(contentType, text string, size int) mimeResult {
	f := newMIMEFeed()
	f.m = newForm(f.s, mail.ParseParams([]byte(contentType)))
	f.m.begin(f.s, Message{Proto: HTTP1}, new(File))
	f.write(text, size)
	return f.end(false)
}

var cuts = []int{1 << 20, 1, 2, 3, 7}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func TestMail(t *testing.T) {
	const simple = "From: a@a.example\nSubject: x\n\n"
	head := func(s string) []string { return []string{crlf(s)} }
	tests := []struct {
		name, mail string
		want       mimeResult
	}{
		{"no header", "hello\n", mimeResult{}},
		{"text", simple + "hello\n", mimeResult{Heads: head(simple)}},
		{"header alone", "From: a@a.example\n", mimeResult{Heads: head("From: a@a.example\n")}},
		{"a body that is not text",
			"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBE\nRi0=\n",
			mimeResult{head("Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"),
				[]mimeFile{{"", "application/pdf", Complete, "%PDF-"}}}},
		{"an unknown encoding",
			"Content-Type: application/pdf\nContent-Transfer-Encoding: x-uuencode\n\nbegin\n",
			mimeResult{head("Content-Type: application/pdf\nContent-Transfer-Encoding: x-uuencode\n\n"),
				[]mimeFile{{"", "application/pdf", Encoded, "begin\r\n"}}}},
		// RFC 2045 section 6.8: other characters "must be ignored by decoding
		// software".
		{"base64 with other characters in it",
			"Content-Type: a/b\nContent-Transfer-Encoding: BASE64\n\nJVBE\n!!!!\nRi.0\x00=\n--\n",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: BASE64\n\n"),
				[]mimeFile{{"", "a/b", Complete, "%PDF-"}}}},
		{"corrupt base64",
			"Content-Type: a/b\nContent-Transfer-Encoding: BASE64\n\nJVBE\n=\nRi0=\n",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: BASE64\n\n"),
				[]mimeFile{{"", "a/b", Disputed, "%PD"}}}},
		{"base64 after padding",
			"Content-Type: a/b\nContent-Transfer-Encoding: BASE64\n\nJVBERi0=\nJVBE\n",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: BASE64\n\n"),
				[]mimeFile{{"", "a/b", Disputed, "%PDF-"}}}},
		{"base64 without padding",
			"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nQUJDREU\n",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n"),
				[]mimeFile{{"", "a/b", Complete, "ABCDE"}}}},
		{"base64 with too little padding",
			"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nQUJDRA=\n",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n"),
				[]mimeFile{{"", "a/b", Complete, "ABCD"}}}},
		{"base64 with too much padding",
			"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nQUJD====\n=\n",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n"),
				[]mimeFile{{"", "a/b", Complete, "ABC"}}}},
		{"a digit too many",
			"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nQUJDR\n",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n"),
				[]mimeFile{{"", "a/b", Undecodable, "ABC"}}}},
		{"the footer of a mailing list",
			"Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nQUJDREU=\n\n-- \nTo unsubscribe, write to us.\n",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n"),
				[]mimeFile{{"", "a/b", Complete, "ABCDE"}}}},
		// RFC 2045 section 5.1.
		{"comments",
			"Content-Type: multipart/mixed (a (nested) one; boundary=x); (b) boundary (c) = (d) \"b\" (e)\n\n--b\n" +
				"Content-Type: a/b (f); name=\"p (1).exe\" (g)\nContent-Transfer-Encoding: (h) base64 (i)\n\nQUJDREU=\n--b--\n",
			mimeResult{head("Content-Type: multipart/mixed (a (nested) one; boundary=x); (b) boundary (c) = (d) \"b\" (e)\n\n"),
				[]mimeFile{{"p (1).exe", "a/b", Complete, "ABCDE"}}}},
		{"half a code",
			"Content-Type: a/b\nContent-Transfer-Encoding: Quoted-Printable\n\n=41=\n=4 \n=4",
			mimeResult{head("Content-Type: a/b\nContent-Transfer-Encoding: Quoted-Printable\n\n"),
				[]mimeFile{{"", "a/b", Complete, "A=4\r\n=4"}}}},
		// RFC 2046 section 5.1.1: the line end before a delimiter belongs to
		// it.
		{"RFC 2046 section 5.1.1", rfc2046, mimeResult{Heads: []string{crlf(rfc2046[:strings.Index(rfc2046, "\n\n")+2])}}},
		{"RFC 2049 appendix A", rfc2049, mimeResult{
			[]string{crlf(rfc2049[:strings.Index(rfc2049, "\n\n")+2]), "From: (mailbox in US-ASCII)\r\nTo: (address in US-ASCII)\r\nSubject: (subject in US-ASCII)\r\nContent-Type: Text/plain; charset=ISO-8859-1\r\nContent-Transfer-Encoding: Quoted-printable\r\n\r\n"},
			[]mimeFile{{"", "audio/basic", Complete, "fm-data"}, {"", "image/jpeg", Complete, "image"}}}},
		{"no last delimiter", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\nxyz\n",
			mimeResult{head("Content-Type: multipart/mixed; boundary=b\n\n"), []mimeFile{{"", "a/b", Complete, "xyz\r\n"}}}},
		{"lines that are almost delimiters", "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n-\n--\n--x\n-b\n --b\n--b  \n\n--b--\n--b\n",
			mimeResult{head("Content-Type: multipart/mixed; boundary=b\n\n"), []mimeFile{{"", "a/b", Complete, "-\r\n--\r\n--x\r\n-b\r\n --b"}}}},
		// RFC 2046 section 5.1.1: "it is sufficient that the boundary appear in
		// its entirety following the CRLF".
		{"delimiters that something follows", "Content-Type: multipart/mixed; boundary=b\n\n--b x\nContent-Type: a/b\n\n1\n--b-\nContent-Type: a/c\n\n2\n--b" +
			strings.Repeat("x: y", 300) + "\nContent-Type: a/d\n\n3\n--b--x\n--b\n",
			mimeResult{head("Content-Type: multipart/mixed; boundary=b\n\n"), []mimeFile{{"", "a/b", Complete, "1"}, {"", "a/c", Complete, "2"}, {"", "a/d", Complete, "3"}}}},
		{"a boundary that begins with the inner one", "Content-Type: multipart/mixed; boundary=bb\n\n--bb\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n1\n--bb\nContent-Type: a/c\n\n2\n--bb--\n",
			mimeResult{head("Content-Type: multipart/mixed; boundary=bb\n\n"), []mimeFile{{"", "a/b", Complete, "1"}, {"", "a/c", Complete, "2"}}}},

		{"an outer delimiter ends what is inside",
			"Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\nContent-Type: a/b\n\n1\n--o\nContent-Type: a/c\n\n2\n--i\n--o--\n",
			mimeResult{head("Content-Type: multipart/mixed; boundary=o\n\n"),
				[]mimeFile{{"", "a/b", Complete, "1"}, {"", "a/c", Complete, "2\r\n--i"}}}},
		{"a delimiter in a header section",
			"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n--b\nContent-Type: a/c\n\n2\n--b--",
			mimeResult{head("Content-Type: multipart/mixed; boundary=b\n\n"),
				[]mimeFile{{"", "a/b", Complete, ""}, {"", "a/c", Complete, "2"}}}},
		{"a mail in a mail", "From: o@o.example\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nFrom: i@i.example\nContent-Type: a/b\n\n1\n--b--\n",
			mimeResult{[]string{crlf("From: o@o.example\nContent-Type: multipart/digest; boundary=b\n\n"), crlf("From: i@i.example\nContent-Type: a/b\n\n")},
				[]mimeFile{{"", "a/b", Complete, "1"}}}},
		{"names", "Content-Type: multipart/mixed; boundary=b\n\n" +
			"--b\nContent-Disposition: attachment; filename=\"a b.txt\"\n\n1\n" +
			"--b\nContent-Type: text/plain; name==?utf-8?q?caf=C3=A9?=\n\n2\n" +
			"--b\nContent-Disposition: attachment; filename*0*=us-ascii'en'This%20is%20even%20more%20;\n filename*1*=%2A%2A%2Afun%2A%2A%2A%20;\n filename*2=\"isn't it!\"\n\n3\n--b--\n",
			mimeResult{head("Content-Type: multipart/mixed; boundary=b\n\n"), []mimeFile{
				{"a b.txt", "", Complete, "1"}, {"café", "text/plain", Complete, "2"}, {"This is even more ***fun*** isn't it!", "", Complete, "3"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range cuts {
				if diff := cmp.Diff(tt.want, readMail(crlf(tt.mail), size)); diff != "" {
					t.Errorf("pieces of %d bytes (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

const rfc2046 = `From: Nathaniel Borenstein <nsb@bellcore.com>
To: Ned Freed <ned@innosoft.com>
Date: Sun, 21 Mar 1993 23:56:48 -0800 (PST)
Subject: Sample message
MIME-Version: 1.0
Content-type: multipart/mixed; boundary="simple boundary"

This is the preamble.  It is to be ignored, though it
is a handy place for composition agents to include an
explanatory note to non-MIME conformant readers.

--simple boundary

This is implicitly typed plain US-ASCII text.
It does NOT end with a linebreak.
--simple boundary
Content-type: text/plain; charset=us-ascii

This is explicitly typed plain US-ASCII text.
It DOES end with a linebreak.

--simple boundary--

This is the epilogue.  It is also to be ignored.
`

// RFC 2049 appendix A, with shortened data.
const rfc2049 = `MIME-Version: 1.0
From: Nathaniel Borenstein <nsb@nsb.fv.com>
To: Ned Freed <ned@innosoft.com>
Date: Fri, 07 Oct 1994 16:15:05 -0700 (PDT)
Subject: A multipart example
Content-Type: multipart/mixed;
             boundary=unique-boundary-1

This is the preamble area of a multipart message.

--unique-boundary-1

  ... Some text appears here ...

--unique-boundary-1
Content-type: text/plain; charset=US-ASCII

This could have been part of the previous part, but
illustrates explicit versus implicit typing of body
parts.

--unique-boundary-1
Content-Type: multipart/parallel; boundary=unique-boundary-2

--unique-boundary-2
Content-Type: audio/basic
Content-Transfer-Encoding: base64

Zm0tZGF0YQ==

--unique-boundary-2
Content-Type: image/jpeg
Content-Transfer-Encoding: base64

aW1hZ2U=

--unique-boundary-2--

--unique-boundary-1
Content-type: text/enriched

This is <bold><italic>enriched.</italic></bold>
<smaller>as defined in RFC 1896</smaller>

--unique-boundary-1
Content-Type: message/rfc822

From: (mailbox in US-ASCII)
To: (address in US-ASCII)
Subject: (subject in US-ASCII)
Content-Type: Text/plain; charset=ISO-8859-1
Content-Transfer-Encoding: Quoted-printable

  ... Additional text in ISO-8859-1 goes here ...

--unique-boundary-1--
`

// Files in a form written by the standard library's multipart.Writer are read
// back.
func TestMultipartForm(t *testing.T) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	content := "--\r\n" + w.Boundary() + "\r\n--" + w.Boundary()[1:] + "\r\n\x00\xff"
	w.WriteField("user", "alice")
	p, err := w.CreateFormFile("upload", `C:\dir\a "q".exe`)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(p, content)
	w.WriteField("more", "x")
	w.Close()
	want := mimeResult{Files: []mimeFile{{`C:\dir\a "q".exe`, "application/octet-stream", Complete, content}}}
	for _, size := range cuts {
		if diff := cmp.Diff(want, readForm(w.FormDataContentType(), b.String(), size)); diff != "" {
			t.Errorf("pieces of %d bytes (-want +got):\n%s", size, diff)
		}
	}
}

func TestNoForm(t *testing.T) {
	for _, contentType := range []string{"", "text/plain", "multipart/form-data", `multipart/form-data; boundary=""`, "multipart/form-data; boundary=" + strings.Repeat("b", 257), "multipart/mixed; boundary=b"} {
		f := newMIMEFeed()
		if m := newForm(f.s, mail.ParseParams([]byte(contentType))); m != nil || f.a.stats.Held != 0 {
			t.Errorf("%q is treated as a form with a boundary", contentType)
		}
	}
}

// A gap leaves a hole in its own file, and in no other. Base64 resumes with the
// next line.
func TestMailGap(t *testing.T) {
	const head = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
	const tail = "\r\n--b\r\nContent-Type: a/c\r\n\r\n2\r\n--b--\r\n"
	tests := []struct {
		name, before, after string
		whole               bool
		want                []mimeFile
	}{
		{"in base64", head + "QUJDREVG\r\nQU", "ENERUZH\r\nYWJj", true, []mimeFile{{"", "a/b", Holed, "ABCDEFabc"}, {"", "a/c", Complete, "2"}}},
		{"over a delimiter", head + "QUJD\r\n", "Content-Type: a/c\r\n\r\n2", true, []mimeFile{{"", "a/b", Holed, "ABC"}, {"", "a/c", Complete, "2"}}},
		{"in a part's header", head[:len(head)-10], "\r\n\r\nQUJD", true, []mimeFile{{"", "a/c", Complete, "2"}}},
		{"in the mail's header", head[:20], head[30:] + "QUJD", true, nil},
		{"the end is missing", head + "QUJD", "", false, []mimeFile{{"", "a/b", Holed, "ABC"}, {"", "a/c", Complete, "2"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, size := range cuts {
				f := newMIMEFeed()
				f.m = newMail(f.s, Message{})
				f.write(tt.before, size)
				f.m.gap(f.s)
				f.write(tt.after+tail, size)
				if diff := cmp.Diff(tt.want, f.end(tt.whole).Files); diff != "" {
					t.Errorf("pieces of %d bytes (-want +got):\n%s", size, diff)
				}
			}
		})
	}
}

// The file that is open when a connection ends is incomplete.
func TestMailUnfinished(t *testing.T) {
	text := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: a/b\r\n\r\nxyz\r\n--b\r\nContent-Type: a/c\r\n\r\n2\r\n"
	f := newMIMEFeed()
	f.m = newMail(f.s, Message{})
	f.write(text, 5)
	want := []mimeFile{{"", "a/b", Complete, "xyz"}, {"", "a/c", Unfinished, "2\r\n"}}
	if diff := cmp.Diff(want, f.end(false).Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// Nested multiparts are read up to the limit, and counted beyond it.
func TestMIMEDepth(t *testing.T) {
	var b strings.Builder
	for i := range maxMIMEDepth + 3 {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%02d\r\n\r\n--b%02d\r\n", i, i)
	}
	b.WriteString("Content-Type: a/b\r\n\r\ndeep")
	f := newMIMEFeed()
	f.m = newMail(f.s, Message{})
	f.write(b.String(), 1<<20)
	if r := f.end(true); len(r.Files) != 0 || f.a.stats.TooDeep != 1 {
		t.Errorf("%d files, %d too deep", len(r.Files), f.a.stats.TooDeep)
	}
}

// A header section is limited; other parts after it are still found.
func TestMailHeaderTooLong(t *testing.T) {
	f := newMIMEFeed()
	f.a.MaxMessage = 100
	f.m = newMail(f.s, Message{})
	f.write("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: "+strings.Repeat("x", 100)+"\r\n\r\n1\r\n--b\r\nContent-Type: a/c\r\n\r\n2\r\n--b--", 10)
	r := f.end(true)
	if len(r.Files) != 1 || f.a.stats.TooLong != 1 || f.a.stats.Held != 0 {
		t.Errorf("%+v, %d too long, %d held", r, f.a.stats.TooLong, f.a.stats.Held)
	}
}

// Lines that never end, or look like delimiters, cost no memory.
func TestMIMEBounds(t *testing.T) {
	head := "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: a/b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
	for _, unit := range []string{"x", " ", "--b ", "\r", "\n", "-", "=", "= ", "\r\n--b\t"} {
		f := newMIMEFeed()
		f.a.Content = false
		f.m = newMail(f.s, Message{})
		f.m.write(f.s, []byte(head), Ref{})
		for range 1000 {
			f.m.write(f.s, []byte(strings.Repeat(unit, 100)), Ref{})
			f.a.out = f.a.out[:0]
		}
		if n := cap(f.m.candidate) + cap(f.m.coding.space) + cap(f.m.coding.escape) + len(f.m.head.b); n > mimeCost {
			t.Errorf("%q: %d bytes held", unit, n)
		}
	}
}

// FuzzMIME checks that the output does not depend on how a mail is split, and
// compares it with the standard library's reader and writer.
func FuzzMIME(f *testing.F) {
	f.Add([]byte(crlf(rfc2049)), uint8(1))
	f.Add([]byte("--b\r\nContent-Type: a/b\r\n\r\n=41=\r\n b \r\n--b--"), uint8(3))
	f.Add([]byte("QUJDRA==\r\n"), uint8(2))
	f.Add([]byte("--b\r\nContent-Disposition: form-data; name=x; filename=y\r\n\r\n--b-\r\n--b--"), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, size uint8) {
		text, cut := string(b), max(int(size), 1)
		for _, mail := range []string{text, "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + text} {
			if diff := cmp.Diff(readMail(mail, 1<<20), readMail(mail, cut)); diff != "" {
				t.Fatalf("cut (-whole +cut):\n%s", diff)
			}
		}
		const form = "multipart/form-data; boundary=b"
		if diff := cmp.Diff(readForm(form, text, 1<<20), readForm(form, text, cut)); diff != "" {
			t.Fatalf("a form, cut (-whole +cut):\n%s", diff)
		}
		twinWriters(t, b, cut)
		twinMultipart(t, text, cut)
		twinQuoted(t, b, cut)
		twinBase64(t, b, cut)
	})
}

// twinWriters encodes b with the standard library, and decodes it.
func twinWriters(t *testing.T, b []byte, cut int) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	w.SetBoundary("a boundary that no test holds")
	for _, coding := range []string{"binary", "base64", "quoted-printable"} {
		p, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {"a/b"}, "Content-Transfer-Encoding": {coding}})
		if err != nil {
			t.Fatal(err)
		}
		switch coding {
		case "base64":
			text := base64.StdEncoding.EncodeToString(b)
			for line := range slices.Chunk([]byte(text), 76) {
				fmt.Fprintf(p, "%s\r\n", line)
			}
		case "quoted-printable":
			q := quotedprintable.NewWriter(p)
			q.Binary = true
			q.Write(b)
			q.Close()
		default:
			p.Write(b)
		}
	}
	w.Close()
	one := mimeFile{"", "a/b", Complete, string(b)}
	mail := `Content-Type: multipart/mixed; boundary="` + w.Boundary() + "\"\r\n\r\n" + out.String()
	if diff := cmp.Diff([]mimeFile{one, one, one}, readMail(mail, cut).Files); diff != "" {
		t.Fatalf("written by the standard library (-want +got):\n%s", diff)
	}
}

// looseDelimiter matches a delimiter that something follows, which
// multipart.Reader treats as content.
var looseDelimiter = regexp.MustCompile(`(?m)^--b(-?[^- \t\r]|-$|-\r|--.*[^ \t\r]|[ \t]+[^ \t\r])`)

// twinMultipart compares the parts with those of multipart.Reader, for valid
// input. Its parts begin and end with the kind of line end that it found first,
// and it does not read nested parts.
func twinMultipart(t *testing.T, text string, cut int) {
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
		return
	}
	if looseDelimiter.MatchString(text) {
		return
	}
	text += "\r\n--b--\r\n"
	r := multipart.NewReader(strings.NewReader(text), "b")
	var want []mimeFile
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return
		}
		content, err := io.ReadAll(p)
		if err != nil || p.Header.Get("Content-Type") != "a/b" || len(p.Header) != 1 {
			return
		}
		want = append(want, mimeFile{"", "a/b", Complete, string(content)})
	}
	if diff := cmp.Diff(want, readMail("Content-Type: multipart/mixed; boundary=b\r\n\r\n"+text, cut).Files); diff != "" {
		t.Fatalf("multipart.Reader (-want +got):\n%s", diff)
	}
}

// decode decodes a transfer encoding, in pieces.
func decode(c coding, b []byte, cut int) (string, bool) {
	d := transferDecoder{coding: c}
	var out []byte
	for piece := range slices.Chunk(b, cut) {
		out = d.append(out, piece)
	}
	out, state := d.finish(out)
	return string(out), state != Undecodable
}

// twinQuoted compares with quotedprintable, which holds any amount of white
// space.
func twinQuoted(t *testing.T, b []byte, cut int) {
	got, ok := decode(codingQuoted, b, cut)
	if whole, _ := decode(codingQuoted, b, 1<<20); whole != got {
		t.Fatalf("cut %q, whole %q", got, whole)
	}
	if longestRun(b, " \t\r") > maxPadding {
		return
	}
	want, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(b)))
	if err == nil && (!ok || got != string(want)) {
		t.Fatalf("%q is %q, %v; quotedprintable has %q", b, got, ok, want)
	}
}

// longestRun returns the length of the longest run in b of bytes that are in
// set.
func longestRun(b []byte, set string) int {
	longest, n := 0, 0
	for _, c := range b {
		if n++; strings.IndexByte(set, c) < 0 {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

func twinBase64(t *testing.T, b []byte, cut int) {
	got, ok := decode(codingBase64, b, cut)
	digits := bytes.Map(func(r rune) rune { // other bytes "must be ignored" (RFC 2045 section 6.8)
		if strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", r) {
			return r
		}
		return -1
	}, b)
	want, err := base64.StdEncoding.DecodeString(string(digits))
	if err == nil && (!ok || got != string(want)) {
		t.Fatalf("%q is %q, %v; base64 has %q, %v", b, got, ok, want, err)
	}
}
