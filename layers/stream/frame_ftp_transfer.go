package stream

import (
	"net/netip"
	"slices"
)

// An ftpTransfer is a data connection that a control connection has announced.
type ftpTransfer struct {
	at   transferKey
	name string

	// listing: the transfer lists a directory. partial: it is only a range of
	// the file. coded: it is not as in the file.
	named, listing, partial, coded bool // a command has set these and the name

	accepted bool // the server has said that it begins
	aborted  bool // a side has said that it is not whole
	settled  bool // the control connection will say nothing more of it
	began    bool // data was captured
	unclear  bool // the name may be of another transfer

	file *fileWriter // complete, but for what the control connection says; nil: none
	sink sink        // of file
	last Ref         // of file
}

// A transferKey identifies a data connection. Its addresses are those of the
// control connection: if PORT or PASV name another address, a NAT has not
// translated it, or it is of a third host, whose connection has other
// endpoints.
type transferKey struct {
	listener netip.AddrPort
	peer     netip.Addr
}

// settle ends the file, unless its data connection is still open: the control
// connection has said all that it will say.
func (t *ftpTransfer) settle() {
	t.settled = true
	if t.file != nil {
		t.end()
	}
}

func (t *ftpTransfer) end() {
	if t.partial {
		t.file.spoil(Partial)
	}
	if t.coded {
		t.file.spoil(Encoded)
	}
	if t.aborted {
		t.file.spoil(Unfinished)
	}
	if t.unclear {
		t.name = ""
	}
	t.file.file.Name = t.name // the command may have been captured after the data
	t.file.end(t.sink, t.last)
	t.file = nil
}

// during processes a reply to a command after a transfer, such as STAT or NOOP,
// which is answered during the transfer (RFC 959 section 4.1.3).
func (f *ftpFramer) during() {
	if q := &f.pending; len(q.waiting) > 1 && !q.waiting[1].lost {
		q.waiting[0].cost += q.waiting[1].cost
		q.waiting = slices.Delete(q.waiting, 1, 2)
	}
}

// unasked processes a reply whose command is not known, but that begins or ends
// a transfer.
func (f *ftpFramer) unasked(code int) {
	t := f.transfer
	if t == nil {
		return
	}
	switch code {
	case 125, 150:
		t.unclear = t.unclear || !t.accepted
	case 226, 425, 426, 451, 452, 551, 552:
		t.unclear = t.unclear || !t.accepted
		if t.began {
			t.aborted = t.aborted || code != 226
			t.settle()
		}
	}
}

// doubt records that the command whose name the transfer has may not be its
// own: no reply to it was captured, but perhaps it was refused, and another
// followed.
func (f *ftpFramer) doubt() {
	t, after := f.transfer, false
	if t == nil || !f.pending.unsure || !t.named || t.accepted || t.settled {
		return
	}
	for i := range f.pending.waiting {
		w := &f.pending.waiting[i]
		t.unclear = t.unclear || after && (w.lost || w.kind.unmet())
		after = after || w.kind.to == t
	}
}

// wholeFile records that the REST before the oldest file was refused.
func (f *ftpFramer) wholeFile() {
	f.restart = false
	for i := range f.pending.waiting {
		if k := &f.pending.waiting[i].kind; k.kind == ftpFile {
			k.partial = false
			if k.to != nil {
				k.to.partial = false
			}
			return
		}
	}
}

// unmet reports whether the command waits for a data connection.
func (k *ftpCommand) unmet() bool { return (k.kind == ftpFile || k.kind == ftpList) && k.to == nil }

// next returns the oldest command that waits for a data connection, or nil.
func (f *ftpFramer) next() *ftpCommand {
	for i := range f.pending.waiting {
		if k := &f.pending.waiting[i].kind; k.unmet() {
			return k
		}
	}
	return nil
}

// assign gives the announced transfer the name of the oldest command that waits
// for one. A port of the client may serve several transfers.
func (f *ftpFramer) assign(s sink) {
	k := f.next()
	if k == nil || f.transfer == nil {
		return
	}
	if at := f.transfer.at; f.transfer.settled && at.listener.Addr() == s.c.Flow.Src.Addr() {
		f.expect(s, at)
	}
	t := f.transfer
	if t.named || t.settled || t.file != nil {
		return
	}
	k.to = t
	t.named, t.listing, t.partial, t.coded = true, k.kind == ftpList, k.partial, f.coded
	t.aborted, t.unclear = false, false
	f.setName(s, k.name)
}

func (f *ftpFramer) setName(s sink, name string) {
	s.a.hold(len(name) - f.named)
	f.transfer.name, f.named = name, len(name)
}

// announce expects a data connection, to a port of the client if active,
// otherwise to one of the server. It is not for earlier commands.
func (f *ftpFramer) announce(s sink, port uint16, active bool) {
	for i := range f.pending.waiting {
		if k := &f.pending.waiting[i].kind; k.unmet() {
			k.kind = ftpOther
		}
	}
	client, server := s.c.Flow.Src.Addr(), s.c.Flow.Dst.Addr()
	at := transferKey{netip.AddrPortFrom(server, port), client}
	if active {
		at = transferKey{netip.AddrPortFrom(client, port), server}
	}
	f.expect(s, at)
}

// expect expects a data connection. It replaces an earlier one that never came.
func (f *ftpFramer) expect(s sink, at transferKey) {
	f.forget(s)
	if at.listener.Port() != 0 {
		f.transfer = &ftpTransfer{at: at}
		s.a.expect(f.transfer)
	}
}

// forget ends the last transfer: its reply is not awaited any longer, and its
// data connection not expected.
func (f *ftpFramer) forget(s sink) {
	if t := f.transfer; t != nil {
		if t.unclear {
			f.setName(s, "")
		}
		s.a.unexpect(f.transfer)
		f.transfer.settle()
		s.a.hold(-f.named)
		f.transfer, f.named = nil, 0
	}
}
