package layers

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// NTP header (RFC 5905 section 7.3). Messages of modes 6 (RFC 9327 section 2)
// and 7 (ntpd's own) share only the first byte with it.
const (
	ntpLen        = 48
	ntpControlLen = 8
)

// An NTPMode is the association mode of a message (RFC 5905 figure 10).
type NTPMode uint8

// The modes.
const (
	NTPSymmetricActive  NTPMode = 1
	NTPSymmetricPassive NTPMode = 2
	NTPClient           NTPMode = 3
	NTPServer           NTPMode = 4
	NTPBroadcast        NTPMode = 5
	NTPControl          NTPMode = 6
	NTPPrivate          NTPMode = 7
)

var ntpModeNames = [...]string{
	"", "symmetric active", "symmetric passive", "client", "server", "broadcast", "control", "private",
}

// String returns the mode's name, or "mode" and its number.
func (m NTPMode) String() string { return text.NameOf(ntpModeNames[:], "mode ", m) }

// NTP is a view of an NTP message (RFC 5905 section 7.3). All methods other
// than Leap, Version, Mode and Bytes return zero values for messages of modes 6
// and 7, which lack the fields. [ParseNTP] and [Packet.NTP] return one.
type NTP struct{ b []byte }

// ParseNTP checks that b begins with an NTP header and returns a view that
// aliases b. The error is Short.
func ParseNTP(b []byte) (NTP, error) {
	need, size, _, r := stepNTP(b)
	if r != 0 {
		return NTP{}, fail(KindNTP, r, b, need)
	}
	return NTP{cut(b, size)}, nil
}

func stepNTP(b []byte) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < ntpControlLen || len(b) < ntpLen && (NTP{b}).timed() {
		return 0, 0, 0, wire.Short
	}
	return min(len(b), ntpLen), len(b), KindPayload, 0
}

// NTP returns the innermost NTP message.
func (p *Packet) NTP() (NTP, bool) {
	b := p.bytes(KindNTP)
	return NTP{b}, b != nil
}

// Leap returns the leap indicator: 1 and 2 announce a leap second, 3 means that
// the clock is unsynchronized.
func (h NTP) Leap() uint8 { return h.b[0] >> 6 }

// Version returns the protocol version.
func (h NTP) Version() uint8 { return h.b[0] >> 3 & 7 }

// Mode returns the mode.
func (h NTP) Mode() NTPMode { return NTPMode(h.b[0] & 7) }

// timed reports whether the message has the header of RFC 5905.
func (h NTP) timed() bool { return h.Mode() < NTPControl }

// Stratum returns the distance from a reference clock: 1 for a primary server,
// 16 for an unsynchronized one, 0 for unspecified or a kiss-o'-death packet
// (RFC 5905 section 7.4), whose code is the reference ID.
func (h NTP) Stratum() uint8 { return byte(h.uint32(0) >> 16) }

// Poll returns the interval between messages, as log2 of seconds.
func (h NTP) Poll() int8 { return int8(h.uint32(0) >> 8) }

// Precision returns the clock's precision, as log2 of seconds.
func (h NTP) Precision() int8 { return int8(h.uint32(0)) }

// RootDelay returns the round-trip delay to the reference clock.
func (h NTP) RootDelay() time.Duration { return ntpShort(h.uint32(4)) }

// RootDispersion returns the accumulated dispersion to the reference clock.
func (h NTP) RootDispersion() time.Duration { return ntpShort(h.uint32(8)) }

// RefID returns the reference ID: ASCII for stratum 0 and 1, else the IPv4
// address of the server's server, or the start of the MD5 of its IPv6 address.
func (h NTP) RefID() (id [4]byte) {
	binary.BigEndian.PutUint32(id[:], h.uint32(12))
	return id
}

// Reference returns the time the clock was last set.
func (h NTP) Reference() time.Time { return h.time(16) }

// Origin returns the client's transmit time, as repeated by the server.
func (h NTP) Origin() time.Time { return h.time(24) }

// Receive returns the time the request reached the server.
func (h NTP) Receive() time.Time { return h.time(32) }

// Transmit returns the time the message left its sender.
func (h NTP) Transmit() time.Time { return h.time(40) }

func (h NTP) uint32(off int) uint32 {
	if !h.timed() {
		return 0
	}
	return binary.BigEndian.Uint32(h.b[off:])
}

// time returns a timestamp (RFC 5905 section 6): seconds since 1900 and a
// fraction in units of 2^-32. It has no era number: values from 2^31 on count
// as era 0, 1968 to 2036, those below as era 1, 2036 to 2104 (RFC 4330 section
// 3). 0 means unknown and gives the zero Time.
func (h NTP) time(off int) time.Time {
	const to1970 = 2208988800
	sec, frac := int64(h.uint32(off)), int64(h.uint32(off+4))
	if sec == 0 && frac == 0 {
		return time.Time{}
	}
	if sec < 1<<31 {
		sec += 1 << 32
	}
	return time.Unix(sec-to1970, frac*1e9>>32).UTC()
}

// ntpShort returns a duration in units of 2^-16 seconds.
func ntpShort(n uint32) time.Duration { return time.Duration(int64(n) * 1e9 >> 16) }

// Bytes returns the message, its extension fields and authenticator included.
func (h NTP) Bytes() []byte { return h.b }

// AppendText appends a short description to dst.
func (h NTP) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, 'v')
	dst = text.AppendNumber(dst, h.Version())
	dst = text.AppendName(dst, ntpModeNames[:], "mode ", h.Mode())
	if !h.timed() {
		return dst, nil
	}
	dst = strconv.AppendUint(append(dst, " stratum "...), uint64(h.Stratum()), 10)
	id := h.RefID()
	switch {
	case id == [4]byte{}:
	case h.Stratum() < 2:
		dst = text.AppendEscaped(append(dst, " ref "...), text.TrimZeros(id[:]))
	default:
		dst = netip.AddrFrom4(id).AppendTo(append(dst, " ref "...))
	}
	if t := h.Transmit(); !t.IsZero() {
		dst = t.AppendFormat(append(dst, " transmit "...), "2006-01-02T15:04:05.000000000Z")
	}
	return dst, nil
}
