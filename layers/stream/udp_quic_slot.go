package stream

import "github.com/sightline-go/sightline/layers/quic"

// A quicSlot holds the keys of an encryption level: those of each cipher suite that
// is possible, until a packet authenticates.
type quicSlot[K any] struct {
	keys    []K
	version quic.Version // that they are for
	sure    bool
}

// fill makes the keys for a version from a secret, which may be unknown.
func (t *quicSlot[K]) fill(a *Assembler, p *quicSecrets, v quic.Version, label string, derive func(quic.Version, uint16, []byte) (K, bool)) {
	if t.sure || t.version == v {
		return
	}
	t.drop(a)
	t.version = v
	secret := a.Keys.Secret(label, p.random)
	for _, suite := range p.suites(secret) {
		if k, ok := derive(v, suite, secret); ok {
			t.keys = append(t.keys, k)
			a.hold(quicKeysCost)
		}
	}
	if usable := p.suite == 0 || 0x1301 <= p.suite && p.suite <= 0x1304; !usable && !p.unsupported { // RFC 9001 section 5.3
		p.unsupported = true
		a.stats.Undecrypted++
	}
}

// found records that a packet authenticated with keys i.
func (t *quicSlot[K]) found(a *Assembler, i int) {
	if !t.sure {
		a.hold(-quicKeysCost * (len(t.keys) - 1))
		t.keys, t.sure = []K{t.keys[i]}, true
	}
}

func (t *quicSlot[K]) drop(a *Assembler) {
	a.hold(-quicKeysCost * len(t.keys))
	t.keys = nil
}
