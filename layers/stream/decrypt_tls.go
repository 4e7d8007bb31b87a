package stream

import (
	"crypto/rsa"
	"slices"

	"github.com/sightline-go/sightline/layers/tls"
)

// Limits of decryption. If so many records in a row do not authenticate, or as many
// are missing, the side is dropped. Early data waits until the server has accepted
// it; if there is more, it counts as accepted.
const (
	tlsMaxFailed = 8
	tlsMaxLost   = 1024
	tlsMaxEarly  = 64 << 10
)

// workOfKeys is the work of deriving keys.
const workOfKeys = 4 << 10

// buys pays for work, and reports whether the connection can.
func (s sink) buys(work int64) bool {
	if !s.a.affords(s.c, work) {
		return false
	}
	s.a.spend(s.c, work)
	return true
}

// buysKeys pays for the derivation of keys.
func (s sink) buysKeys() bool { return s.buys(workOfKeys) }

// openerCost is what a tlsOpener counts as held, and keysCost its keys, once they
// have opened a record.
const (
	openerCost = 512
	keysCost   = 4 << 10
)

// A tlsOpener decrypts the records of a connection whose secrets are known, and
// passes their content on.
type tlsOpener struct {
	depth      int
	random     []byte // of the last ClientHello
	session    []byte // of the last ServerHello
	encrypted  []byte // the first bytes of the encrypted premaster secret
	premaster  []byte // what a private key made of it
	private    *rsa.PrivateKey
	resumes    resumption
	messages   []byte // from the ClientHello to the ClientKeyExchange, if an extended master secret needs them
	collect    bool   // messages may be needed
	early      bool   // the client announced early data
	negotiated bool   // n is valid
	refused    bool   // what the hellos agreed on is not implemented
	n          tls.Negotiation
	next       [2]*tls.Protection // of the client and the server, after change_cipher_spec
	side       [2]sealed
	alpn       string // the protocol that the server chose (RFC 7301)
	inner      framer
	counted    bool // in Stats.Decrypted
}

// A sealed is the state of a side that sends protected records.
type sealed struct {
	epochs  []*tls.Protection // the current one, and those that may follow
	seq     uint64            // of the next record
	failed  int               // records since the last opened one
	missing int               // bytes since then
	resync  bool              // where the next record begins is unknown
	first   Ref               // of the current record
	waiting []piece           // early data
	held    int               // bytes of it
}

// opener returns the opener of f, or nil if no secrets are known at all.
func (f *tlsFramer) opener(s sink) *tlsOpener {
	if f.open == nil && s.a.Keys.Len() > 0 {
		f.open = &tlsOpener{depth: f.depth}
		s.a.hold(openerCost)
	}
	return f.open
}

// saw notes a handshake message of a side.
func (o *tlsOpener) saw(s sink, side int, m []byte) {
	h, err := tls.ParseHandshake(m)
	if err != nil {
		return
	}
	if h.Type() == tls.TypeClientHello {
		o.clientHello(s, h)
	}
	if o.collect && len(o.messages)+len(m) <= withDefault(s.a.MaxMessage, defaultMaxMessage) {
		s.a.hold(len(m))
		o.messages = append(o.messages, m...)
	}
	if name := h.ALPN(); len(name) > 0 {
		o.alpn = string(name)
	}
	switch h.Type() {
	case tls.TypeServerHello:
		o.serverHello(s, h)
	case tls.TypeCertificate:
		o.certificate(s, side, h)
	case tls.TypeNewSessionTicket:
		o.protections(s)
		s.a.rememberTicket(&o.resumes, h)
	case tls.TypeClientKeyExchange:
		o.keyExchange(s, h)
	case tls.TypeEncryptedExtensions:
		_, accepted := h.Extension(tls.ExtensionEarlyData)
		o.decideEarly(s, accepted)
	case tls.TypeKeyUpdate:
		o.keyUpdate(s, side)
	}
}

func (o *tlsOpener) clientHello(s sink, h tls.Handshake) {
	c, ok := h.ClientHello()
	if !ok {
		return
	}
	o.forget(s)
	o.random = slices.Clone(c.Random())
	o.negotiated, o.refused, o.next = false, false, [2]*tls.Protection{}
	_, o.early = c.Extension(tls.ExtensionEarlyData)
	o.resumes.offer(c)
	k := s.a.Keys
	o.collect = k.Secret(tls.LabelPremaster, o.random) != nil || k.Has(tls.LabelEncryptedPremaster) || k.HasRSA()
}

