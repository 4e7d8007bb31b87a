// Package zeek writes the values of a MISP event that are for detection (to_ids) as a
// file for the intelligence framework of Zeek:
//
//	ev := event.Of(rep, event.Options{Info: "Case 42"})
//	err := zeek.WriteIntel(os.Stdout, ev)
//
// In Zeek, load policy/frameworks/intel/seen and name the file in Intel::read_files.
// Zeek compares values exactly: a domain does not include the names below it. It
// sees URLs of http, and hashes of files that its scripts compute: with
// frameworks/files/hash-all-files MD5 and SHA-1. Comments at the end count the values of
// types that the framework does not have, such as JA3 fingerprints.
package zeek

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

// kinds maps attribute types to those of Zeek's Intel::Type. It is read only.
var kinds = map[misp.Type]string{
	misp.IPSrc:    "Intel::ADDR",
	misp.IPDst:    "Intel::ADDR",
	misp.Hostname: "Intel::DOMAIN", misp.Domain: "Intel::DOMAIN", misp.DomainIP: "Intel::DOMAIN", misp.OnionAddress: "Intel::DOMAIN",
	misp.URL:       "Intel::URL",
	misp.UserAgent: "Intel::SOFTWARE",
	misp.Email:     "Intel::EMAIL", misp.EmailSrc: "Intel::EMAIL", misp.EmailDst: "Intel::EMAIL", misp.EmailReplyTo: "Intel::EMAIL",
	misp.MD5: "Intel::FILE_HASH", misp.SHA1: "Intel::FILE_HASH", misp.SHA256: "Intel::FILE_HASH",
	misp.FilenameMD5: "Intel::FILE_HASH", misp.FilenameSHA1: "Intel::FILE_HASH", misp.FilenameSHA256: "Intel::FILE_HASH",
	misp.Filename: "Intel::FILE_NAME", misp.EmailAttachment: "Intel::FILE_NAME",
	misp.X509SHA1: "Intel::CERT_HASH",
}

// WriteIntel writes the values of an event, in its order, each once.
func WriteIntel(w io.Writer, e *misp.Event) error {
	out := bufio.NewWriter(w)
	out.WriteString("#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url\n")
	source := e.Orgc.Name
	if source == "" {
		source = "Sightline"
	}
	known, seen, omitted := map[string]bool{}, map[string]bool{}, map[misp.Type]int{}
	for a := range e.AllAttributes() {
		key := string(a.Type) + "\n" + a.Value
		if !a.ToIDS || seen[key] {
			continue
		}
		seen[key] = true
		indicator, kind := intel(a)
		if indicator == "" {
			omitted[a.Type]++
			continue
		}
		if row := field(indicator) + "\t" + kind; !known[row] {
			known[row] = true
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", row, field(source), field(describe(e, a)), field(""))
		}
	}
	for _, t := range slices.Sorted(maps.Keys(omitted)) {
		fmt.Fprintf(out, "# without a type in Zeek: %d %s\n", omitted[t], t)
	}
	return out.Flush()
}

// intel returns the indicator of an attribute and its type, or "" if it has none.
func intel(a *misp.Attribute) (indicator, kind string) {
	kind = kinds[a.Type]
	value, err := misp.Normalize(a.Type, a.Value)
	if kind == "" || err != nil {
		return "", ""
	}
	switch {
	case a.Type == misp.DomainIP:
		value, _, _ = strings.Cut(value, "|")
	case a.Type.Composite():
		value = value[strings.LastIndexByte(value, '|')+1:] // the hash
	case a.Type == misp.URL:
		_, rest, ok := strings.Cut(value, "://")
		value, _, _ = strings.Cut(rest, "#") // not sent
		if !ok {
			return "", ""
		}
		if !strings.Contains(value, "/") {
			value += "/"
		}
	case kind == "Intel::ADDR" && strings.Contains(value, "/"):
		kind = "Intel::SUBNET"
	}
	return value, kind
}

// describe returns a description: the comment, or the event's title.
func describe(e *misp.Event, a *misp.Attribute) string {
	if a.Comment != "" {
		return a.Comment
	}
	return e.Info
}

// field returns a text as a field of Zeek's ASCII reader, in ASCII without control
// characters: it reads \x and two digits as an octet. "-" alone is a field without a
// value.
func field(s string) string {
	switch s {
	case "":
		return "-"
	case "-":
		return `\x2d`
	case "(empty)":
		return `\x28empty)`
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '\\' || c == '#' && i == 0 {
			fmt.Fprintf(&b, `\x%02x`, c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
