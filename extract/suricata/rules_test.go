package suricata_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/extract/suricata"
)

// A rule is a parsed rule: its header, and its options in order, with decoded contents.
type rule struct {
	action, proto, src, srcPort, dst, dstPort string
	options                                   []option
}

type option struct{ name, value string }

var header = regexp.MustCompile(`^(alert) ([a-z]+) (\S+) (\S+) -> (\S+) (\S+) \((.*)\)$`)

// parse parses a rule by the grammar of Suricata's documentation, "Rules Format":
// action, header and options that end with semicolons; in values, ; " and \ follow a \.
func parse(line string) (*rule, error) {
	m := header.FindStringSubmatch(line)
	if m == nil {
		return nil, fmt.Errorf("no header in %q", line)
	}
	r := &rule{action: m[1], proto: m[2], src: m[3], srcPort: m[4], dst: m[5], dstPort: m[6]}
	for rest := m[7]; rest != ""; rest = strings.TrimPrefix(rest, " ") {
		end, quoted := 0, false
		for ; end < len(rest) && (rest[end] != ';' || quoted); end++ {
			if rest[end] == '"' {
				quoted = !quoted
			}
			if c := rest[end]; c == '\\' || c < ' ' || c >= 0x7f {
				return nil, fmt.Errorf("octet %02x in %q", c, line)
			}
		}
		if end == len(rest) {
			return nil, fmt.Errorf("no end of an option in %q", line)
		}
		name, value, _ := strings.Cut(rest[:end], ":")
		if name == "content" || name == "msg" {
			var err error
			if value, err = strconv.Unquote(value); err != nil {
				return nil, fmt.Errorf("%s of %q: %v", name, line, err)
			}
		}
		if name == "content" {
			var err error
			if value, err = decode(value); err != nil {
				return nil, err
			}
		}
		r.options = append(r.options, option{name, value})
		rest = rest[end+1:]
	}
	return r, nil
}

