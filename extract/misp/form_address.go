package misp

import (
	"net/netip"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// The forms of addresses, ports and names.

// prefix is an IP address or a prefix. The length of a prefix that is a single
// address is removed.
func prefix(s string) (string, string) {
	s = compress(s)
	ip, length, ok := strings.Cut(s, "/")
	switch bits := addrBits(ip); {
	case bits == 0:
		return "", "not an IP address"
	case ok && !between(length, 0, uint64(bits)):
		return "", "invalid prefix length"
	}
	return s, ""
}

// compress compresses an IPv6 address and removes the length of a prefix that is a
// single address. Like the server, it leaves an address that begins with a colon
// unchanged, and removes /32 from anything with a dot.
func compress(s string) string {
	slash := strings.IndexByte(s, '/')
	if slash <= 0 {
		return compressAddr(s)
	}
	ip, length := compressAddr(s[:slash]), s[slash+1:]
	if length == "32" && strings.Contains(s, ".") || length == "128" && strings.IndexByte(s, ':') > 0 {
		return ip
	}
	return join(s, ip, "/", length)
}

func compressAddr(s string) string {
	if strings.IndexByte(s, ':') <= 0 {
		return s
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return s
	}
	if b := a.As16(); [12]byte(b[:12]) == [12]byte{} && (b[12] != 0 || b[13] != 0) {
		// The C library formats the last 32 bits of these like an IPv4 address.
		return "::" + netip.AddrFrom4([4]byte(b[12:])).String()
	}
	var buf [len("1111:2222:3333:4444:5555:6666:255.255.255.255")]byte
	if b := a.AppendTo(buf[:0]); string(b) != s {
		return string(b)
	}
	return s
}

// addrBits returns the length in bits of the address s, or 0 if s is not an address
// or has a zone.
func addrBits(s string) int {
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return 0
	}
	return a.BitLen()
}

// join returns a + separator + b, without allocation if that is s.
func join(s, a, separator, b string) string {
	rest, ok := strings.CutPrefix(s, a)
	if ok {
		rest, ok = strings.CutPrefix(rest, separator)
	}
	if ok && rest == b {
		return s
	}
	return a + separator + b
}

// between reports whether s is a decimal number from low to high.
func between(s string, low, high uint64) bool {
	n, err := strconv.ParseUint(s, 10, 64)
	return err == nil && low <= n && n <= high
}

func isPort(s string) bool { return between(s, 1, 65535) }

const noPort = "port is not from 1 to 65535"

func port(s string) (string, string) {
	if !isPort(s) {
		return "", noPort
	}
	return s, ""
}

// addrPort is an address and a port, in any notation that splitPort accepts.
func addrPort(s string) (string, string) {
	ip, port, ok := splitPort(s)
	ip = compress(ip)
	switch {
	case !ok || addrBits(ip) == 0:
		return "", "not an IP address and port"
	case !isPort(port):
		return "", noPort
	}
	return join(s, ip, "|", port), ""
}