// forget drops the collected messages.
func (o *tlsOpener) forget(s sink) {
	s.a.hold(-len(o.messages))
	o.messages, o.collect, o.encrypted, o.premaster, o.private = nil, false, nil, nil, nil
}

func (o *tlsOpener) serverHello(s sink, h tls.Handshake) {
	r, ok := h.ServerHello()
	if !ok {
		return
	}
	if r.IsRetry() {
		o.decideEarly(s, false)
		return
	}
	o.session = slices.Clone(r.SessionID())
	if o.random == nil {
		return
	}
	if o.n, o.negotiated = tls.Negotiate(o.random, r); !o.negotiated {
		o.refused = true
		if k := s.a.Keys; k.Secret(tls.LabelMaster, o.random) != nil || k.Secret(tls.LabelClientTraffic, o.random) != nil {
			s.a.stats.Undecrypted++
		}
		return
	}
	if !o.n.Is13() {
		return
	}
	if s.a.Keys.Secret(tls.LabelServerHandshake, o.random) == nil { // nothing else will say it
		_, accepted := h.Extension(tls.ExtensionPreSharedKey)
		o.decideEarly(s, accepted)
	}
	if t := &o.side[s.c.client]; len(t.epochs) > 0 {
		t.epochs = o.epochs13(s, true) // after early data
	}
}

// certificate looks for the private key of the server's certificate.
func (o *tlsOpener) certificate(s sink, side int, h tls.Handshake) {
	c, ok := h.Certificate()
	if !ok || side == s.c.client || !s.a.Keys.HasRSA() || o.negotiated && o.n.Is13() {
		return
	}
	for der := range c.Chain() {
		o.private = s.a.Keys.RSA(der)
		return
	}
}

// keyExchange notes the encrypted premaster secret (RFC 5246 section 7.4.7.1), of
// which SSL 3 has no length. It is the last message that secrets depend on.
func (o *tlsOpener) keyExchange(s sink, h tls.Handshake) {
	if b := h.Body(); len(b) >= 10 {
		o.encrypted = slices.Clone(b[2:10])
		if k := o.private; k != nil && len(b) == 2+k.Size() && s.buys(tls.PremasterCost(k)) {
			o.premaster = tls.Premaster(k, b[2:])
		}
	}
	o.resumes.full = true
	o.protections(s)
	o.forget(s)
}

// master returns the master secret, or nil if it is unknown.
func (o *tlsOpener) master(s sink) []byte {
	k := s.a.Keys
	if m := k.Secret(tls.LabelMaster, o.random); m != nil {
		return m
	}
	if m := k.Secret(tls.LabelMasterOfSession, o.session); m != nil {
		return m
	}
	premaster := k.Secret(tls.LabelPremaster, o.random)
	if premaster == nil {
		premaster = k.Secret(tls.LabelEncryptedPremaster, o.encrypted)
	}
	if premaster == nil {
		premaster = o.premaster
	}
	if premaster == nil || o.n.ExtendedMaster && len(o.messages) == 0 {
		return s.a.resumed(&o.resumes, o.session)
	}
	return o.n.MasterSecret(premaster, o.messages)
}

// protections sets what protects records after change_cipher_spec, if it is known.
func (o *tlsOpener) protections(s sink) {
	if !o.negotiated || o.n.Is13() || o.next[0] != nil {
		return
	}
	if m := o.master(s); m != nil && s.buysKeys() {
		o.next[0], o.next[1], _ = o.n.Protections(m)
		o.resumes.master = m
		if len(o.session) > 0 {
			s.a.remember(keyOfSession(byIdentifier, o.session), m)
		}
	}
}

// suites13 lists the cipher suites of TLS 1.3, for early data and if the
// ServerHello was not captured.
var suites13 = [...]uint16{0x1301, 0x1302, 0x1303, 0x1304, 0x1305}

