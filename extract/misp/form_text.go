package misp

import (
	"encoding/json"
	"strings"
)

// The forms of texts and of values with a syntax of their own.

func anything(s string) (string, string) { return s, "" }

func lowered(s string) (string, string) { return lower(s), "" }

func oneLine(s string) (string, string) {
	if strings.IndexByte(s, '\n') >= 0 {
		return "", "contains a line feed"
	}
	return s, ""
}

// noRule is the form of filename|impfuzzy, which the server has no rule for.
func noRule(string) (string, string) { return "", "MISP servers have no rule for this type" }

func lowerEmail(s string) (string, string) { return email(lower(s)) }

// email is a mail address whose domain contains a dot.
func email(s string) (string, string) {
	user, host, ok := "", "", false
	if s != "" {
		user, host, ok = strings.Cut(s[1:], "@") // at least one character precedes the @
	}
	if !ok || strings.ContainsAny(user, " \t\n\v\f\r") || !strings.Contains(host, ".") || strings.Contains(s, "\n") {
		return "", "not a mail address"
	}
	return s, ""
}

// httpMethods are the server's methods. A value must contain one of them.
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
	return "", "not an HTTP method known to MISP"
}

// url is any line: MISP does not check more.
func url(s string) (string, string) { return oneLine(s) }

// link is a URL (RFC 3986) that passes PHP's URL filter.
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

const notURL = "not an absolute URL in ASCII"

func isScheme(s string) bool {
	inScheme := func(c byte) bool { return isAlnum(c) || c == '+' || c == '.' || c == '-' }
	return only(s, inScheme) && !isDigit(s[0]) && isAlnum(s[0])
}

// isAuthority reports whether s begins with a host, optionally with a user before and
// a port after it.
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

// isURLHost reports whether the labels of s consist of letters, digits and inner
// hyphens.
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
		return "", "not in the form CVE-2021-44228"
	}
	return s, ""
}

func weakness(s string) (string, string) {
	s = upper(strings.ReplaceAll(s, "–", "-"))
	if number, ok := strings.CutPrefix(s, "CWE-"); !ok || !only(number, isDigit) {
		return "", "not in the form CWE-79"
	}
	return s, ""
}

func serviceName(s string) (string, string) {
	if len(s) > 256 || strings.ContainsAny(s, `\/`) {
		return "", "contains a slash or is longer than 256 bytes"
	}
	return s, ""
}

func cortex(s string) (string, string) {
	if !json.Valid([]byte(s)) {
		return "", "not JSON"
	}
	return s, ""
}

func uuid(s string) (string, string) {
	if _, err := ParseUUID(s); err != nil {
		return "", "not a UUID"
	}
	return s, ""
}
