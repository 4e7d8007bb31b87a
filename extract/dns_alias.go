package extract

import (
	"bytes"

	"github.com/sightline-go/sightline/layers/dns"
)

// maxAliases limits the aliases of an answer that are followed. If there are
// more, all records of the answer count as asked for.
const maxAliases = 16

// aliases follows the aliases of a question in the answer to it, in any order. The
// names are in the form of Query.Name.
type aliases struct {
	question []byte
	asked    bool // the message has a question
	read     bool // list holds the answer's aliases
	full     bool // the answer has more
	list     [maxAliases]alias
	n        int
}

// An alias is a CNAME, SVCB or HTTPS record. Its memory is reused.
type alias struct {
	owner, target []byte
	reached       bool // from the question
}

func (a *aliases) reset() { a.asked, a.read, a.full, a.n = false, false, false, 0 }

// ask sets the question. It ignores all but the first: no server answers several (RFC
// 9619).
func (a *aliases) ask(name []byte) {
	if !a.asked {
		a.question, a.asked = append(a.question[:0], name...), true
	}
}

// answersFor returns the question that a record of w.name answers by way of aliases, or
// nil if that is w.name itself. It reports glue if nobody asked for the record.
func (w *worker) answersFor(msg dns.Message, section dns.Section, of dns.Type) (question []byte, glue bool) {
	a := &w.aliases
	switch {
	case section != dns.Answer:
		return nil, true
	case !a.asked || bytes.Equal(w.name, a.question):
		return nil, false
	}
	if !a.read {
		w.readAliases(msg)
	}
	if a.full || a.lead(w.name) || of == dns.TypeDNAME && a.below(w.name) {
		return a.question, false
	}
	return nil, true
}

// aliasOf returns the name to which a CNAME, SVCB or HTTPS record leads.
func aliasOf(rr dns.Resource) (dns.Name, bool) {
	if rr.Type == dns.TypeCNAME {
		return rr.Target()
	}
	svcb, ok := rr.SVCB()
	return svcb.Target, ok
}

// readAliases reads the aliases of an answer and follows them.
func (w *worker) readAliases(msg dns.Message) {
	a := &w.aliases
	a.read = true
	for rr := range msg.Answers() {
		target, ok := aliasOf(rr)
		if !ok {
			continue
		}
		if a.n == maxAliases {
			a.full = true
			return
		}
		c := &a.list[a.n]
		c.owner, c.target = w.appendName(c.owner[:0], rr.Name), w.appendName(c.target[:0], target)
		c.reached = false
		a.n++
	}
	for grown := true; grown; {
		grown = false
		for i := range a.list[:a.n] {
			if c := &a.list[i]; !c.reached && (bytes.Equal(c.owner, a.question) || a.lead(c.owner)) {
				c.reached, grown = true, true
			}
		}
	}
}

// lead reports whether the aliases of the question lead to a name.
func (a *aliases) lead(name []byte) bool {
	for i := range a.list[:a.n] {
		if a.list[i].reached && bytes.Equal(a.list[i].target, name) {
			return true
		}
	}
	return false
}

// below reports whether the question or a name that its aliases lead to is below a
// zone: the owner of a DNAME record, which redirects them (RFC 6672).
func (a *aliases) below(zone []byte) bool {
	if isBelow(a.question, zone) {
		return true
	}
	for i := range a.list[:a.n] {
		if a.list[i].reached && isBelow(a.list[i].target, zone) {
			return true
		}
	}
	return false
}

func isBelow(name, zone []byte) bool {
	rest, ok := bytes.CutSuffix(name, zone)
	return ok && bytes.HasSuffix(rest, []byte{'.'}) && !bytes.HasSuffix(rest, []byte(`\.`))
}
