package dns

import (
	"bytes"
	"encoding/base64"
)

// FromTarget returns the message in the target of a GET request of DNS over HTTPS:
// the parameter dns, in base64url (RFC 8484 section 4.1). It reports false if there is
// no such parameter. A message that is not in base64url ends where that does.
func FromTarget(target []byte) (message []byte, ok bool) {
	const name = "dns="
	if !bytes.Contains(target, []byte(name)) {
		return nil, false
	}
	_, query, _ := bytes.Cut(target, []byte{'?'})
	query, _, _ = bytes.Cut(query, []byte{'#'})
	for param := range bytes.SplitSeq(query, []byte{'&'}) {
		if value, ok := bytes.CutPrefix(param, []byte(name)); ok {
			value = bytes.TrimRight(value, "=")
			b := make([]byte, base64.RawURLEncoding.DecodedLen(len(value)))
			n, _ := base64.RawURLEncoding.Decode(b, value)
			return b[:n], true
		}
	}
	return nil, false
}

// IsQuery reports whether b is a valid query for one name of the Internet, and no
// longer than a message can be. Other bytes hardly ever are.
func IsQuery(b []byte) bool {
	m, err := ParseMessage(b)
	if err != nil || len(b) > maxMessage || m.Response() || m.QDCount() != 1 || m.Validate() != nil {
		return false
	}
	for q := range m.Questions() {
		return q.Class == ClassIN || q.Class == ClassANY
	}
	return false
}
