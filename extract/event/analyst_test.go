package event

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// fields returns the attributes of the objects of a template as "relation value".
func fields(s *Selection, t *misp.Template) (all []string) {
	for _, o := range s.Objects {
		for _, a := range o.Attributes {
			if o.Template == t {
				all = append(all, a.Relation+" "+a.Value)
			}
		}
	}
	return all
}

// Only the request to a proxy names the destination.
func TestProxy(t *testing.T) {
	const client, proxy = "10.0.0.5", "198.51.100.3"
	for _, tt := range []struct {
		request string
		want    []string
	}{
		{"CONNECT 203.0.113.9:4444 HTTP/1.1\r\nHost: 203.0.113.9:4444\r\n\r\n", []string{"ip-dst 203.0.113.9"}},
		{"CONNECT [2001:db8::9]:443 HTTP/1.1\r\n\r\n", []string{"ip-dst 2001:db8::9"}},
		{"CONNECT 10.9.9.9:443 HTTP/1.1\r\n\r\n", nil},
		{"GET http://203.0.113.9/a HTTP/1.1\r\nHost: 203.0.113.9\r\n\r\n", []string{"url http://203.0.113.9/a", "ip-dst 203.0.113.9"}},
		{"CONNECT c2.evil.example:443 HTTP/1.1\r\n\r\n", []string{"hostname c2.evil.example"}},
		// A Host header does not prove contact with the server it names.
		{"GET /a HTTP/1.1\r\nHost: 203.0.113.9\r\n\r\n", []string{"url http://203.0.113.9/a"}},
	} {
		var got []string
		rep := new(capture).answered(client, proxy, 8080, tt.request, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").report(t, extract.Options{})
		s := Select(rep, Options{})
		for _, a := range s.Attributes {
			if !strings.Contains(a.Value, proxy) {
				got = append(got, string(a.Type)+" "+a.Value)
			}
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%q (-want +got)\n%s", tt.request, d)
		}
		for _, f := range fields(s, misp.TemplateNetworkConnection) {
			if strings.HasPrefix(f, "hostname-dst") {
				t.Errorf("%q: proxy has %s", tt.request, f)
			}
		}
	}
}

// All host names get the form of MISP's type domain: RFC 3492 section 7.1 and
// RFC 5891.
func TestInternationalNames(t *testing.T) {
	rep := new(capture).answered("10.0.0.5", "203.0.113.9", 80, "GET / HTTP/1.1\r\nHost: www.bücher.example\r\n\r\n", "").report(t, extract.Options{})
	s := Select(rep, Options{Only: extract.TopicSetOf(extract.HTTP)})
	if !slices.ContainsFunc(s.Attributes, func(a Attribute) bool {
		return a.Type == misp.Hostname && a.Value == "www.xn--bcher-kva.example"
	}) {
		t.Error("no host name")
	}
	if got := fields(s, misp.TemplateHTTPRequest); !slices.Contains(got, "host www.xn--bcher-kva.example") {
		t.Errorf("%q", got)
	}
}

// download returns the attributes of topic Files for a response.
func download(t *testing.T, header, body string) (all []string) {
	t.Helper()
	response := fmt.Sprintf("HTTP/1.1 200 OK\r\n%s\r\nContent-Length: %d\r\n\r\n%s", header, len(body), body)
	rep := new(capture).answered("10.0.0.5", "203.0.113.9", 80, "GET / HTTP/1.1\r\nHost: www.example\r\n\r\n", response).
		report(t, extract.Options{Stream: stream.Config{Hash: stream.HashSHA256}})
	for _, a := range Select(rep, Options{Only: extract.TopicSetOf(extract.Files), Detail: Indicators}).Attributes {
		all = append(all, string(a.Type)+" "+a.Value)
	}
	return all
}

// A name that MISP refuses in filename|sha256 does not hide the hash.
func TestNamesThatHide(t *testing.T) {
	const sum = "a3bd788ccdb968f5c1d674c899a4b2fb5aa052ff41772ea2b9a26c38dbb9c134" // sha256sum of MZ1
	for name, want := range map[string]string{
		`filename="a.exe"`:                "filename|sha256 a.exe|" + sum,
		`filename="a|b.exe"`:              "sha256 " + sum,
		`filename*=UTF-8''a%0Ab.exe`:      "sha256 " + sum,
		`filename*=UTF-8''%01`:            "sha256 " + sum,
		`filename=" "`:                    "sha256 " + sum,
		`filename*=UTF-8''../%E2%82%AC.x`: "filename|sha256 €.x|" + sum,
	} {
		if got := download(t, "Content-Disposition: attachment; "+name, "MZ1"); !cmp.Equal(got, []string{want}) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// All hashes of a file have the same count, with a name and without one.
func TestCountOfHashes(t *testing.T) {
	for _, name := range []string{"", `Content-Disposition: attachment; filename="a.exe"`} {
		rep := new(capture).answered("10.0.0.5", "203.0.113.9", 80, "GET / HTTP/1.1\r\nHost: www.example\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"+name+"\r\n\r\nMZ1").
			report(t, extract.Options{Stream: stream.Config{Hash: stream.HashAll}})
		counts := map[misp.Type]int64{}
		for _, a := range Select(rep, Options{All: true, Detail: Indicators}).Attributes {
			counts[a.Type] = a.Count
		}
		for _, typ := range []misp.Type{misp.SHA256, misp.SHA1, misp.MD5} {
			if counts[typ] != 1 {
				t.Errorf("name %q: %d of type %s, want 1", name, counts[typ], typ)
			}
		}
	}
}

// Files that are not ordinary web content whatever their declared type.
func TestDisguisedContent(t *testing.T) {
	for _, tt := range []struct {
		stated, body string
		want         int
	}{
		{"image/jpeg", "\x90\x12\x80\x77", 1},         // not a JPEG: ISO/IEC 10918-1 begins with FF D8
		{"IMAGE/PNG", "MZ\x90\x00", 1},                // a program
		{"image/png", "\x89PNG\r\n\x1a\n\x00", 0},     // W3C PNG section 5.2
		{"image/jpeg", "\x89PNG\r\n\x1a\n\x00", 0},    // another image format
		{"image/svg+xml", "<svg>", 0},                 // has no magic number
		{"text/plain", "#!/bin/sh\nwget http://x", 1}, // a typical bot download
		{"text/plain", "hello", 0},
		{"application/hta", "<html><hta:application>", 1},
		{"application/hta", "<body>", 1},
		{"text/html", "<html>", 0},
	} {
		if got := download(t, "Content-Type: "+tt.stated, tt.body); len(got) != tt.want {
			t.Errorf("%s %q: %q, want %d", tt.stated, tt.body, got, tt.want)
		}
	}
}

// The nonexistent names of a domain generation algorithm do not displace the one
// that exists.
func TestNamesThatDoNotExist(t *testing.T) {
	const client, resolver = "10.0.0.5", "192.0.2.53"
	var c capture
	for i := range 30 {
		b := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: 1, Response: true, RCode: dnsmessage.RCodeNameError})
		b.StartQuestions()
		b.Question(dnsmessage.Question{
			Name: dnsmessage.MustNewName(fmt.Sprintf("dga%02d.example.", i)), Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET,
		})
		answer, err := b.Finish()
		if err != nil {
			t.Fatal(err)
		}
		c.add(build.UDP(resolver, 53, client, 5000, answer))
	}
	c.add(build.UDP(resolver, 53, client, 5000, dns(t, "found.example.", &dnsmessage.AResource{A: [4]byte{203, 0, 113, 9}})))
	c.request(client, "203.0.113.9", 80, "GET / HTTP/1.1\r\nHost: found.example\r\n\r\n")
	s := Select(c.report(t, extract.Options{}), Options{Only: extract.TopicSetOf(extract.DNS), MaxAttributes: 4, Detail: Indicators})
	got := map[string]string{}
	for _, a := range s.Attributes {
		got[a.Value], _, _ = strings.Cut(a.Comment, ";")
	}
	want := map[string]string{
		"found.example|203.0.113.9": "DNS answer", "found.example": "DNS query",
		"dga00.example": "DNS query answered NXDOMAIN", "dga01.example": "DNS query answered NXDOMAIN",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// readReport reads a report from hand-written JSON.
func readReport(t *testing.T, json string) *extract.Report {
	t.Helper()
	r, err := extract.ReadJSON(strings.NewReader(json))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A tampered report may have hashes of any length.
func TestShortHashes(t *testing.T) {
	r := readReport(t, `{"files":[{"sha256":"ab"}],"certificates":[{"sha256":"cd"}],"presented":[{"sha256":"cd"}]}`)
	if s := Select(r, Options{}); len(s.Attributes) > 0 || s.ObjectsLeftOut != 2 {
		t.Errorf("%v, %d objects left out", s.Attributes, s.ObjectsLeftOut)
	}
}

// A client may have a certificate, too (RFC 8446 section 4.4.2).
func TestClientCertificate(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	for rows, want := range map[string]string{
		`{"client":true}`:                              "client certificate",
		`{"client":true},{"client":false}`:             "server certificate",
		`{"client":false}`:                             "server certificate",
		`{"client":true,"position":1}`:                 "",
		`{"position":1},{"client":true}`:               "client certificate",
		`{"client":true},{"client":true,"position":1}`: "client certificate",
	} {
		rows = strings.ReplaceAll(rows, "{", `{"sha256":"`+sum+`",`)
		r := readReport(t, `{"certificates":[{"count":1,"sha256":"`+sum+`"}],"presented":[`+rows+`]}`)
		got := ""
		for _, a := range Select(r, Options{}).Attributes {
			got, _, _ = strings.Cut(a.Comment, ";")
		}
		if got != want {
			t.Errorf("%s: %q, want %q", rows, got, want)
		}
	}
}

// The object of a mail has the date it was sent (RFC 5322 section 3.3), and the
// sender's address: a client that fetches mail is not the sender.
func TestMailObject(t *testing.T) {
	for proto, sender := range map[string]bool{"SMTP": true, "POP3": false, "IMAP": false} {
		r := readReport(t, `{"emails":[{"count":1,"subject":"x","date":"Fri, 21 Nov 1997 09:55:06 -0600 (CST)","proto":"`+proto+`","client":"203.0.113.5"}]}`)
		got := fields(Select(r, Options{}), misp.TemplateEmail)
		if !slices.Contains(got, "send-date 1997-11-21T15:55:06.000000+0000") {
			t.Errorf("%s: %q", proto, got)
		}
		if slices.Contains(got, "ip-src 203.0.113.5") != sender {
			t.Errorf("%s: %q", proto, got)
		}
	}
}
