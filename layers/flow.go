package layers

import "net/netip"

// A Flow is one direction of a conversation: source, destination and IP
// protocol. Ports are 0 if the protocol has none. A Flow is comparable, so it
// can be a map key.
type Flow struct {
	Src   netip.AddrPort `json:"src"`
	Dst   netip.AddrPort `json:"dst"`
	Proto IPProto        `json:"proto"`
}

// Reverse returns the flow of the opposite direction.
func (f Flow) Reverse() Flow { return Flow{f.Dst, f.Src, f.Proto} }

// Canonical returns the smaller of f and f.Reverse(), the same for both
// directions.
func (f Flow) Canonical() Flow {
	if f.Dst.Compare(f.Src) < 0 {
		return f.Reverse()
	}
	return f
}

// AppendText appends the flow to dst, in the form
// "TCP 192.0.2.1:1234 > 198.51.100.7:80".
func (f Flow) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, f.Proto.String()...)
	dst = append(dst, ' ')
	dst = f.Src.AppendTo(dst)
	dst = append(dst, " > "...)
	return f.Dst.AppendTo(dst), nil
}

// String returns the flow as AppendText writes it.
func (f Flow) String() string {
	b, _ := f.AppendText(nil)
	return string(b)
}