// decode decodes the hexadecimal octets between bars of a content.
func decode(content string) (string, error) {
	parts := strings.Split(content, "|")
	if len(parts)%2 == 0 || strings.ContainsAny(content, `;":\`) {
		return "", fmt.Errorf("content %q", content)
	}
	for i := 1; i < len(parts); i += 2 {
		b, err := hex.DecodeString(strings.ReplaceAll(parts[i], " ", ""))
		if err != nil {
			return "", err
		}
		parts[i] = string(b)
	}
	return strings.Join(parts, ""), nil
}

// buffers are the sticky buffers that the rules use, with their protocol.
var buffers = map[string]string{
	"dns.query": "dns", "tls.sni": "tls", "tls.cert_fingerprint": "tls", "ja3.hash": "tls", "http.host": "http", "http.uri": "http", "http.uri.raw": "http",
	"http.user_agent": "http", "ssh.hassh": "ssh", "ssh.hassh.server": "ssh",
}

// check returns what Suricata would refuse in a rule.
func (r *rule) check() error {
	buffer, names, ends, relative := "", map[string]int{}, false, false
	for _, o := range r.options {
		names[o.name]++
		proto, isBuffer := buffers[o.name]
		switch {
		case isBuffer && proto != r.proto:
			return fmt.Errorf("%s in a rule for %s", o.name, r.proto)
		case isBuffer:
			buffer = o.name
		case o.name == "content" && (buffer == "" || o.value == "" || len(o.value) > 255):
			return fmt.Errorf("content of %d bytes in %s", len(o.value), buffer)
		case o.name == "content":
			ends, relative = false, false
		case o.name == "startswith" || o.name == "endswith":
			ends = true
		case o.name == "distance" || o.name == "within":
			relative = true
		}
		switch {
		case ends && relative:
			return fmt.Errorf("startswith or endswith with distance or within")
		case buffer == "http.host" && (o.name == "nocase" || o.name == "content" && strings.ToLower(o.value) != o.value):
			return fmt.Errorf("http.host is in lower case")
		}
	}
	for _, name := range []string{"msg", "sid", "rev", "classtype"} {
		if names[name] != 1 {
			return fmt.Errorf("%d %s", names[name], name)
		}
	}
	for _, addr := range []string{r.src, r.dst} {
		_, err := netip.ParseAddr(addr)
		if _, other := netip.ParsePrefix(addr); addr != "any" && err != nil && other != nil {
			return fmt.Errorf("address %s", addr)
		}
	}
	if r.proto == "ip" && (r.srcPort != "any" || r.dstPort != "any") {
		return fmt.Errorf("ip has no ports")
	}
	return nil
}

func (r *rule) get(name string) string {
	i := slices.IndexFunc(r.options, func(o option) bool { return o.name == name })
	if i < 0 {
		return ""
	}
	return r.options[i].value
}

// match returns what a rule matches: for each buffer the content, and how.
func (r *rule) match() string {
	s := r.proto + " " + r.src + ":" + r.srcPort + " " + r.dst + ":" + r.dstPort
	for _, o := range r.options {
		if buffers[o.name] != "" {
			s += " " + o.name
		}
		switch o.name {
		case "content":
			s += " " + o.value
		case "startswith", "endswith", "dotprefix", "nocase":
			s += " " + o.name
		}
	}
	return s
}

func rules(t *testing.T, e *misp.Event) (parsed []*rule, comments []string) {
	t.Helper()
	var b bytes.Buffer
	if err := suricata.Write(&b, e); err != nil {
		t.Fatal(err)
	}
	sids := map[string]bool{}
	for line := range strings.Lines(b.String()) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "#") {
			comments = append(comments, line)
			continue
		}
		r, err := parse(line)
		if err == nil {
			err = r.check()
		}
		if err != nil || len(line) > 8191 || sids[r.get("sid")] {
			t.Fatalf("%v: %s", err, line)
		}
		sids[r.get("sid")] = true
		parsed = append(parsed, r)
	}
	return parsed, comments
}

func event(values ...string) *misp.Event {
	e := &misp.Event{UUID: misp.UUID{1}}
	for i := 0; i < len(values); i += 2 {
		e.Attributes = append(e.Attributes, misp.Attribute{Type: misp.Type(values[i]), Value: values[i+1], ToIDS: true})
	}
	return e
}

// A message has the value as an analyst searches for it, but for what ends a message.
func TestMessages(t *testing.T) {
	rules, _ := rules(t, event("ip-dst", "2001:db8::1", "url", `http://a.example/x?y=1&z=%22;"`))
	want := []string{"Sightline: to 2001:db8::1", "Sightline: URL a.example/x?y=1&z=%22__"}
	if len(rules) != len(want) {
		t.Fatalf("%d rules", len(rules))
	}
	for i, r := range rules {
		if got := r.get("msg"); got != want[i] {
			t.Errorf("%q, want %q", got, want[i])
		}
	}
}

func TestRules(t *testing.T) {
	for _, test := range []struct {
		typ, value string
		want       []string
	}{
		{"hostname", "www.Example.com", []string{
			"dns any:any any:any dns.query www.example.com nocase startswith endswith",
			"tls any:any any:any tls.sni www.example.com nocase startswith endswith",
			"http any:any any:any http.host www.example.com startswith endswith"}},
		{"domain", "example.com", []string{
			"dns any:any any:any dns.query dotprefix .example.com nocase endswith",
			"tls any:any any:any tls.sni dotprefix .example.com nocase endswith",
			"http any:any any:any http.host dotprefix .example.com endswith"}},
		{"domain|ip", "a.example|192.0.2.1", []string{
			"dns any:any any:any dns.query a.example nocase startswith endswith",
			"tls any:any any:any tls.sni a.example nocase startswith endswith",
			"http any:any any:any http.host a.example startswith endswith"}},
		{"hostname|port", "a.example|8443", []string{
			"tls any:any any:8443 tls.sni a.example nocase startswith endswith",
			"http any:any any:8443 http.host a.example startswith endswith"}},
		{"ip-dst", "192.0.2.1", []string{"ip any:any 192.0.2.1:any"}},
		{"ip-src", "2001:db8::/32", []string{"ip 2001:db8::/32:any any:any"}},
		{"ip-dst|port", "192.0.2.1|8080", []string{"tcp any:any 192.0.2.1:8080", "udp any:any 192.0.2.1:8080"}},
		{"ip-src|port", "192.0.2.1|8080", []string{"tcp 192.0.2.1:8080 any:any", "udp 192.0.2.1:8080 any:any"}},
		{"url", "http://u@A.example:8080/x?y=\";|\\:#z", []string{`http any:any any:any http.host a.example startswith endswith http.uri.raw /x?y=";|\: startswith endswith`}},
		{"url", "http://a.example", []string{"http any:any any:any http.host a.example startswith endswith http.uri / startswith endswith"}},
		{"url", "http://a.example?q", []string{"http any:any any:any http.host a.example startswith endswith http.uri /?q startswith endswith"}},
		{"url", "http://[2001:db8::1]:80/%41", []string{"http any:any any:any http.host [2001:db8::1] startswith endswith http.uri.raw /%41 startswith endswith"}},
		{"user-agent", "evil\tagent", []string{"http any:any any:any http.user_agent evil\tagent startswith endswith"}},
		{"x509-fingerprint-sha1", "0123456789abcdef0123456789abcdef01234567",
			[]string{"tls any:any any:any tls.cert_fingerprint 01:23:45:67:89:ab:cd:ef:01:23:45:67:89:ab:cd:ef:01:23:45:67 startswith endswith"}},
		{"ja3-fingerprint-md5", "d41d8cd98f00b204e9800998ecf8427e", []string{"tls any:any any:any ja3.hash d41d8cd98f00b204e9800998ecf8427e startswith endswith"}},
		{"hassh-md5", "d41d8cd98f00b204e9800998ecf8427e", []string{"ssh any:any any:any ssh.hassh d41d8cd98f00b204e9800998ecf8427e startswith endswith"}},
		{"hasshserver-md5", "d41d8cd98f00b204e9800998ecf8427e", []string{"ssh any:any any:any ssh.hassh.server d41d8cd98f00b204e9800998ecf8427e startswith endswith"}},
	} {
		parsed, _ := rules(t, event(test.typ, test.value))
		var got []string
		for _, r := range parsed {
			got = append(got, r.match())
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %s: %s", test.typ, test.value, diff)
		}
	}
}

// A domain in an object is a host name: MISP's templates have no other relation.
func TestQueriedDomain(t *testing.T) {
	o := misp.NewObject(misp.UUID{1}, misp.TemplateDNSRecord, "a")
	if err := o.AddIndicator("queried-domain", "www.example.com"); err != nil {
		t.Fatal(err)
	}
	parsed, _ := rules(t, &misp.Event{Objects: []misp.Object{o}, Attributes: event("hostname", "www.example.com").Attributes})
	if len(parsed) != 3 || parsed[0].get("dotprefix") != "" || parsed[0].get("content") != "www.example.com" {
		t.Errorf("%d rules: %s", len(parsed), parsed[0].match())
	}
}

// Values without a rule are counted, and those not for detection have none.
func TestOmitted(t *testing.T) {
	e := event("sha256", strings.Repeat("0", 64), "url", "https://a.example/", "url", "https://a.example/", "ip-dst", "not an address", "email-src", "a@example.com")
	e.Attributes = append(e.Attributes, misp.Attribute{Type: misp.IPDst, Value: "192.0.2.1"})
	parsed, comments := rules(t, e)
	want := []string{"# without a rule: 1 email-src", "# without a rule: 1 ip-dst", "# without a rule: 1 sha256", "# without a rule: 1 url"}
	if diff := cmp.Diff(want, comments[1:]); diff != "" || len(parsed) > 0 {
		t.Errorf("%d rules, %s", len(parsed), diff)
	}
}

// The sid of a value is the same in every event, and that of another value another.
func TestSIDs(t *testing.T) {
	a, _ := rules(t, event("ip-dst", "192.0.2.1"))
	b, _ := rules(t, event("ip-dst", "192.0.2.2", "ip-dst", "192.0.2.1"))
	if sid := a[0].get("sid"); sid != b[1].get("sid") || sid == b[0].get("sid") || len(sid) != 10 || sid[0] != '1' && sid[0] != '2' {
		t.Errorf("sid %s, then %s and %s", sid, b[0].get("sid"), b[1].get("sid"))
	}
}

// A long URL has several contents that follow one another, and one beyond Suricata's
// limit of a rule has none.
func TestLongURL(t *testing.T) {
	path := "/" + strings.Repeat("a", 700)
	parsed, _ := rules(t, event("url", "http://a.example"+path))
	got := ""
	for _, o := range parsed[0].options {
		if o.name == "content" && o.value != "a.example" {
			got += o.value
		}
	}
	if got != path || parsed[0].get("within") != "255" || parsed[0].get("isdataat") != "!1,relative" {
		t.Errorf("contents %q", got)
	}
	if parsed, comments := rules(t, event("url", "http://a.example/"+strings.Repeat("\u00fc", 3000))); len(parsed) != 0 || len(comments) != 2 {
		t.Errorf("%d rules, %q", len(parsed), comments)
	}
}

// A URL without a host, a name that is longer than DNS allows, and a prefix in another
// form than Suricata's have no rule.
func TestNoRule(t *testing.T) {
	for _, e := range []*misp.Event{
		event("url", "http:///path"), event("url", "http://user@/"), event("url", "http://:80/"),
		event("domain", strings.Repeat("a", 300)+".example"), event("ip-dst", "::/08"), event("ip-src", "192.0.2.0/024"),
	} {
		if parsed, comments := rules(t, e); len(parsed) != 0 || len(comments) != 2 {
			t.Errorf("%s: %d rules, %q", e.Attributes[0].Value, len(parsed), comments)
		}
	}
}

// No value breaks out of its rule.
func FuzzRules(f *testing.F) {
	for _, s := range []string{"a", `";)`, "|00|", "\n", "\xff", `\"`, "http://a/;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, typ := range []string{"hostname", "domain", "url", "user-agent", "ip-dst", "ip-dst|port", "hostname|port", "domain|ip"} {
			rules(t, event(typ, s, typ, "http://h/"+s))
		}
	})
}
