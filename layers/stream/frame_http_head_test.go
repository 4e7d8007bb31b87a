package stream

import (
	"bytes"
	"fmt"
	"iter"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/http/httpguts"

	"github.com/sightline-go/sightline/layers/http1"
)

// buildHead returns the head of fields, names and values in turn.
func buildHead(a *Assembler, response bool, list ...string) []byte {
	s := sink{a: a, c: &connection{work: 1 << 30}}
	h := a.beginHead()
	for i := 0; i+1 < len(list); i += 2 {
		h.add(s, []byte(list[i]), []byte(list[i+1]))
	}
	if response {
		return h.response(s, "HTTP/2")
	}
	return h.request(s, "HTTP/2")
}

func fieldLines(fields iter.Seq2[[]byte, []byte]) (lines []string) {
	for name, value := range fields {
		lines = append(lines, string(name)+": "+string(value))
	}
	return lines
}

// What RFC 9113 sections 8.2.1, 8.2.2, 8.3 and 8.5 call invalid is left out, and what
// remains is as it was sent.
func TestHead(t *testing.T) {
	base := []string{":method", "GET", ":scheme", "https", ":authority", "a.example", ":path", "/p"}
	const get = "GET /p HTTP/2|Host: a.example|"
	with := func(more ...string) []string { return append(base[:len(base):len(base)], more...) }
	for name, tt := range map[string]struct {
		fields            []string
		want              string
		invalid, disputed int
	}{
		"valid":                    {with("accept", "*/*", "x-empty", ""), get + "accept: */*|x-empty: |", 0, 0},
		"bytes beyond ASCII":       {with("x", "\xff\x01\x7f\t\x80"), get + "x: \xff\x01\x7f\t\x80|", 0, 0},
		"upper case":               {with("Accept", "*/*", "x", "y"), get + "x: y|", 1, 0},
		"a name with a blank":      {with("a b", "c"), get, 1, 0},
		"a name with a colon":      {with("a: b", "c"), get, 1, 0},
		"no name":                  {with("", "c"), get, 1, 0},
		"a name with a line end":   {with("a\r\nhost", "evil.example"), get, 1, 0},
		"CR LF in a value":         {with("a", "b\r\nhost: evil.example"), get, 1, 0},
		"LF, CR and NUL":           {with("a", "b\nc", "d", "e\rf", "g", "h\x00"), get, 3, 0},
		"white space around":       {with("a", " b", "c", "d\t", "e", "\t"), get, 3, 0},
		"of the connection":        {with("connection", "close", "keep-alive", "1", "proxy-connection", "x", "transfer-encoding", "chunked", "upgrade", "h2c"), get, 5, 0},
		"te":                       {with("te", "trailers", "te", "gzip"), get + "te: trailers|", 1, 0},
		"doubled":                  {with(":path", "/other", ":authority", "evil.example"), get, 2, 0},
		"late":                     {[]string{":method", "GET", ":path", "/p", "x", "y", ":authority", "evil.example"}, "GET /p HTTP/2|x: y|", 1, 0},
		"unknown pseudo-fields":    {append([]string{":evil", "x", ":", "x"}, base...), get, 2, 0},
		"of a response":            {append([]string{":status", "200"}, base...), get, 1, 0},
		"a path with blanks":       {[]string{":method", "GET", ":path", "/p HTTP/1.1"}, "", 1, 0},
		"a path with a line end":   {[]string{":method", "GET", ":path", "/p\r\nx: y"}, "", 1, 0},
		"an absolute path":         {[]string{":method", "GET", ":path", "http://evil.example/"}, "", 1, 0},
		"a path with DEL and NUL":  {[]string{":method", "GET", ":path", "/\x7f", ":path", "/\x00", ":path", "/\t"}, "", 3, 0},
		"an empty host":            {with("host", ""), get, 1, 0},
		"an empty path":            {[]string{":method", "GET", ":path", ""}, "", 1, 0},
		"no path":                  {[]string{":method", "GET", ":authority", "a.example"}, "", 0, 0},
		"no method":                {[]string{":path", "/p"}, "", 0, 0},
		"a method with a blank":    {[]string{":method", "GET /x HTTP/1.1\r\nx:", ":path", "/p"}, "", 1, 0},
		"the preface":              {[]string{":method", "PRI", ":path", "*"}, "", 1, 0},
		"an asterisk":              {[]string{":method", "OPTIONS", ":path", "*", ":authority", "a.example"}, "OPTIONS * HTTP/2|Host: a.example|", 0, 0},
		"an asterisk to GET":       {[]string{":method", "GET", ":path", "*"}, "", 1, 0},
		"authority with user":      {[]string{":method", "GET", ":path", "/p", ":authority", "a@evil.example"}, "GET /p HTTP/2|", 1, 0},
		"authority with a path":    {[]string{":method", "GET", ":path", "/p", ":authority", "a.example/x"}, "GET /p HTTP/2|", 1, 0},
		"the same host":            {with("host", "A.example"), get + "host: A.example|", 0, 0},
		"another host":             {with("host", "b.example"), get + "host: b.example|", 0, 1},
		"two hosts":                {[]string{":method", "GET", ":path", "/p", "host", "a", "host", "b"}, "GET /p HTTP/2|host: a|host: b|", 0, 1},
		"CONNECT":                  {[]string{":method", "CONNECT", ":authority", "a:443"}, "CONNECT a:443 HTTP/2|Host: a:443|", 0, 0},
		"CONNECT without a target": {[]string{":method", "CONNECT", ":path", "/p", ":scheme", "http"}, "", 2, 0},
		"extended CONNECT":         {[]string{":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/p", ":authority", "a"}, "CONNECT https://a/p HTTP/2|Host: a|Upgrade: websocket|", 0, 0},
		"an asterisk to it":        {[]string{":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "*", ":authority", "a"}, "", 1, 0},
		"a protocol without it":    {with(":protocol", "websocket"), get, 1, 0},
	} {
		a := new(Assembler)
		got := strings.ReplaceAll(strings.TrimSuffix(string(buildHead(a, false, tt.fields...)), "\r\n"), "\r\n", "|")
		if s := a.Stats(); got != tt.want || s.Invalid != tt.invalid || s.Disputed != tt.disputed {
			t.Errorf("%s: %q, %d invalid, %d disputed; want %q", name, got, s.Invalid, s.Disputed, tt.want)
		}
	}
	for status, want := range map[string]string{"200": "HTTP/2 200|x: y|", "20": "", "2000": "", "20x": "", "200 OK": "", "": "", "000": ""} {
		a := new(Assembler)
		got := strings.ReplaceAll(strings.TrimSuffix(string(buildHead(a, true, ":status", status, "x", "y")), "\r\n"), "\r\n", "|")
		if got != want || (a.Stats().Invalid > 0) != (want == "") {
			t.Errorf("status %q: %q", status, got)
		}
	}
}

// FuzzHead builds a head from any fields, and parses it again: it has exactly the valid
// ones, as golang.org/x/net judges them, and nothing else.
func FuzzHead(f *testing.F) {
	f.Add(false, ":method\x1fGET\x1f:path\x1f/p\x1f:authority\x1fa.example\x1fx\x1fy\x1fhost\x1fb\x1f:path\x1f/q")
	f.Add(false, ":method\x1fCONNECT\x1f:authority\x1fa:1\x1fx\x1fa\r\nb: c\x1fA\x1fb\x1fc\x1f d")
	f.Add(true, ":status\x1f200\x1fconnection\x1fclose\x1fset-cookie\x1fa=b; c\x1fte\x1ftrailers")
	f.Fuzz(func(t *testing.T, response bool, text string) {
		list := strings.Split(text, "\x1f")
		head := buildHead(new(Assembler), response, list...)
		if head == nil {
			return
		}
		var want []string
		pseudo := map[string]string{}
		regular := false
		for i := 0; i+1 < len(list); i += 2 {
			name, value := list[i], list[i+1]
			if strings.HasPrefix(name, ":") {
				if _, twice := pseudo[name]; !twice && !regular && isExpected(name, value) {
					pseudo[name] = value
				}
				continue
			}
			regular = true
			if isExpectedField(name, value) {
				want = append(want, name+": "+value)
			}
		}
		var got []string
		var line, wantLine string
		if response {
			res, err := http1.ParseResponse(head)
			if err != nil || res.Len() != len(head) {
				t.Fatalf("%q: %v", head, err)
			}
			major, minor := res.Version()
			line, wantLine = fmt.Sprint(res.Status(), string(res.Reason()), major, minor), fmt.Sprint(pseudo[":status"], "", 2, 0)
			got = fieldLines(res.Fields())
		} else {
			req, err := http1.ParseRequest(head)
			if err != nil || req.Len() != len(head) {
				t.Fatalf("%q: %v", head, err)
			}
			major, minor := req.Version()
			line = fmt.Sprintf("%s %s %d.%d", req.Method(), req.Target(), major, minor)
			target := pseudo[":path"]
			protocol, extended := pseudo[":protocol"]
			if extended = extended && pseudo[":method"] == "CONNECT"; extended {
				host := pseudo[":authority"]
				for i := 0; i+1 < len(list) && host == ""; i += 2 {
					if list[i] == "host" && isExpectedField("host", list[i+1]) {
						host = list[i+1]
					}
				}
				target = pseudo[":scheme"] + "://" + host + target
				want = append([]string{"Upgrade: " + protocol}, want...)
			} else if pseudo[":method"] == "CONNECT" {
				target = pseudo[":authority"]
			}
			if a, ok := pseudo[":authority"]; ok {
				want = append([]string{"Host: " + a}, want...)
			}
			wantLine = fmt.Sprintf("%s %s 2.0", pseudo[":method"], target)
			got = fieldLines(req.Fields())
		}
		if line != wantLine {
			t.Fatalf("%q: %q, want %q", head, line, wantLine)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q\n%s", head, diff)
		}
	})
}

// isExpectedField judges a field by golang.org/x/net/http/httpguts and the lists of RFC
// 9113 section 8.2.2.
func isExpectedField(name, value string) bool {
	switch name {
	case "connection", "proxy-connection", "keep-alive", "transfer-encoding", "upgrade":
		return false
	case "te":
		return strings.EqualFold(value, "trailers")
	case "host":
		if !isExpected(":authority", value) {
			return false
		}
	}
	return httpguts.ValidHeaderFieldName(name) && strings.ToLower(name) == name &&
		!strings.ContainsAny(value, "\r\n\x00") && strings.Trim(value, " \t") == value
}

// isExpected judges a pseudo-field by the grammars that RFC 9113 section 8.3.1 refers to.
func isExpected(name, value string) bool {
	blank := func(b byte) bool { return b <= ' ' || b == 0x7f }
	clean := value != ""
	for i := range len(value) {
		clean = clean && !blank(value[i])
	}
	switch name {
	case ":method":
		return httpguts.ValidHeaderFieldName(value) && value != "PRI"
	case ":protocol":
		return httpguts.ValidHeaderFieldName(value)
	case ":path":
		return clean && (value[0] == '/' || value == "*")
	case ":authority":
		return clean && !strings.ContainsAny(value, `/\?#@`)
	case ":scheme":
		letters := bytes.TrimLeft([]byte(strings.ToLower(value)), "abcdefghijklmnopqrstuvwxyz0123456789+-.")
		return clean && len(letters) == 0 && !strings.ContainsAny(value[:1], "0123456789+-.")
	case ":status":
		return len(value) == 3 && strings.Trim(value, "0123456789") == "" && value[0] != '0'
	}
	return false
}
