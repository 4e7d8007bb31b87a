package stream

import (
	"bytes"
	"encoding/binary"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/ssh"
)

// Limits before encryption starts.
const (
	sshMaxLine   = 1 << 10   // bytes of a line before the identification string
	sshMaxLines  = 64        // such lines
	sshMaxPacket = 256 << 10 // the limit of ssh.ParsePacket
)

// An sshFramer extracts the cleartext of SSH (RFC 4253) that describes a side:
// the identification strings, and of the first key exchange KEXINIT and the
// reply with the host key.
type sshFramer struct{ side [2]sshSide }

type sshSide struct {
	buf   buffer
	ident bool // the identification string has arrived
	first bool // it is of version 1
	lines int  // lines received
	last  Ref  // the last packet
	done  bool // the rest is skipped
}

func newSSH(Path, int) framer { return &sshFramer{} }

func (f *sshFramer) lost(s sink, side, _ int) {
	t := &f.side[side]
	if t.ident {
		t.stop(s)
	}
	t.buf.abandon(s)
}

func (f *sshFramer) push(s sink, p piece) {
	t := &f.side[p.side]
	t.last = p.ref
	for len(p.data) > 0 && !t.done {
		switch {
		case !t.ident:
			t.line(s, &p)
		case f.side[0].first || f.side[1].first:
			t.stop(s)
		default:
			t.packet(s, &p)
		}
	}
}

// line reads a line before the packets (RFC 4253 section 4.2): the
// identification string, or other text of a server.
func (t *sshSide) line(s sink, p *piece) {
	i := bytes.IndexByte(p.data, '\n')
	n := i + 1
	if i < 0 {
		n = len(p.data)
	}
	if len(t.buf.b)+n > sshMaxLine || t.lines > sshMaxLines {
		s.a.stats.TooLong++
		t.refuse(s)
		return
	}
	if i < 0 {
		t.buf.fill(s, p, len(t.buf.b)+n+1)
		return
	}
	n += len(t.buf.b)
	line, _ := t.buf.fill(s, p, n)
	t.lines++
	t.identify(s, p, line)
	t.buf.done(s, p, n)
}

// identify emits line if it is an identification string.
func (t *sshSide) identify(s sink, p *piece, line []byte) {
	id, err := ssh.ParseIdent(line)
	if err != nil {
		return
	}
	t.ident = true
	t.first = id.Version()[0] == '1' && string(id.Version()) != "1.99"
	t.emit(s, p, SSHIdent, id.Bytes())
}

func (t *sshSide) emit(s sink, p *piece, kind Kind, data []byte) {
	s.emit(Message{
		Proto: SSH, Kind: kind, FromClient: p.side == s.c.client,
		First: t.buf.first, Last: p.ref, Gap: t.buf.gap, Data: data[:len(data):len(data)],
	})
}

// packet reads a binary packet (RFC 4253 section 6).
func (t *sshSide) packet(s sink, p *piece) {
	head, ok := t.buf.fill(s, p, 4)
	if !ok {
		return
	}
	n := binary.BigEndian.Uint32(head)
	if n > uint32(min(sshMaxPacket, withDefault(s.a.MaxMessage, defaultMaxMessage))) {
		s.a.stats.TooLong++
		t.refuse(s)
		return
	}
	size := 4 + int(n)
	b, ok := t.buf.fill(s, p, size)
	if !ok {
		return
	}
	m, err := ssh.ParsePacket(b[:size])
	if err != nil {
		t.refuse(s)
		return
	}
	switch m.Message() {
	case ssh.TypeKexInit:
		t.emit(s, p, SSHKexInit, m.Payload())
	case ssh.TypeKexReply, ssh.TypeGexReply:
		t.emit(s, p, SSHKexReply, m.Payload())
	case ssh.TypeNewKeys:
		t.done = true
	}
	t.buf.done(s, p, size)
}

// stop ends the side: the rest is encrypted, invalid, or after a gap.
func (t *sshSide) stop(s sink) {
	t.done = true
	t.buf.abandon(s)
}

// refuse ends the side at a line or packet that is invalid or too long.
func (t *sshSide) refuse(s sink) {
	t.buf.drop(s)
	t.stop(s)
}

// end also accepts an identification string without a line end.
func (f *sshFramer) end(s sink, side int) {
	t := &f.side[side]
	if !t.ident && !t.done {
		t.identify(s, &piece{side: side, ref: t.last}, t.buf.b)
	}
	t.stop(s)
}

func (f *sshFramer) free(s sink) {
	f.side[0].buf.drop(s)
	f.side[1].buf.drop(s)
}

func recogniseSSH(b []byte, _ layers.Flow) (role, verdict) { return either, prefix(b, "SSH-") }
