package event

import (
	"slices"

	"github.com/sightline-go/sightline/extract/misp"
)

// A Warning is a warninglist that contains a value.
type Warning struct {
	List     string // its name
	Class    string // what it means that a value is on the list, for the comment; may be empty
	Harmless bool   // the value is not for detection
}

// MarshalText returns the list's name.
func (w Warning) MarshalText() ([]byte, error) { return []byte(w.List), nil }

// appendWarning appends the list's name and class.
func appendWarning(b []byte, w Warning) []byte {
	b = append(b, w.List...)
	if w.Class != "" {
		b = append(append(append(b, " ("...), w.Class...), ')')
	}
	return b
}

// warned returns the warninglists that contain a value.
func (s *selector) warned(t misp.Type, value string) []Warning {
	if s.options.Warned == nil {
		return nil
	}
	return s.options.Warned(string(t), value)
}

// warningText returns the lists with their classes.
func warningText(lists []Warning) string {
	var b []byte
	for i, w := range lists {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = appendWarning(b, w)
	}
	return string(b)
}

// harmless reports whether one of the lists clears the value that they contain.
func harmless(lists []Warning) bool {
	return slices.ContainsFunc(lists, func(w Warning) bool { return w.Harmless })
}
