package suricata

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

// builders adds the rules of a value in MISP's form, by type, and reports whether it
// could. It is read only.
var builders = map[misp.Type]func(*rules, string) bool{
	misp.Hostname:     (*rules).hostname,
	misp.OnionAddress: (*rules).hostname,
	misp.DomainIP:     func(r *rules, v string) bool { return r.hostname(before(v)) },
	misp.HostnamePort: (*rules).hostPort,
	misp.Domain:       (*rules).domain,
	misp.URL:          (*rules).url,
	misp.IPDst:        (*rules).to,
	misp.IPSrc:        (*rules).from,
	misp.IPDstPort:    (*rules).addrPort,
	misp.IPSrcPort:    (*rules).fromPort,
	misp.UserAgent: func(r *rules, v string) bool {
		return r.add(anyHTTP, "user agent "+v, "flow:established,to_server; http.user_agent; "+exactly(v, ""))
	},
	misp.X509SHA1: func(r *rules, v string) bool {
		return r.add(anyTLS, "certificate "+v, "tls.cert_fingerprint; "+exactly(colons(v), ""))
	},
	misp.JA3:         func(r *rules, v string) bool { return r.add(anyTLS, "JA3 "+v, "ja3.hash; "+exactly(v, "")) },
	misp.HASSH:       func(r *rules, v string) bool { return r.add(anySSH, "HASSH "+v, "ssh.hassh; "+exactly(v, "")) },
	misp.HASSHServer: func(r *rules, v string) bool { return r.add(anySSH, "HASSH "+v, "ssh.hassh.server; "+exactly(v, "")) },
}

const (
	anyDNS  = "alert dns any any -> any any"
	anyTLS  = "alert tls any any -> any any"
	anyHTTP = "alert http any any -> any any"
	anySSH  = "alert ssh any any -> any any"
)

func before(v string) string { v, _, _ = strings.Cut(v, "|"); return v }

// hostname matches a name, not those below it.
func (r *rules) hostname(v string) bool {
	v = strings.ToLower(v)
	return r.add(anyDNS, "DNS query for "+v, "dns.query; "+exactly(v, "nocase; ")) &&
		r.add(anyTLS, "TLS server name "+v, "flow:established,to_server; tls.sni; "+exactly(v, "nocase; ")) &&
		r.add(anyHTTP, "HTTP host "+v, "flow:established,to_server; http.host; "+exactly(v, "")) // in lower case; nocase is an error
}

// domain matches a name and those below it.
func (r *rules) domain(v string) bool {
	v = "." + strings.ToLower(v)
	if len(v) > maxContent {
		return false // no name is as long
	}
	ends := "dotprefix; " + content(v)
	return r.add(anyDNS, "DNS query for "+v[1:], "dns.query; "+ends+"nocase; endswith; ") &&
		r.add(anyTLS, "TLS server name "+v[1:], "flow:established,to_server; tls.sni; "+ends+"nocase; endswith; ") &&
		r.add(anyHTTP, "HTTP host "+v[1:], "flow:established,to_server; http.host; "+ends+"endswith; ")
}

func (r *rules) hostPort(v string) bool {
	host, port, _ := strings.Cut(strings.ToLower(v), "|")
	return r.add("alert tls any any -> any "+port, "TLS server name "+host, "flow:established,to_server; tls.sni; "+exactly(host, "nocase; ")) &&
		r.add("alert http any any -> any "+port, "HTTP host "+host, "flow:established,to_server; http.host; "+exactly(host, ""))
}

func (r *rules) to(v string) bool {
	return isAddress(v) && r.add("alert ip any any -> "+v+" any", "to "+v, "")
}

func (r *rules) from(v string) bool {
	return isAddress(v) && r.add("alert ip "+v+" any -> any any", "from "+v, "")
}

