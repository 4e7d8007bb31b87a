package stream_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// The files that curl uploads in upload.pcap have the names passed to curl, and
// the SHA-256 that sha256sum prints. curl sends a quote as %22, as browsers do.
func TestUploads(t *testing.T) {
	r, err := pcap.Open("../../testdata/upload.pcap")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	const note = "461eb6fe069d407c297912ab2ba68a695c2f6a182d02bd08c582887b906b69a5"
	var got, bodies []string
	a := &stream.Assembler{Config: stream.Config{Hash: stream.HashSHA256}}
	var d layers.Decoder
	var p layers.Packet
	for rec, err := range r.All() {
		if err != nil {
			t.Fatal(err)
		}
		d.Decode(&p, rec)
		for _, m := range a.Push(&p, rec) {
			switch f := m.File; {
			case m.Kind != stream.FileEnd || !m.FromClient:
			case f.In == nil:
				bodies = append(bodies, fmt.Sprint(f.Name, " ", f.Type, " ", f.Size))
			default:
				got = append(got, fmt.Sprintf("%q in %q: %s, %d bytes, %x", f.Name, f.In.Name, f.Type, f.Size, f.SHA256))
			}
		}
	}
	want := []string{
		`"Report 7.bin" in "": application/octet-stream, 3061 bytes, a2b1a6ae4ce372b0798bc33f360ff6e1635f3ce866f8955deb5571a0f88b6cf0`,
		`"a %22short%22 note.txt" in "": text/plain, 14 bytes, ` + note,
		`"note.txt" in "": text/plain, 14 bytes, ` + note,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	// The sizes are tshark's http.content_length and http.chunk_size.
	if diff := cmp.Diff([]string{" multipart/form-data 3532", " multipart/form-data 200"}, bodies); diff != "" {
		t.Errorf("bodies (-want +got):\n%s", diff)
	}
}

const (
	formType   = "multipart/form-data; boundary=xYzZY"
	formFile   = "--xYzZY\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.exe\"\r\nContent-Type: application/octet-stream\r\n\r\nhello"
	formBreak  = "\r\n--xYzZY"
	formFields = "--xYzZY\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice" + formBreak +
		"\r\nContent-Disposition: form-data; name=\"data\"\r\nContent-Type: application/json\r\n\r\n{}" + formBreak +
		"\r\nContent-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n"
)

// post is a request with a form.
func post(contentType, fields, body string) string {
	return fmt.Sprintf("POST /up HTTP/1.1\r\nHost: a.example\r\nContent-Type: %s\r\n%sContent-Length: %d\r\n\r\n%s", contentType, fields, len(body), body)
}

func TestForms(t *testing.T) {
	whole := func(body string) string {
		return fmt.Sprintf(`client  "" multipart/form-data %d complete %.8s`, len(body), sum(body))
	}
	const hello = `client  "a.exe" application/octet-stream 5 complete 2cf24dba`
	closed := formFile + formBreak + "--\r\n"
	packed := packed(t, "gzip", closed)
	named := "--xYzZY\r\nContent-Disposition: form-data; name=\"f\"; filename=\"m.eml\"\r\nContent-Type: message/rfc822\r\n\r\nFrom: a@a.example\r\n\r\nhello" + formBreak + "--"
	mixed := "--xYzZY\r\nContent-Disposition: form-data; name=\"files\"\r\nContent-Type: multipart/mixed; boundary=in\r\n\r\n" +
		"--in\r\nContent-Disposition: file; filename=\"a.exe\"\r\nContent-Type: application/octet-stream\r\n\r\nhello\r\n--in--" + formBreak + "--\r\n"
	nested := "--xYzZY\r\nContent-Type: multipart/mixed; boundary=xYzZY\r\n\r\n" + closed
	for _, test := range []struct {
		name, request string
		want          []string
	}{
		{"a file", post(formType, "", closed), []string{hello, whole(closed)}},
		{"values and an empty file field", post(formType, "", formFields+closed), []string{hello, whole(formFields + closed)}},
		{"a preamble", post(formType, "", "pre\r\namble\r\n"+closed), []string{hello, whole("pre\r\namble\r\n" + closed)}},
		{"compressed", post(formType, "Content-Encoding: gzip\r\n", packed), []string{hello, whole(closed)}},
		{"an unsupported encoding", post(formType, "Content-Encoding: foo\r\n", closed),
			[]string{fmt.Sprintf(`client  "" multipart/form-data %d unsupported encoding %s`, len(closed), shortSum(closed))}},
		{"a mail, which is a file in a form", post(formType, "", named),
			[]string{fmt.Sprintf(`client  "m.eml" message/rfc822 26 complete %.8s`, sum("From: a@a.example\r\n\r\nhello")), whole(named)}},
		{"files in a part (RFC 7578 section 4.3)", post(formType, "", mixed), []string{hello, whole(mixed)}},
		{"the same boundary inside", post(formType, "", nested), []string{hello, whole(nested)}},
		{"almost a delimiter", post(formType, "", formFile+formBreak[:len(formBreak)-1]+formBreak+"--\r\n"),
			[]string{fmt.Sprintf(`client  "a.exe" application/octet-stream 13 complete %.8s`, sum("hello"+formBreak[:len(formBreak)-1])), whole(formFile + formBreak[:len(formBreak)-1] + formBreak + "--\r\n")}},
		{"a tail after the last delimiter", post(formType, "", formFile+formBreak+"--"+strings.Repeat("\x00", 600)), []string{
			hello, whole(formFile + formBreak + "--" + strings.Repeat("\x00", 600)),
		}},
		{"a line after the last delimiter", post(formType, "", formFile+formBreak+"--tail\r\n"+formFile), []string{
			hello, whole(formFile + formBreak + "--tail\r\n" + formFile),
		}},
		{"the last delimiter before the first", post(formType, "", "--xYzZY--tail\r\n"+closed), []string{hello, whole("--xYzZY--tail\r\n" + closed)}},
		// Without the last delimiter the file may be incomplete: no hash.
		{"no last delimiter", post(formType, "", formFile), []string{`client  "a.exe" application/octet-stream 5 truncated `, whole(formFile)}},
		{"truncated", strings.TrimSuffix(post(formType, "", closed), "--xYzZY--\r\n"),
			[]string{`client  "a.exe" application/octet-stream 7 truncated `,
				fmt.Sprintf(`client  "" multipart/form-data %d truncated `, len(formFile)+2)}},
		{"no boundary", post("multipart/form-data", "", closed), []string{whole(closed)}},
		{"another boundary", post(formType+"x", "", closed), []string{whole(closed)}},
		{"not a form", post("multipart/mixed; boundary=xYzZY", "", closed), []string{strings.Replace(whole(closed), "form-data", "mixed", 1)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, size := range []int{1, 2, 3, 7, 1460} {
				if diff := cmp.Diff(test.want, files(t, new(stream.Assembler), talk{{false, test.request}}.segs(size)...)); diff != "" {
					t.Errorf("in segments of %d: %s", size, diff)
				}
			}
		})
	}
}

// A lost segment leaves a hole in its own file, and in no other.
func TestFormGap(t *testing.T) {
	second := strings.Replace(strings.Replace(formFile, "a.exe", "b.exe", 1), "hello", "world", 1)
	body := formFile + "lost!" + formBreak + "\r\n" + second + formBreak + "--\r\n"
	body = strings.Replace(body, formBreak+"\r\n--xYzZY", formBreak, 1)
	head, rest, _ := strings.Cut(post(formType, "", body), "lost!")
	segs := talk{{false, head}, {false, "lost!"}, {false, rest}}.segs(1460)
	segs = append(segs[:3], segs[4:]...)
	want := []string{
		`client  "a.exe" application/octet-stream 5 bytes missing `,
		`client  "b.exe" application/octet-stream 5 complete 486ea462`,
		fmt.Sprintf(`client  "" multipart/form-data %d bytes missing `, len(body)-5),
	}
	if diff := cmp.Diff(want, files(t, new(stream.Assembler), segs...)); diff != "" {
		t.Error(diff)
	}
}

// The cost of a form is limited, and the rest is counted.
func TestFormBounds(t *testing.T) {
	deep := ""
	for i := range 20 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	for _, test := range []struct {
		name, body                string
		files                     int
		tooLong, tooDeep, tooMany int
	}{
		{"parts", strings.Repeat(formFile+"\r\n", 1500), 1000, 0, 0, 500},
		{"a header section", "--xYzZY\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n1\r\n" + formFile + formBreak, 1, 1, 0, 0},
		{"multiparts in multiparts", "--xYzZY\r\n" + deep + "\r\n\r\n" + formFile + formBreak, 1, 0, 1, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			a := new(stream.Assembler)
			if got := len(files(t, a, talk{{false, post(formType, "", test.body)}}.segs(16<<10)...)) - 1; got != test.files {
				t.Errorf("%d files, want %d", got, test.files)
			}
			if s := a.Stats(); s.TooLong != test.tooLong || s.TooDeep != test.tooDeep || s.TooMany != test.tooMany {
				t.Errorf("%+v", s)
			}
		})
	}
}

// sum is the SHA-256 of s.
func sum(s string) string {
	b := sha256.Sum256([]byte(s))
	return hex.EncodeToString(b[:])
}
