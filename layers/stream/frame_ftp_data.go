package stream

import (
	"net/netip"

	"github.com/sightline-go/sightline/layers"
)

// transferCost is what a data connection that is expected counts for.
const transferCost = 256

// expect waits for a data connection. A control connection waits for one at a
// time, so there are never more than connections.
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

// unexpect waits no longer for a data connection.
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

// transferOf returns the framer for a connection that FTP has announced, nil for
// any other.
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

// An ftpDataFramer takes the file out of a data connection. Directories are
// passed over.
type ftpDataFramer struct {
	transfer *ftpTransfer
	file     *fileWriter
	sender   int
	holed    [2]bool // bytes of the side were lost before the file began
	last     Ref
}

// begin begins the file that a side sends, at a packet.
func (f *ftpDataFramer) begin(s sink, side int, at Ref) {
	f.sender = side
	f.file = s.beginFile(Message{Proto: FTPData, FromClient: side == s.c.client, First: at}, f.transfer.name, "")
	if f.transfer.partial {
		f.file.spoil(Partial)
	}
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
	if f.transfer.listing || f.file != nil && p.side != f.sender {
		return
	}
	if f.file == nil {
		f.begin(s, p.side, p.first())
	}
	f.last = p.ref
	f.file.write(s, p.data, p.ref)
}

// end ends the file, which is whole when its sender ended the direction.
func (f *ftpDataFramer) end(s sink, side int) {
	if f.file == nil && f.holed[side] && !f.transfer.listing {
		f.begin(s, side, Ref{}) // all of it was lost
	}
	if f.file == nil || side != f.sender {
		return
	}
	if !s.clean {
		f.file.spoil(Unfinished)
	}
	f.file.file.Name = f.transfer.name // the command may have been captured after the data
	f.file.end(s, f.last)
	f.file = nil
}

func (f *ftpDataFramer) free(sink) {}
