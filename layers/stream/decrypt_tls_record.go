package stream

import (
	"encoding/binary"
	"slices"

	"github.com/sightline-go/sightline/layers/tls"
)

// sealed reports whether the next record of a side is protected with known keys.
func (f *tlsFramer) sealed(s sink, p *piece) bool {
	t := &f.side[p.side]
	if t.sealed {
		return true
	}
	if s.a.Keys == nil || f.open == nil || f.open.random == nil {
		return false
	}
	h, ok := t.header.fill(s, p, tlsRecordLen)
	t.sealed = ok && f.open.seals(s, p.side, tls.ContentType(h[0]), t.changed)
	return t.sealed
}

// unseal expects cleartext from a side.
func (f *tlsFramer) unseal(s sink, side int) {
	if t := &f.side[side]; t.sealed {
		t.header.abandon(s)
		t.sealed = false
		r := &f.open.side[side]
		r.epochs, r.resync = nil, false
	}
}

// lostSealed notes n missing bytes of a side that sends protected records, or may
// have begun to. It reports whether their keys are known.
func (f *tlsFramer) lostSealed(s sink, side, n int) bool {
	t := &f.side[side]
	if f.open == nil || t.done || !t.sealed && !f.open.seal(s, side) {
		return false
	}
	t.torn = t.torn || !t.sealed
	t.sealed = true
	r := &f.open.side[side]
	r.missing += n + len(t.header.b)
	r.resync = true
	for _, p := range r.epochs {
		p.Lose()
	}
	t.left = 0
	t.header.abandon(s)
	t.hand.abandon(s)
	return true
}

// openNext opens the next record. It reports whether there may be another one in p.
func (f *tlsFramer) openNext(s sink, p *piece) bool {
	t, r := &f.side[p.side], &f.open.side[p.side]
	if r.resync {
		f.findRecord(s, p)
		return false
	}
	h, ok := t.header.fill(s, p, tlsRecordLen)
	if !ok {
		return false
	}
	size := tlsRecordLen + int(binary.BigEndian.Uint16(h[3:]))
	if !isTLSRecord(h) || size > tlsRecordLen+tlsMaxRecord {
		s.a.stats.Unauthentic++
		r.resync = true
		f.findRecord(s, p)
		return false
	}
	b, ok := t.header.fill(s, p, size)
	if !ok {
		return false
	}
	b, r.first = b[:size:size], t.header.first
	t.header.done(s, p, size)
	if r.clear(b) {
		f.clearRecord(s, p, b)
		return !t.done
	}
	content, typ, lost, ok := r.open(s, b)
	if ok {
		f.opened(s, p, content, typ, lost)
		return !t.done
	}
	s.a.stats.Unauthentic++
	r.missing += size
	if r.failed++; r.failed == tlsMaxFailed {
		t.stop(s)
	}
	return !t.done
}

// clear reports whether a record is not protected: in TLS 1.3, all but those of
// application data.
func (r *sealed) clear(b []byte) bool {
	return len(r.epochs) > 0 && r.epochs[0].Is13() && b[0] != byte(tls.ContentApplicationData)
}

// clearRecord processes a record in cleartext of a side that also sends protected
// ones: the second ClientHello after early data that was rejected. Other records
// mean nothing (RFC 8446 appendix D.4).
func (f *tlsFramer) clearRecord(s sink, p *piece, b []byte) {
	o, t := f.open, &f.side[p.side]
	if b[0] != byte(tls.ContentHandshake) || o.negotiated || p.side != s.c.client {
		return
	}
	t.sealed, t.changed = false, false
	o.side[p.side].epochs = nil
	q := o.side[p.side].piece(p)
	q.data = b[tlsRecordLen:]
	t.messages(s, &q, o, false)
}

// piece returns the place of the record that ends where p begins.
func (r *sealed) piece(p *piece) piece {
	q := piece{side: p.side, ref: p.ref, end: p.end - uint32(len(p.data)), seen: p.seen, placed: p.placed}
	if r.first != p.ref {
		q.origin = &r.first
	}
	return q
}

