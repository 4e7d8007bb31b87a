package stream

import (
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// transferCost is what an expected data connection counts as held.
const transferCost = 256

// expect registers an announced data connection. A control connection expects
// one at a time, so there are never more than connections.
func (a *Assembler) expect(t *ftpTransfer) {
	if a.expected == nil {
		a.expected = make(map[transferKey]*ftpTransfer)
	}
	if old := a.expected[t.at]; old != nil {
		a.unexpect(old)
	}
	a.expected[t.at] = t
	a.hold(transferCost)
}

// unexpect drops an announced data connection that never came.
func (a *Assembler) unexpect(t *ftpTransfer) {
	if a.expected[t.at] == t {
		a.stats.Unmet++
		a.met(t)
	}
}

func (a *Assembler) met(t *ftpTransfer) {
	delete(a.expected, t.at)
	a.hold(-transferCost)
}

// transferOf returns the framer for a connection that FTP has announced, or
// nil.
func (a *Assembler) transferOf(f layers.Flow) framer {
	if len(a.expected) == 0 {
		return nil
	}
	for _, end := range [2][2]netip.AddrPort{{f.Src, f.Dst}, {f.Dst, f.Src}} {
		if t := a.expected[transferKey{end[0], end[1].Addr()}]; t != nil {
			a.met(t)
			return &ftpDataFramer{transfer: t}
		}
	}
	return nil
}

// An ftpDataFramer extracts the file from a data connection. Directory listings
// are skipped. A file whose transfer ended as it should is reported when the
// control connection says whether it was whole.
type ftpDataFramer struct {
	transfer *ftpTransfer
	file     *fileWriter
	sender   int
	holed    [2]bool // bytes of the side were lost before the file began
	last     Ref
}

// begin begins the file, which side sends.
func (f *ftpDataFramer) begin(s sink, side int, at Ref) {
	f.sender = side
	f.file = s.beginFile(Message{Proto: FTPData, FromClient: side == s.c.client, First: at}, f.transfer.name, "")
	if f.holed[side] {
		f.file.spoil(Holed)
	}
}

func (f *ftpDataFramer) lost(_ sink, side, _ int) {
	if f.file == nil {
		f.holed[side] = true
	} else if side == f.sender {
		f.file.spoil(Holed)
	}
}

func (f *ftpDataFramer) push(s sink, p piece) {
	f.transfer.began = true
	if f.transfer.listing || f.file != nil && p.side != f.sender {
		return
	}
	if f.file == nil {
		f.begin(s, p.side, p.first())
	}
	f.last = p.ref
	f.file.write(s, p.data, p.ref)
}

// end ends the file. It is complete if its sender ended the direction, and no
// reply says otherwise.
func (f *ftpDataFramer) end(s sink, side int) {
	if f.file == nil && f.holed[side] && !f.transfer.listing {
		f.begin(s, side, Ref{}) // all of it was lost
	}
	if f.file == nil || side != f.sender {
		return
	}
	t := f.transfer
	t.file, t.sink, t.last = f.file, s, f.last
	f.file = nil
	if !s.clean {
		t.file.spoil(Unfinished)
	}
	if t.settled || !s.clean {
		t.end()
	}
}

func (f *ftpDataFramer) free(sink) {}
