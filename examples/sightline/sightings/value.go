package sightings

import (
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// A kind is a set of attribute types whose values are compared with each other: an
// address is the same whether an analyst recorded it as source or as destination.
type kind struct {
	types  []misp.Type
	topics []extract.Topic // that find such values in captures
	vague  bool            // weak evidence: searched for only with -type
}

// Indexes in kinds of those that need more than a comparison of texts.
const (
	address = iota
	endpoint
	name
	nameAddress
	webURL
	mailAddress
)

var kinds = []kind{
	address:     {types: []misp.Type{misp.IPSrc, misp.IPDst}, topics: []extract.Topic{extract.IP}},
	endpoint:    {types: []misp.Type{misp.IPSrcPort, misp.IPDstPort}, topics: []extract.Topic{extract.Connections}},
	name:        {types: []misp.Type{misp.Domain, misp.Hostname}, topics: []extract.Topic{extract.DNS, extract.HTTP, extract.TLS}},
	nameAddress: {types: []misp.Type{misp.DomainIP}, topics: []extract.Topic{extract.DNS}},
	webURL:      {types: []misp.Type{misp.URL}, topics: []extract.Topic{extract.HTTP}},
	mailAddress: {types: []misp.Type{misp.Email, misp.EmailSrc, misp.EmailDst, misp.EmailReplyTo}, topics: []extract.Topic{extract.Mail}},

	{types: []misp.Type{misp.MD5, misp.FilenameMD5, misp.MalwareSample}, topics: []extract.Topic{extract.Files}},
	{types: []misp.Type{misp.SHA1, misp.FilenameSHA1}, topics: []extract.Topic{extract.Files}},
	{types: []misp.Type{misp.SHA256, misp.FilenameSHA256}, topics: []extract.Topic{extract.Files}},
	{types: []misp.Type{misp.X509MD5}, topics: []extract.Topic{extract.TLS}},
	{types: []misp.Type{misp.X509SHA1}, topics: []extract.Topic{extract.TLS}},
	{types: []misp.Type{misp.X509SHA256}, topics: []extract.Topic{extract.TLS}},
	{types: []misp.Type{misp.JA3}, topics: []extract.Topic{extract.TLS}},
	{types: []misp.Type{misp.HASSH}, topics: []extract.Topic{extract.SSH}},
	{types: []misp.Type{misp.HASSHServer}, topics: []extract.Topic{extract.SSH}},
	{types: []misp.Type{misp.SSHFingerprint}, topics: []extract.Topic{extract.SSH}},

	{types: []misp.Type{misp.UserAgent}, topics: []extract.Topic{extract.HTTP}, vague: true},
	{types: []misp.Type{misp.URI}, topics: []extract.Topic{extract.HTTP}, vague: true},
	{types: []misp.Type{misp.EmailSubject}, topics: []extract.Topic{extract.Mail}, vague: true},
	{types: []misp.Type{misp.EmailAttachment}, topics: []extract.Topic{extract.Files}, vague: true},
	{types: []misp.Type{misp.EmailMessageID}, topics: []extract.Topic{extract.Mail}, vague: true},
	{types: []misp.Type{misp.EmailXMailer}, topics: []extract.Topic{extract.Mail}, vague: true},
	{types: []misp.Type{misp.MACAddress}, topics: []extract.Topic{extract.Connections, extract.DHCP}, vague: true},
	{types: []misp.Type{misp.CommunityID}, topics: []extract.Topic{extract.Connections}, vague: true},
}

// kindOf returns the index of the kind with type t, or -1.
func kindOf(t misp.Type) int {
	return slices.IndexFunc(kinds, func(k kind) bool { return slices.Contains(k.types, t) })
}

// usualTypes returns the types searched for by default.
func usualTypes() (types []misp.Type) {
	for _, k := range kinds {
		if !k.vague {
			types = append(types, k.types...)
		}
	}
	return types
}

// A value identifies the content of an attribute in comparisons.
type value struct {
	kind int // index in kinds
	text string
}

// identify returns the value of an attribute of type t with a text as MISP stores
// it. It drops the file name before a hash, since a file may have any name, and adds
// the path "/" to a URL without a path (RFC 3986 section 6.2.3).
func identify(t misp.Type, text string) (v value, ok bool) {
	v = value{kindOf(t), text}
	switch t {
	case misp.FilenameMD5, misp.FilenameSHA1, misp.FilenameSHA256, misp.MalwareSample:
		_, v.text, _ = strings.Cut(text, "|")
	case misp.URL:
		if _, rest, _ := strings.Cut(text, "://"); !strings.ContainsAny(rest, "/?#") {
			v.text = text + "/"
		}
	}
	return v, v.kind >= 0
}

// terms returns the texts to search for v. MISP stores the two parts of a value
// separately and compares a text with each part.
func (v value) terms() []string {
	switch v.kind {
	case endpoint, nameAddress:
		first, _, _ := strings.Cut(v.text, "|")
		return []string{first}
	case webURL:
		short, root := strings.CutSuffix(v.text, "/")
		if _, rest, _ := strings.Cut(short, "://"); root && !strings.ContainsAny(rest, "/?#") {
			return []string{v.text, short}
		}
	}
	return []string{v.text}
}

// searchable reports whether MISP's search treats s literally: a leading "!" negates,
// and a leading or trailing "%" matches any text.
func searchable(s string) bool {
	return s != "" && s[0] != '!' && s[0] != '%' && s[len(s)-1] != '%'
}

// hosts returns the addresses and host names in v.
func (v value) hosts() []string {
	switch v.kind {
	case address, name:
		return []string{v.text}
	case endpoint:
		addr, _, _ := strings.Cut(v.text, "|")
		return []string{addr}
	case nameAddress:
		return strings.Split(v.text, "|")
	case webURL:
		return []string{hostOf(v.text)}
	case mailAddress:
		return []string{v.text[strings.LastIndexByte(v.text, '@')+1:]}
	}
	return nil
}

// hostOf returns the host of a URL without port and brackets. The rest of the URL may
// be malformed.
func hostOf(u string) string {
	_, rest, _ := strings.Cut(u, "://")
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		rest = rest[:i]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	if inner, _, ok := strings.Cut(strings.TrimPrefix(rest, "["), "]"); ok {
		return inner
	}
	rest, _, _ = strings.Cut(rest, ":")
	return rest
}
