package event

import (
	"cmp"
	"slices"

	"github.com/sightline-go/sightline/extract/misp"
)

// classes are the types of attributes by weight, the heaviest first: what was
// delivered, where from, who was contacted.
var classes = [...][]misp.Type{
	{misp.FilenameSHA256, misp.SHA256, misp.SHA1, misp.MD5, misp.Filename},
	{misp.URL},
	{misp.DomainIP, misp.Hostname, misp.Domain},
	{misp.IPDstPort, misp.IPDst, misp.IPSrc},
	{misp.X509SHA256, misp.X509SHA1, misp.X509MD5},
	{misp.EmailSrc, misp.EmailReplyTo, misp.EmailAttachment, misp.EmailSubject},
}

// compareWeight orders indicators by weight, and those of the same weight by time.
func compareWeight(a, b *indicator) int {
	if a.weight != b.weight {
		return cmp.Compare(a.weight, b.weight)
	}
	if c := a.fact.First.Compare(b.fact.First); c != 0 {
		return c
	}
	return cmp.Or(compareTypes(a.typ, b.typ), compareIndicators(a, b))
}

// weigh returns the place of an indicator by what an analyst looks at first: those for
// detection before context, then by class, names in use before those only queried,
// and those of suspect hosts before others.
func (i *indicator) weigh() uint32 {
	w := uint32(i.verdict)<<16 | uint32(i.class())<<8 | uint32(i.use())<<1
	if !i.suspect {
		w |= 1
	}
	return w
}

func (i *indicator) class() int {
	if n := slices.IndexFunc(classes[:], func(c []misp.Type) bool { return slices.Contains(c, i.typ) }); n >= 0 {
		return n
	}
	return len(classes)
}

// use returns 0 for a value in use, 1 for a name that was only queried, and 2 for one
// that does not exist.
func (i *indicator) use() int {
	switch {
	case i.absent():
		return 2
	case i.rule == QueriedName, i.rule == RequestedURL:
		return 1
	}
	return 0
}