// splitPort splits 192.0.2.1:80 and 192.0.2.1|80 and, for IPv6, [2001:db8::1]:80 and
// 2001:db8::1 followed by |80, .80, " port 80", p80, #80 or :80.
func splitPort(s string) (ip, port string, ok bool) {
	separators := []string{":", "|"}
	if strings.Count(s, ":") >= 2 {
		separators = []string{"|", ".", " port ", "p", "#"}
		if inner, rest, closed := strings.Cut(s, "]"); closed && s[0] == '[' && strings.IndexByte(s, '|') < 0 {
			_, rest, _ = strings.Cut(rest, ":")
			port, _, _ = strings.Cut(rest, ":")
			return inner[1:], port, true
		}
	}
	for _, sep := range separators {
		if strings.Index(s, sep) > 0 {
			ip, rest, _ := strings.Cut(s, sep)
			port, _, _ = strings.Cut(rest, sep)
			return ip, port, true
		}
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 {
		return s[:i], s[i+1:], true
	}
	return "", "", false
}

func hostname(s string) (string, string) {
	s = lower(s)
	if !isHostname(s) {
		return "", "not a host name"
	}
	return s, ""
}

func hostnamePort(s string) (string, string) {
	s = strings.ReplaceAll(lower(s), ":", "|")
	name, port, _ := strings.Cut(s, "|")
	switch {
	case !isHostname(name):
		return "", "not a host name and port"
	case !isPort(port):
		return "", noPort
	}
	return s, ""
}

func domain(s string) (string, string) {
	s = domainName(lower(s))
	if !isHostname(s) {
		return "", "not a domain name"
	}
	return s, ""
}

func domainIP(s string) (string, string) {
	name, rest, ok := strings.Cut(lower(s), "|")
	ip, _, _ := strings.Cut(rest, "|")
	name, ip = domainName(name), compress(ip)
	switch {
	case !ok:
		return "", "not a domain name and IP address separated by |"
	case !isHostname(name):
		return "", "first part is not a domain name"
	case addrBits(ip) == 0:
		return "", "second part is not an IP address"
	}
	return join(s, name, "|", ip), ""
}

// maxIDN limits, in bytes, the names converted from Unicode: 253 characters.
const maxIDN = 4 * 253

var idn = idna.New(idna.MapForLookup(), idna.Transitional(true), idna.StrictDomainName(false), idna.VerifyDNSLength(true))

// domainName trims dots and converts a Unicode name to ASCII.
func domainName(s string) string {
	s = strings.Trim(s, ".")
	if isHostname(s) || len(s) > maxIDN {
		return s
	}
	ascii, err := idn.ToASCII(s)
	if err != nil {
		return s
	}
	return ascii
}

// isHostname applies the server's pattern: letters, digits, dots, hyphens and
// underscores, and a last label of at least two characters without underscore.
func isHostname(s string) bool {
	dot := strings.LastIndexByte(s, '.')
	if dot < 1 || len(s)-dot-1 < 2 || strings.Contains(s[dot:], "_") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlnum(c) && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// onion is the name of a Tor onion service, version 2 or 3.
func onion(s string) (string, string) {
	s = lower(s)
	name, ok := strings.CutSuffix(s, ".onion")
	isBase32 := func(c byte) bool { return 'a' <= c && c <= 'z' || '2' <= c && c <= '7' }
	if !ok || len(name) != 16 && len(name) != 56 || !only(name, isBase32) {
		return "", "not an onion address"
	}
	return s, ""
}

var macMarks = strings.NewReplacer(".", "", ":", "", "-", "", " ", "")

// macOf is a hardware address of n octets.
func macOf(n int) form {
	return func(s string) (string, string) {
		if isMAC(s, n) {
			return s, ""
		}
		digits := macMarks.Replace(lower(s))
		if len(digits) != 2*n || !only(digits, isHex) {
			return "", "not a hardware address of " + strconv.Itoa(n) + " octets"
		}
		b := make([]byte, 0, 3*n)
		for i := 0; i < len(digits); i += 2 {
			b = append(append(b, digits[i:i+2]...), ':')
		}
		return string(b[:3*n-1]), ""
	}
}

// isMAC reports whether s is a hardware address of n octets in the server's form.
func isMAC(s string, n int) bool {
	if len(s) != 3*n-1 {
		return false
	}
	for i := range len(s) {
		if c := s[i]; i%3 == 2 && c != ':' || i%3 != 2 && (!isHex(c) || 'A' <= c && c <= 'F') {
			return false
		}
	}
	return true
}

// asNumber is the number of an autonomous system, also in the asdot notation of RFC
// 5396.
func asNumber(s string) (string, string) {
	if len(s) >= 2 && lower(s[:2]) == "as" {
		s = s[2:]
	}
	if high, low, ok := strings.Cut(s, "."); ok && between(high, 0, 1<<32-1) && between(low, 0, 1<<32-1) {
		h, _ := strconv.ParseUint(high, 10, 64)
		l, _ := strconv.ParseUint(low, 10, 64)
		s = strconv.FormatUint(h<<16+l, 10)
	}
	if !between(s, 0, 1<<32-1) {
		return "", "not an AS number"
	}
	return s, ""
}