// open opens a record. If it succeeds, lost is how many bytes of content are
// missing before it. If records are missing, it tries several numbers, and the keys
// after a key update.
func (r *sealed) open(s sink, b []byte) (content []byte, typ tls.ContentType, lost int, ok bool) {
	head, body := b[:tlsRecordLen], b[tlsRecordLen:]
	keys := r.epochs
	if len(keys) == 0 {
		return nil, 0, 0, false
	}
	if r.missing > 0 && keys[len(keys)-1].Is13() && s.buysKeys() {
		keys = append(slices.Clip(keys), keys[len(keys)-1].Next())
	}
	dst := slices.Grow(s.a.getSpare()[:0], len(body))
	defer s.a.lend(dst)
	record := tlsRecordLen + keys[0].Overhead() // the shortest one
	for skipped := range min(r.missing/record, tlsMaxLost) + 1 {
		for i, p := range keys {
			cost := p.Cost(len(body))
			if s.a.left(s.c) < cost {
				return nil, 0, 0, false
			}
			s.a.spend(s.c, cost)
			seq := uint64(skipped)
			if i == 0 {
				seq += r.seq
			}
			content, typ, ok = p.Open(dst, head, body, seq)
			if !ok {
				continue
			}
			if r.missing > 0 && (i == 0 || seq > 0) {
				lost = max(r.missing-skipped*record, 0)
			}
			r.epochs, r.seq = keys[i:], seq+1
			r.missing, r.failed, r.resync = 0, 0, false
			return content, typ, lost, true
		}
	}
	for _, p := range keys {
		p.Skip(body)
	}
	return nil, 0, 0, false
}

// opened processes the content of a record. The record ends where p begins.
func (f *tlsFramer) opened(s sink, p *piece, content []byte, typ tls.ContentType, lost int) {
	o, t := f.open, &f.side[p.side]
	t.torn = false
	if !o.counted {
		o.counted = true
		s.a.hold(keysCost)
		s.a.stats.Decrypted++
	}
	if lost > 0 {
		t.hand.abandon(s)
		o.dig(s).lost(s, p.side, lost)
	}
	q := o.side[p.side].piece(p)
	q.data = content
	switch typ {
	case tls.ContentHandshake:
		t.messages(s, &q, o, true)
	case tls.ContentApplicationData:
		o.content(s, q)
	case tls.ContentChangeCipherSpec: // of a renegotiation
		if !o.seal(s, p.side) {
			t.stop(s)
		}
	}
}

// findRecord looks for the next record of a side after a gap.
func (f *tlsFramer) findRecord(s sink, p *piece) {
	t, r := &f.side[p.side], &f.open.side[p.side]
	if len(t.header.b) == 0 {
		t.header.begin(p)
	}
	t.header.add(s, p, len(p.data))
	b := t.header.b
	for at := 0; ; at++ {
		n := seekRecord(b[at:])
		at += n
		r.missing += n
		rest := b[at:]
		size := tlsRecordLen + tlsMaxRecord
		if len(rest) >= tlsRecordLen {
			size = tlsRecordLen + int(binary.BigEndian.Uint16(rest[3:]))
		}
		if len(rest) < size {
			t.header.b = b[:copy(b, rest)]
			return
		}
		r.first = t.header.first
		content, typ, lost, ok := r.open(s, rest[:size:size])
		if ok {
			after := *p
			after.data = rest[size:]
			t.header.drop(s)
			f.opened(s, &after, content, typ, lost)
			f.push(s, after)
			return
		}
		r.missing++
	}
}

// seekRecord returns the offset of the first bytes that may begin a record with
// content.
func seekRecord(b []byte) int {
	for i := range b {
		rest := b[i:]
		if isTLSRecord(rest) && (len(rest) < 3 || rest[2] <= 4) && (len(rest) < tlsRecordLen || binary.BigEndian.Uint16(rest[3:])-1 < tlsMaxRecord) {
			return i
		}
	}
	return len(b)
}

// plainForm returns a handshake message in the form of TLS 1.2, if it is a
// certificate of TLS 1.3.
func (o *tlsOpener) plainForm(s sink, side int, m []byte) []byte {
	if keys := o.side[side].epochs; len(keys) == 0 || !keys[0].Is13() {
		return m
	}
	return s.plainCertificate(m)
}
