// Package suricata writes the values of a MISP event that are for detection (to_ids)
// as Suricata rules:
//
//	ev := event.Of(rep, event.Options{Info: "Case 42"})
//	err := suricata.Write(os.Stdout, ev)
//
// Host names become rules for DNS queries, TLS server names and HTTP hosts; a domain
// includes the names below it. URLs of http become rules for host and path, addresses
// rules for packets, SHA-1 fingerprints of certificates, JA3 and HASSH rules for the
// handshake. JA3 and HASSH need app-layer.protocols.tls.ja3-fingerprints and
// app-layer.protocols.ssh.hassh in suricata.yaml.
//
// Other values have no rule: Suricata matches hashes of files only against lists in
// files of their own (filemd5, filesha1, filesha256), and an https URL is encrypted.
// Comments at the end count them.
//
// The rules are for Suricata 6 and later. The same value gives the same sid, whatever
// the event, so suricata-update can join the files of several events. Suricata itself
// refuses the second rule of a sid as a duplicate.
package suricata

import (
	"bufio"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

// Write writes the rules of an event, in its order.
func Write(w io.Writer, e *misp.Event) error {
	r := rules{event: e, known: map[string]bool{}, sids: map[uint32]bool{}, omitted: map[misp.Type]int{}}
	seen := map[string]bool{}
	for a := range e.AllAttributes() {
		if key := string(a.Type) + "\n" + a.Value; a.ToIDS && !seen[key] {
			seen[key] = true
			r.attribute(a)
		}
	}
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# Suricata rules of the MISP event %s\n", e.UUID)
	for _, line := range r.lines {
		out.WriteString(line)
		out.WriteByte('\n')
	}
	for _, t := range slices.Sorted(maps.Keys(r.omitted)) {
		fmt.Fprintf(out, "# without a rule: %d %s\n", r.omitted[t], t)
	}
	return out.Flush()
}

// rules collects the rules of an event.
type rules struct {
	event   *misp.Event
	lines   []string
	known   map[string]bool // rules, without their sid
	sids    map[uint32]bool
	omitted map[misp.Type]int
}

func (r *rules) attribute(a *misp.Attribute) {
	value, err := misp.Normalize(a.Type, a.Value)
	if err != nil {
		r.omitted[a.Type]++
		return
	}
	typ := a.Type
	if typ == misp.Domain && a.Relation != "" {
		typ = misp.Hostname // objects have domains where MISP has no relation for host names
	}
	if build := builders[typ]; build == nil || !build(r, value) {
		r.omitted[a.Type]++
	}
}

// maxRule is the most bytes of a rule that Suricata reads, less a margin
// (DETECT_MAX_RULE_SIZE).
const maxRule = 8000

// add adds a rule, unless the event has it already. It reports whether the rule is
// short enough.
func (r *rules) add(header, what, options string) bool {
	match := header + options
	if r.known[match] {
		return true
	}
	line := fmt.Sprintf("%s (msg:\"Sightline: %s\"; %sclasstype:bad-unknown; sid:%d; rev:1; metadata:misp_event %s;)",
		header, message(what), options, r.sid(match), r.event.UUID)
	if len(line) > maxRule {
		return false
	}
	r.known[match] = true
	r.lines = append(r.lines, line)
	return true
}

// sid returns the number of a rule. It is derived from what the rule matches, between
// 1000000000 and 2073741823, where no public set of rules has its own.
func (r *rules) sid(match string) uint32 {
	sum := sha1.Sum([]byte(match))
	n := binary.BigEndian.Uint32(sum[:]) & (1<<30 - 1)
	for r.sids[n] {
		n = (n + 1) & (1<<30 - 1)
	}
	r.sids[n] = true
	return 1_000_000_000 + n
}

// maxMessage is the most bytes of a value in the msg of a rule.
const maxMessage = 200

// message returns a text as part of a msg, in which some characters have a meaning.
func message(s string) string {
	s = s[:min(len(s), maxMessage)]
	return strings.Map(func(c rune) rune {
		if plain(c) || strings.ContainsRune(" @[]=,+:?&%", c) {
			return c
		}
		return '_'
	}, s)
}

// plain reports whether a character stands for itself in a content and a msg.
func plain(c rune) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c < 0x80 && strings.ContainsRune("-._/~", c)
}
