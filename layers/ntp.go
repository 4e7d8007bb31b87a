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
// and 7 (ntpd's own) have but the first byte in common with it.
const (
	ntpLen        = 48
	ntpControlLen = 8
)

// NTPMode says who speaks to whom (RFC 5905 figure 10).
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

// String returns the mode's name.
func (m NTPMode) String() string { return text.NameOf(ntpModeNames[:], "mode ", m) }

// NTP is a view of an NTP message (RFC 5905 section 7.3). ParseNTP or a Packet
// makes it. The methods behind Mode return zero values for messages of modes 6
// and 7, which have none of those fields.
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

// Leap returns the leap indicator: 1 and 2 announce a leap second, 3 says that
// the clock is not set.
func (h NTP) Leap() uint8 { return h.b[0] >> 6 }

// Version returns the protocol's version.
func (h NTP) Version() uint8 { return h.b[0] >> 3 & 7 }

// Mode returns the mode.
func (h NTP) Mode() NTPMode { return NTPMode(h.b[0] & 7) }

// timed reports whether the message has the header of RFC 5905.
func (h NTP) timed() bool { return h.Mode() < NTPControl }

// Stratum returns the distance from a reference clock: 1 is a server that has
// one, 16 one that is not synchronised, 0 unspecified, or a kiss-o'-death (RFC
// 5905 section 7.4), whose code is the reference ID.
func (h NTP) Stratum() uint8 { return byte(h.uint32(0) >> 16) }

// Poll returns the interval between messages, as log2 of seconds.
func (h NTP) Poll() int8 { return int8(h.uint32(0) >> 8) }

// Precision returns the clock's precision, as log2 of seconds.
func (h NTP) Precision() int8 { return int8(h.uint32(0)) }

// RootDelay returns the time to the reference clock and back.
func (h NTP) RootDelay() time.Duration { return ntpShort(h.uint32(4)) }

// RootDispersion returns the error that has come together on the way from the
// reference clock.
func (h NTP) RootDispersion() time.Duration { return ntpShort(h.uint32(8)) }

// RefID returns the reference ID: ASCII for stratum 0 and 1, else the address of
// the server's server, or the beginning of the MD5 of an IPv6 address.
func (h NTP) RefID() (id [4]byte) {
	binary.BigEndian.PutUint32(id[:], h.uint32(12))
	return id
}

// Reference returns when the clock was last set.
func (h NTP) Reference() time.Time { return h.time(16) }

// Origin returns when the request left the client, as the server repeats it.
func (h NTP) Origin() time.Time { return h.time(24) }

// Receive returns when the request reached the server.
func (h NTP) Receive() time.Time { return h.time(32) }

// Transmit returns when the message left its sender.
func (h NTP) Transmit() time.Time { return h.time(40) }

func (h NTP) uint32(off int) uint32 {
	if !h.timed() {
		return 0
	}
	return binary.BigEndian.Uint32(h.b[off:])
}

// time returns a timestamp (RFC 5905 section 6): seconds since 1900 and a
// fraction of 2^32. It holds no era: those from 2^31 on are taken for era 0,
// 1968 to 2036, those below for era 1, 2036 to 2104 (RFC 4330 section 3). 0
// means unknown, and is the zero Time.
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

// ntpShort returns a number of seconds with a fraction of 2^16.
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
