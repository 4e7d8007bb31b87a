package event

import "strconv"

// A Verdict says what an attribute is for.
type Verdict uint8

// The verdicts on attributes. Values without use are left out: see LeftOut.
const (
	// Detect: the value is worth an alarm. It is marked for detection (to_ids).
	Detect Verdict = iota

	// Context: the value helps to understand the event, but must not raise an
	// alarm.
	Context

	verdictCount
)

var verdictNames = [verdictCount]string{Detect: "detect", Context: "context"}

// String returns "detect" or "context".
func (v Verdict) String() string {
	if v < verdictCount {
		return verdictNames[v]
	}
	return "Verdict(" + strconv.Itoa(int(v)) + ")"
}

// MarshalText returns what String returns.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
