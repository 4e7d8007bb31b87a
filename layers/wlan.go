package layers

import (
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/layers/wire"
)

// IEEE 802.11 header (IEEE 802.11-2020 clause 9.2.4). Data frames have frame
// control, duration, three addresses and sequence control and, depending on
// flags and subtype, a fourth address, QoS control and HT control.
const (
	wlanMinLen     = 10 // frame control, duration, receiver: all that an acknowledgment has
	wlanMgmtLen    = 24
	wlanAddrLen    = 6
	wlanQoSLen     = 2
	wlanHTLen      = 4
	wlanTypeMask   = 0x0c
	wlanMgmt       = 0x00
	wlanData       = 0x08
	wlanNoData     = 0x40 // subtype of data: null function
	wlanQoS        = 0x80 // subtype of data
	wlanToDS       = 0x01
	wlanFromDS     = 0x02
	wlanMoreFrag   = 0x04
	wlanProtected  = 0x40
	wlanOrder      = 0x80
	wlanAMSDU      = 0x80 // in QoS control
	wlanSubframe   = 14   // header of an A-MSDU subframe (clause 9.3.2.2.2)
	wlanFragOffset = 22   // of sequence control
	wlanPad        = 3
	wlanSwapped    = 1
	wlanVersion    = 0x03 // in the first byte of frame control, always 0
)

// WLAN is a view of an IEEE 802.11 frame, without check sequence. [ParseWLAN],
// [ParseWLANPadded] and [Packet.WLAN] return one.
type WLAN struct {
	b   []byte
	pad int // 3 if the header is padded to a multiple of 4 bytes, else 0
	fc  int // offset of the type in frame control, whose bytes may be swapped
}

// ParseWLAN checks that b begins with an 802.11 header and returns a view of
// the frame that aliases b. The error is Short.
func ParseWLAN(b []byte) (WLAN, error) {
	return parseWLAN(b, 0, 0)
}

// ParseWLANPadded is ParseWLAN for a header padded to a multiple of four bytes,
// as a radiotap header may announce.
func ParseWLANPadded(b []byte) (WLAN, error) {
	return parseWLAN(b, wlanPad, 0)
}

// parseWLANSwapped is ParseWLAN for a header with the bytes of frame control in
// the other order, as in CAPWAP of Cisco.
func parseWLANSwapped(b []byte) (WLAN, error) {
	return parseWLAN(b, 0, wlanSwapped)
}

func parseWLAN(b []byte, pad, fc int) (WLAN, error) {
	if need, _, _, r := stepWLAN(b, pad, fc); r != 0 {
		return WLAN{}, fail(KindWLAN, r, b, need)
	}
	return WLAN{cut(b, len(b)), pad, fc}, nil
}

func stepWLAN(b []byte, pad, fc int) (hdr, size int, next Kind, r wire.Reason) {
	if len(b) < wlanMinLen {
		return wlanMinLen, 0, 0, wire.Short
	}
	h := WLAN{b, pad, fc}
	if hdr = h.HeaderLen(); len(b) < hdr {
		return 0, 0, 0, wire.Short
	}
	switch {
	case !h.IsData() || h.Protected() || h.fragment():
	case h.IsAMSDU():
		next = KindAMSDU
	case len(b) > hdr:
		next = KindLLC
	}
	return hdr, len(b), next, 0
}

// HeaderLen returns the length of the header in bytes. For control frames it is
// the part common to all of them.
func (h WLAN) HeaderLen() int {
	fc, flags := h.control(), h.Flags()
	n := wlanMinLen
	switch fc & wlanTypeMask {
	case wlanMgmt:
		n = wlanMgmtLen
		if flags&wlanOrder != 0 {
			n += wlanHTLen
		}
	case wlanData:
		n = wlanMgmtLen
		if flags&(wlanToDS|wlanFromDS) == wlanToDS|wlanFromDS {
			n += wlanAddrLen
		}
		if fc&wlanQoS != 0 {
			n += wlanQoSLen
			if flags&wlanOrder != 0 {
				n += wlanHTLen
			}
		}
	}
	return (n + h.pad) &^ h.pad
}

