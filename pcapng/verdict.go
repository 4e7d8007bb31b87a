package pcapng

import "strconv"

// A VerdictType is the source of a Verdict (section 4.3 of the draft).
type VerdictType uint8

// The types defined by the draft.
const (
	VerdictHardware VerdictType = 0
	VerdictTC       VerdictType = 1 // Linux traffic control with eBPF: TC_ACT_ values
	VerdictXDP      VerdictType = 2 // Linux express data path: XDP_ values
)

// A Verdict is the decision about a packet (OptPacketVerdict).
type Verdict struct {
	Type   VerdictType
	Action uint64 // for VerdictTC and VerdictXDP
	Data   []byte // for other types, as in the file; aliases the block
}

// String returns Linux's name of the action, or the type and value.
func (v Verdict) String() string {
	var names []string
	switch v.Type {
	case VerdictTC:
		names = []string{
			"TC_ACT_OK", "TC_ACT_RECLASSIFY", "TC_ACT_SHOT", "TC_ACT_PIPE", "TC_ACT_STOLEN",
			"TC_ACT_QUEUED", "TC_ACT_REPEAT", "TC_ACT_REDIRECT", "TC_ACT_TRAP",
		}
	case VerdictXDP:
		names = []string{"XDP_ABORTED", "XDP_DROP", "XDP_PASS", "XDP_TX", "XDP_REDIRECT"}
	default:
		return "verdict of type " + strconv.Itoa(int(v.Type))
	}
	if v.Action < uint64(len(names)) {
		return names[v.Action]
	}
	return "verdict of type " + strconv.Itoa(int(v.Type)) + ": " + strconv.FormatInt(int64(v.Action), 10)
}

// Verdict decodes an OptPacketVerdict. It reports false if the length is wrong.
func (o Option) Verdict() (Verdict, bool) {
	if len(o.Value) == 0 {
		return Verdict{}, false
	}
	v := Verdict{Type: VerdictType(o.Value[0])}
	if !v.Type.numeric() {
		v.Data = o.Value[1:]
		return v, true
	}
	if len(o.Value) != 9 {
		return v, false
	}
	v.Action = getUint64(o.Value[1:], o.BigEndian)
	return v, true
}

// Option returns v as a packet option.
func (v Verdict) Option() Option {
	value := []byte{byte(v.Type)}
	if v.Type.numeric() {
		value = appendUint64(value, v.Action, false)
	} else {
		value = append(value, v.Data...)
	}
	return Option{Code: OptPacketVerdict, Value: value}
}

func (t VerdictType) numeric() bool { return t == VerdictTC || t == VerdictXDP }

func verdictLayout(o Option) layout {
	if len(o.Value) > 0 && VerdictType(o.Value[0]).numeric() {
		return layout{min: 9, max: 9, skip: 1, width: 8, count: 1}
	}
	return bytesOf(1, maxOption)
}