// epochs13 returns the protections that a side may use in TLS 1.3, in order. If the
// cipher suite is unknown, all of them are tried.
func (o *tlsOpener) epochs13(s sink, client bool) (list []*tls.Protection) {
	labels := []string{tls.LabelServerHandshake, tls.LabelServerTraffic}
	if client {
		labels = []string{tls.LabelClientHandshake, tls.LabelClientTraffic}
		if o.early {
			labels = append([]string{tls.LabelClientEarly}, labels...)
		}
	}
	suites := suites13[:]
	if o.negotiated {
		suites = []uint16{o.n.Suite}
	}
	for _, label := range labels {
		secret := s.a.Keys.Secret(label, o.random)
		if secret == nil {
			continue
		}
		for _, suite := range suites {
			if p, ok := tls.TrafficProtection(suite, secret); ok && s.buysKeys() {
				list = append(list, p)
			}
		}
	}
	return list
}

// seals reports whether the record that a side sends next is protected with known
// keys. changed means that change_cipher_spec preceded it.
func (o *tlsOpener) seals(s sink, side int, typ tls.ContentType, changed bool) bool {
	if o.negotiated && !o.n.Is13() {
		return changed && o.seal(s, side)
	}
	return typ == tls.ContentApplicationData && o.seal(s, side)
}

// seal sets the keys of a side that begins to send protected records. It reports
// whether they are known.
func (o *tlsOpener) seal(s sink, side int) bool {
	t, client := &o.side[side], side == s.c.client
	switch {
	case o.random == nil, o.refused:
	case o.negotiated && !o.n.Is13():
		o.protections(s)
		t.use(o.next[sideOf(client)])
	default:
		t.epochs, t.seq = o.epochs13(s, client), 0
	}
	return len(t.epochs) > 0
}

func sideOf(client bool) int {
	if client {
		return 0
	}
	return 1
}

// use makes p the only protection, from record 0 on.
func (t *sealed) use(p *tls.Protection) {
	t.epochs, t.seq = nil, 0
	if p != nil {
		t.epochs = []*tls.Protection{p}
	}
}

// keyUpdate makes the next generation of keys the current one (RFC 8446 section
// 7.2).
func (o *tlsOpener) keyUpdate(s sink, side int) {
	if t := &o.side[side]; len(t.epochs) > 0 && s.buysKeys() {
		t.use(t.epochs[0].Next())
	}
}

// decideEarly passes early data on, or drops it.
func (o *tlsOpener) decideEarly(s sink, accepted bool) {
	o.early = o.early && accepted
	for i := range o.side {
		t := &o.side[i]
		for _, p := range t.waiting {
			if accepted {
				o.pass(s, p)
			}
		}
		s.a.hold(-t.held)
		t.waiting, t.held = nil, 0
	}
}

// content processes the content of a record of application data.
func (o *tlsOpener) content(s sink, p piece) {
	t := &o.side[p.side]
	undecided := o.early && p.side == s.c.client && !o.negotiated
	if t.held < tlsMaxEarly && (undecided || len(t.waiting) > 0) {
		p.data, p.origin = slices.Clone(p.data), nil
		t.waiting = append(t.waiting, p)
		t.held += segmentCost + len(p.data)
		s.a.hold(segmentCost + len(p.data))
		return
	}
	if len(t.waiting) > 0 {
		o.decideEarly(s, true)
	}
	o.pass(s, p)
}

// pass passes content on to the framer in the TLS.
func (o *tlsOpener) pass(s sink, p piece) {
	if len(p.data) == 0 {
		return
	}
	o.dig(s).push(s, p)
}

// dig returns the framer of the content.
func (o *tlsOpener) dig(s sink) framer {
	if o.inner == nil {
		depth := o.depth
		if s.via.Len() >= maxPath-1 {
			depth = maxTunnels
		}
		o.inner = newTunnel(s, s.via.with(TLS), depth)
		if p, ok := o.inner.(*probe); ok {
			p.choose(s, protocolOfALPN(o.alpn))
		}
	}
	return o.inner
}

// end ends a side.
func (o *tlsOpener) end(s sink, side int) {
	t := &o.side[side]
	if len(t.waiting) > 0 {
		o.decideEarly(s, true)
	}
	if o.inner == nil {
		return
	}
	if t.missing > 0 {
		o.inner.lost(s, side, t.missing)
	}
	o.inner.end(s, side)
}

func (o *tlsOpener) free(s sink) {
	o.forget(s)
	o.decideEarly(s, false)
	if o.inner != nil {
		o.inner.free(s)
		s.a.hold(-tunnelCost)
	}
	if o.counted {
		s.a.hold(-keysCost)
	}
	s.a.hold(-openerCost)
}