// control returns the byte of frame control with version, type and subtype.
func (h WLAN) control() byte { return h.b[h.fc&1] }

// Type returns the frame's type: 0 management, 1 control, 2 data.
func (h WLAN) Type() uint8 { return h.control() >> 2 & 3 }

// Subtype returns the frame's subtype, 0 to 15.
func (h WLAN) Subtype() uint8 { return h.control() >> 4 }

// Flags returns the second byte of frame control.
func (h WLAN) Flags() uint8 { return h.b[h.fc&1^1] }

// IsData reports whether the frame carries data.
func (h WLAN) IsData() bool { return h.control()&(wlanTypeMask|wlanNoData) == wlanData }

// Protected reports whether the payload is encrypted.
func (h WLAN) Protected() bool { return h.Flags()&wlanProtected != 0 }

// fragment reports whether the payload is a fragment.
func (h WLAN) fragment() bool {
	return h.Flags()&wlanMoreFrag != 0 || h.b[wlanFragOffset]&0x0f != 0
}

// IsAMSDU reports whether the payload is a sequence of A-MSDU subframes.
func (h WLAN) IsAMSDU() bool {
	if !h.IsData() || h.control()&wlanQoS == 0 {
		return false
	}
	n := wlanMgmtLen
	if h.Flags()&(wlanToDS|wlanFromDS) == wlanToDS|wlanFromDS {
		n += wlanAddrLen
	}
	return h.b[n]&wlanAMSDU != 0
}

// hasAddrs reports whether the header has three addresses. Control frames, and
// those of reserved types, may have only one.
func (h WLAN) hasAddrs() bool {
	t := h.control() & wlanTypeMask
	return t == wlanMgmt || t == wlanData
}

// Receiver returns the address of the receiving station, the first address.
func (h WLAN) Receiver() wire.MAC { return wire.MAC(h.b[4:]) }

// Transmitter returns the address of the transmitting station, the second
// address of management and data frames.
func (h WLAN) Transmitter() (addr wire.MAC, ok bool) {
	if !h.hasAddrs() {
		return wire.MAC{}, false
	}
	return wire.MAC(h.b[10:]), true
}

// BSSID returns the address of the access point or of the ad hoc network. It
// reports false for control frames and for frames between access points.
func (h WLAN) BSSID() (addr wire.MAC, ok bool) {
	if !h.hasAddrs() {
		return wire.MAC{}, false
	}
	switch h.Flags() & (wlanToDS | wlanFromDS) {
	case wlanToDS:
		return wire.MAC(h.b[4:]), true
	case wlanFromDS:
		return wire.MAC(h.b[10:]), true
	case 0:
		return wire.MAC(h.b[16:]), true
	}
	return wire.MAC{}, false
}

// Subframes returns the subframes of an A-MSDU (clause 9.3.2.2), up to the
// first malformed or truncated one. It yields nothing for other frames. Decode
// a subframe with [ParseAMSDU]. A Packet decodes only the first.
func (h WLAN) Subframes() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if !h.IsAMSDU() || h.Protected() {
			return
		}
		for b := h.Payload(); len(b) >= wlanSubframe; {
			_, end, _, _ := stepAMSDU(b)
			if end > len(b) || !yield(b[:end:end]) {
				return
			}
			b = b[min((end+3)/4*4, len(b)):] // padded to 4 bytes
		}
	}
}

// Bytes returns the header and payload.
func (h WLAN) Bytes() []byte { return h.b }

// Payload returns the bytes after the header.
func (h WLAN) Payload() []byte { return h.b[h.HeaderLen():] }

// AppendText appends a short description to dst.
func (h WLAN) AppendText(dst []byte) ([]byte, error) {
	dst = fmt.Appendf(dst, "type %d subtype %d ", h.Type(), h.Subtype())
	if addr, ok := h.Transmitter(); ok {
		dst = append(addr.AppendTo(dst), " > "...)
	}
	return h.Receiver().AppendTo(dst), nil
}
