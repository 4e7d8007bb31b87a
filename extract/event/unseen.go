package event

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
)

// Unread says which captures of a Report were not read to their end, because of
// damage or an interruption. Like those of Unseen, the texts are clauses without a
// full stop.
func Unread(r *extract.Report) (list []string) {
	for i := range r.Captures {
		list = append(list, unread(&r.Captures[i])...)
	}
	return list
}

// unread returns the clause of a capture, if it has one.
func unread(c *extract.Capture) []string {
	if c.Err == nil {
		return nil
	}
	why := c.Err.Error()
	if errors.Is(c.Err, context.Canceled) {
		why = "interrupted"
	}
	if c.Packets == 0 {
		return []string{fmt.Sprintf("%s was not read: %s", cmp.Or(baseName(c.Name), "the capture"), why)}
	}
	return []string{fmt.Sprintf("%s was read only up to packet %d: %s", cmp.Or(baseName(c.Name), "the capture"), c.Packets, why)}
}

// Unseen says what is missing from the captures of a Report as far as they were
// read: what was truncated or damaged, and what is beyond a limit. An example is "12
// packets truncated in the capture". The text of pcap-metadata objects has the same
// clauses.
func Unseen(r *extract.Report) (list []string) {
	left := r.LeftOut()
	for _, kind := range slices.Sorted(maps.Keys(left)) {
		list = append(list, fmt.Sprintf("%d observations of %s beyond the limit of distinct values", left[kind], kind))
	}
	u := &r.Unseen
	for _, loss := range append(losses(u), loss{withoutClock(r), "captures that begin on 1970-01-01, as their sensor's clock was not set: no value has first and last seen"}) {
		if loss.n > 0 {
			list = append(list, fmt.Sprintf("%d %s", loss.n, loss.what))
		}
	}
	for i, link := range slices.Sorted(maps.Keys(u.LinkTypes)) {
		if i == maxLinks {
			list = append(list, fmt.Sprintf("packets of %d more link types", len(u.LinkTypes)-maxLinks))
			break
		}
		list = append(list, fmt.Sprintf("%s of link type %v, which is not supported", many(u.LinkTypes[link], "packet"), link))
	}
	var layers []string
	for _, layer := range slices.Sorted(maps.Keys(u.Damaged)) {
		layers = append(layers, fmt.Sprintf("%d %s", u.Damaged[layer], layer))
	}
	if len(layers) > 0 {
		list = append(list, "malformed or truncated packets by layer: "+strings.Join(layers, ", "))
	}
	return list
}

// maxLinks limits the link types that Unseen names.
const maxLinks = 5

func withoutClock(r *extract.Report) (n int64) {
	for i := range r.Captures {
		if unset(r.Captures[i].First) {
			n++
		}
	}
	return n
}

// A loss counts what a Report does not cover.
type loss struct {
	n    int64
	what string
}

func losses(u *extract.Unseen) []loss {
	s := &u.Stream
	return []loss{
		{u.Skipped, "packets not decoded because reading was stopped"},
		{u.Cut, "packets truncated in the capture"},
		{u.Untimed, "packets without a time from 1970 to 9999: their values have no first and last seen"},
		{u.Early + u.Backwards, fmt.Sprintf("packets up to %v earlier than others before them: first and last seen are that precise", u.Step.Round(time.Millisecond))},
		{u.TooLong, "values longer than the limit"},
		{u.Parted + u.Crowded + int64(s.Parted), "connections closed early because too many were open at once"},
		{u.Severed, "pairs of addresses whose conversations were ended between two runs because their packets exceed the limit of the state"},
		{u.Repeated, "packets that two captures have, which were counted once"},
		{u.Unpaired, "TLS hellos, mails and logins recorded without what belongs to them because too many were waiting"},
		{int64(s.Defrag.Incomplete + s.Defrag.Evicted), "IP datagrams with missing fragments"},
		{int64(s.Defrag.Dropped), "IP datagrams dropped because their fragments overlap"},
		{int64(s.Defrag.Cut + s.Defrag.Malformed), "IP fragments truncated or malformed"},
		{s.Missing, "bytes of TCP connections missing from the capture"},
		{int64(s.Incomplete), "truncated messages"},
		{int64(s.TooLong), "messages longer than the limit"},
		{int64(s.Malformed), "messages inside HTTP or WebSocket that could not be decoded"},
		{int64(s.TooMany), "parts of mails, forms and calls beyond the limit"},
		{int64(s.TooCostly), "compressed files or headers that expand too much to be decoded"},
		{int64(s.Invalid), "invalid HTTP/2 and HTTP/3 header fields and frames, left out"},
		{int64(s.Unknown), "HTTP/2 and HTTP/3 header fields that refer to others not captured"},
		{int64(s.Disputed), "HTTP/2 and HTTP/3 requests that name two different hosts"},
		{int64(s.Schemes), "HTTP/2 and HTTP/3 requests that name another scheme than their connection's, which their URLs have"},
		{int64(s.Migrated), "QUIC packets of known connections between other addresses, not decrypted"},
		{int64(s.TooDeep + s.Defrag.TooDeep), "mails, tunnels or datagrams nested too deeply"},
		{s.Stray, "TCP bytes outside of their connection's sequence numbers"},
		{int64(s.Conflicts), "TCP segments that overlap others with different content"},
		{int64(s.Unauthentic), "records of TLS and DTLS, and QUIC packets, that could not be decrypted with the known secrets"},
		{int64(s.Undecrypted), "TLS, DTLS and QUIC connections with known secrets whose version, cipher suite or compression is not supported"},
		{u.LateSecrets, "blocks of TLS secrets after packets, which were not used"},
		{int64(s.Unmet), "transfers announced by FTP but not captured"},
		{int64(s.Evicted), "connections evicted at the memory limit"},
	}
}

// beyond says how much is left out at the limits of the event.
func beyond(attributes, objects int) (list []string) {
	if attributes > 0 {
		list = append(list, many(int64(attributes), "attribute")+" beyond the event size limit")
	}
	if objects > 0 {
		list = append(list, many(int64(objects), "object")+" beyond the event size limit")
	}
	return list
}

func many(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