// isAddress reports whether Suricata reads s as an address or a prefix. MISP also
// accepts a length such as /08.
func isAddress(s string) bool {
	_, notAddr := netip.ParseAddr(s)
	_, notPrefix := netip.ParsePrefix(s)
	return notAddr == nil || notPrefix == nil
}

func (r *rules) addrPort(v string) bool {
	addr, port, _ := strings.Cut(v, "|")
	if !isAddress(addr) {
		return false
	}
	what := "to " + addr + " port " + port
	return r.add("alert tcp any any -> "+addr+" "+port, what, "flow:to_server; ") && r.add("alert udp any any -> "+addr+" "+port, what, "")
}

func (r *rules) fromPort(v string) bool {
	addr, port, _ := strings.Cut(v, "|")
	if !isAddress(addr) {
		return false
	}
	what := "from " + addr + " port " + port
	return r.add("alert tcp "+addr+" "+port+" -> any any", what, "") && r.add("alert udp "+addr+" "+port+" -> any any", what, "")
}

// url matches the host and the path of an http URL. Suricata decodes and shortens
// paths in http.uri, and not in http.uri.raw, which for a proxy begins with the host.
func (r *rules) url(v string) bool {
	rest, ok := strings.CutPrefix(v, "http://")
	if !ok {
		return false
	}
	rest, _, _ = strings.Cut(rest, "#") // not sent
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host, path := hostOf(rest[:end]), rest[end:]
	if host == "" {
		return false
	}
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	buffer := "http.uri; "
	if strings.ContainsAny(path, "%\\+") || strings.Contains(path, "//") || strings.Contains(path, "/.") {
		buffer = "http.uri.raw; "
	}
	return r.add(anyHTTP, "URL "+rest[:end]+path,
		"flow:established,to_server; http.host; "+exactly(host, "")+buffer+exactly(path, ""))
}

// hostOf returns the host of an authority, in lower case and without a port, as in
// http.host.
func hostOf(authority string) string {
	host := strings.ToLower(authority[strings.LastIndexByte(authority, '@')+1:])
	if i := strings.LastIndexByte(host, ':'); i >= 0 && i > strings.LastIndexByte(host, ']') {
		host = host[:i]
	}
	return host
}

// maxContent is the most bytes of one content.
const maxContent = 255

// exactly matches a buffer that is s. Each content may have more modifiers.
func exactly(s, modifiers string) string {
	first, rest := s[:min(len(s), maxContent)], s[min(len(s), maxContent):]
	if rest == "" {
		return content(first) + modifiers + "startswith; endswith; "
	}
	var b strings.Builder
	b.WriteString(content(first) + modifiers + "startswith; ")
	for rest != "" {
		part := rest[:min(len(rest), maxContent)]
		fmt.Fprintf(&b, "%s%sdistance:0; within:%d; ", content(part), modifiers, len(part))
		rest = rest[len(part):]
	}
	b.WriteString("isdataat:!1,relative; ") // endswith does not go with distance
	return b.String()
}

// content returns a content of the octets of s, in hexadecimal between bars unless
// they stand for themselves.
func content(s string) string {
	var b strings.Builder
	b.WriteString(`content:"`)
	in := false
	for i := range len(s) {
		c := s[i]
		switch hex := !plain(rune(c)); {
		case hex && in:
			fmt.Fprintf(&b, " %02x", c)
		case hex:
			fmt.Fprintf(&b, "|%02x", c)
			in = true
		default:
			if in {
				b.WriteByte('|')
			}
			b.WriteByte(c)
			in = false
		}
	}
	if in {
		b.WriteByte('|')
	}
	b.WriteString(`"; `)
	return b.String()
}

// colons returns a fingerprint in the form of Suricata: octets between colons.
func colons(hex string) string {
	var b strings.Builder
	for i := 0; i+2 <= len(hex); i += 2 {
		if i > 0 {
			b.WriteByte(':')
		}
		b.WriteString(strings.ToLower(hex[i : i+2]))
	}
	return b.String()
}
