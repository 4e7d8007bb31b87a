package misp

import (
	"encoding/json"
	"strings"
)

// The forms of texts, and of what has a syntax of its own.

func anything(s string) (string, string) { return s, "" }

func lowered(s string) (string, string) { return lower(s), "" }

func oneLine(s string) (string, string) {
	if strings.IndexByte(s, '\n') >= 0 {
		return "", "it has a line end"
	}
	return s, ""
}

// noRule is the form of filename|impfuzzy, for which the server has none.
func noRule(string) (string, string) { return "", "no server has a rule for this type" }

func lowerEmail(s string) (string, string) { return email(lower(s)) }

// email is an address of a mail box whose domain has a dot.
func email(s string) (string, string) {
	user, host, ok := "", "", false
	if s != "" {
		user, host, ok = strings.Cut(s[1:], "@") // one character at least is before the @
	}
	if !ok || strings.ContainsAny(user, " \t\n\v\f\r") || !strings.Contains(host, ".") || strings.Contains(s, "\n") {
		return "", "it is no mail address"
	}
	return s, ""
}

// httpMethods are the methods of which one must occur.
var httpMethods = []string{
	"GET", "POST", "HEAD", "PUT", "CONNECT", "OPTIONS", "DELETE", "TRACE", "PROPFIND", "PROPPATCH", "MKCOL", "COPY", "MOVE",
	"LOCK", "VERSION-CONTROL", "REPORT", "CHECKOUT", "CHECKIN", "MKWORKSPACE", "UPDATE", "LABEL", "MERGE",
	"BASELINE-CONTROL", "MKACTIVITY", "ORDERPATCH", "ACL", "PATCH", "SEARCH",
}

func httpMethod(s string) (string, string) {
	s = upper(s)
	for _, m := range httpMethods {
		if strings.Contains(s, m) {
			return s, ""
		}
	}
	return "", "it is no HTTP method that the server knows"
}

// url is what MISP takes for one: any line.
func url(s string) (string, string) { return oneLine(s) }

// link is a URL (RFC 3986) as PHP's filter understands it.
func link(s string) (string, string) {
	scheme, rest, ok := strings.Cut(s, ":")
	isPrint := func(c byte) bool { return '!' <= c && c <= '~' }
	if !ok || !isScheme(scheme) || !only(s, isPrint) {
		return "", notURL
	}
	rest, slashes := strings.CutPrefix(rest, "//")
	switch lower(scheme) {
	case "http", "https":
		ok = slashes && isAuthority(rest)
	case "mailto", "news", "file":
	default:
		ok = slashes && rest != ""
	}
	if !ok {
		return "", notURL
	}
	return s, ""
}

const notURL = "it is no absolute URL in ASCII"

func isScheme(s string) bool {
	inScheme := func(c byte) bool { return isAlnum(c) || c == '+' || c == '.' || c == '-' }
	return only(s, inScheme) && !isDigit(s[0]) && isAlnum(s[0])
}

// isAuthority reports whether s begins with a host, which may have a user before
// it and a port behind.
func isAuthority(s string) bool {
	if i := strings.IndexAny(s, "/?#"); i >= 0 {
		s = s[:i]
	}
	if _, host, ok := strings.Cut(s, "@"); ok {
		s = host
	}
	if literal, ok := strings.CutPrefix(s, "["); ok {
		ip, port, _ := strings.Cut(literal, "]")
		return len(ip)+1 < len(s) && only(ip, isLiteral) && (port == "" || port[0] == ':' && isURLPort(port[1:]))
	}
	host, port, hasPort := strings.Cut(s, ":")
	return isURLHost(host) && (!hasPort || isURLPort(port))
}

func isLiteral(c byte) bool { return isHex(c) || c == ':' || c == '.' }

func isURLPort(s string) bool { return len(s) <= 5 && between(s, 0, 65535) }

// isURLHost reports whether s is of labels of letters, digits and inner hyphens.
func isURLHost(s string) bool {
	inLabel := func(c byte) bool { return isAlnum(c) || c == '-' }
	for label := range strings.SplitSeq(strings.TrimRight(s, "."), ".") {
		if len(label) > 63 || !only(label, inLabel) || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return len(s) <= 253
}

func vulnerability(s string) (string, string) {
	s = upper(strings.ReplaceAll(s, "–", "-"))
	year, number, _ := strings.Cut(strings.TrimPrefix(s, "CVE-"), "-")
	if !strings.HasPrefix(s, "CVE-") || len(year) != 4 || !only(year, isDigit) || len(number) < 4 || !only(number, isDigit) {
		return "", "it is not of the form CVE-2021-44228"
	}
	return s, ""
}

func weakness(s string) (string, string) {
	s = upper(strings.ReplaceAll(s, "–", "-"))
	if number, ok := strings.CutPrefix(s, "CWE-"); !ok || !only(number, isDigit) {
		return "", "it is not of the form CWE-79"
	}
	return s, ""
}

func serviceName(s string) (string, string) {
	if len(s) > 256 || strings.ContainsAny(s, `\/`) {
		return "", "it has a slash or more than 256 bytes"
	}
	return s, ""
}

func cortex(s string) (string, string) {
	if !json.Valid([]byte(s)) {
		return "", "it is no JSON"
	}
	return s, ""
}

func uuid(s string) (string, string) {
	if _, err := ParseUUID(s); err != nil {
		return "", "it is no UUID"
	}
	return s, ""
}
