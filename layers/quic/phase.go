package quic

import "github.com/sightline-go/sightline/layers/wire"

// maxLost limits how many key updates may be missing from a capture between two
// packets of one direction.
const maxLost = 3

// Phases holds the 1-RTT keys of one direction and follows its key updates (RFC
// 9001 section 6). It must not be used concurrently.
type Phases struct {
	current, last *Keys   // last: of the phase before, nil if there is none
	ahead         []*Keys // of the phases after the current one, as far as they were needed
	phase         byte    // the current value of the bit
	first         uint64  // smallest packet number of the current phase
}

// NewPhases returns the keys of 1-RTT packets that are protected with a traffic
// secret of TLS. It returns nil where [NewKeys] does.
func NewPhases(v Version, cipherSuite uint16, secret []byte) *Phases {
	k := NewKeys(v, cipherSuite, secret)
	if k == nil {
		return nil
	}
	return &Phases{current: k}
}

// Open is like [Keys.Open], for a packet with a short header. The keys are those
// of the packet's phase: packets of the phase before may arrive late, and updates
// may be missing. Only a packet that authenticates changes the current phase.
func (ph *Phases) Open(dst []byte, p ShortPacket, next uint64) (Plaintext, error) {
	m, err := ph.current.unmask(dst, p.b, 1+p.id, next)
	if err != nil {
		return Plaintext{}, err
	}
	if m.b[0]&keyPhase == ph.phase {
		return ph.try(dst, p, m, 0)
	}
	if m.number < ph.first && ph.last != nil {
		return ph.last.open(m)
	}
	return ph.try(dst, p, m, 1)
}

// try opens m with the keys of the phase that is from ahead of the current one,
// or of those after it with the same bit.
func (ph *Phases) try(dst []byte, p ShortPacket, m masked, from int) (Plaintext, error) {
	for n := from; n <= maxLost; n += 2 {
		k := ph.at(n)
		if k == nil {
			break
		}
		if n > from { // the attempt before has overwritten it
			m, _ = k.unmask(dst, p.b, 1+p.id, m.number)
		}
		plain, err := k.open(m)
		if err == nil {
			ph.advance(n, plain.Number)
			return plain, nil
		}
	}
	return Plaintext{}, wire.Malformed
}

// at returns the keys of a phase, counted from the current one.
func (ph *Phases) at(n int) *Keys {
	if n == 0 {
		return ph.current
	}
	for len(ph.ahead) < n {
		from := ph.current
		if i := len(ph.ahead); i > 0 {
			from = ph.ahead[i-1]
		}
		k := from.next()
		if k == nil {
			return nil
		}
		ph.ahead = append(ph.ahead, k)
	}
	return ph.ahead[n-1]
}

// advance makes the phase n after the current one the current one. number is
// that of a packet of it.
func (ph *Phases) advance(n int, number uint64) {
	if n == 0 {
		ph.first = min(ph.first, number)
		return
	}
	ph.last, ph.current = ph.at(n-1), ph.ahead[n-1]
	ph.ahead = append([]*Keys(nil), ph.ahead[n:]...)
	ph.phase ^= keyPhase * byte(n&1)
	ph.first = number
}
