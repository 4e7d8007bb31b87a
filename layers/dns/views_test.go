package dns

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A positive name query response (RFC 1002 section 4.2.13) and a node status
// (section 4.2.18), of FRED<20>.
const (
	nbnsName   = "20 4547464345464545434143414341434143414341434143414341434143414341 00"
	nbnsAnswer = "0003 8500 0000 0001 0000 0000" + nbnsName + "0020 0001 000493e0 0006 6000 c0000201"
	nbnsNodes  = "0005 8400 0000 0001 0000 0000" + nbnsName + "0021 0001 00000000 0019 01 465245442020202020202020202020 20 0400 00005e005301"
)

// views has every Parse function of the package, with messages that contain all
// record types. Each is truncated at every length, mutated and fuzzed, and all
// methods of its view are called.
var views = append([]viewtest.View{
	viewtest.Of(ParseMessage, reply),
	viewtest.Of(ParseNBNS, nbnsAnswer),
	viewtest.Of(ParseNBNS, nbnsNodes),
}, recordViews()...)

// recordViews returns a View of a message for each type of recordTexts.
func recordViews() (all []viewtest.View) {
	seen := map[Type]bool{}
	for _, r := range recordTexts {
		if seen[r.typ] {
			continue
		}
		seen[r.typ] = true
		data := strings.ReplaceAll(r.hex, " ", "")
		var head []byte
		head = append(head, 0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0) // one answer, of the root
		head = binary.BigEndian.AppendUint16(head, uint16(r.typ))
		head = append(head, 0, 1, 0, 0, 0, 0)
		head = binary.BigEndian.AppendUint16(head, uint16(len(data)/2))
		all = append(all, viewtest.Of(ParseMessage, hex.EncodeToString(head)+data))
	}
	return all
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views[:3], `
		id 4660 response NOERROR MX example.com 5/1/4
		id 3 query response 0 NB FRED<20> 192.0.2.1
		id 5 query response 0 NBSTAT FRED<20> FRED<20>
	`)
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }
