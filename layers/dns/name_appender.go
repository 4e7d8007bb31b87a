package dns

// Limits of a NameAppender's memory: names, and octets of their text. Names
// beyond them are decoded each time.
const (
	appenderNames = 16
	appenderText  = 512
)

// A NameAppender appends the names of a message as [Name.AppendTo] does, but
// faster if they repeat: most names in a response are pointers to the question
// or to a name in the previous record. It keeps the text of the message's first
// names to copy instead of decoding them again. The zero NameAppender is ready
// for Reset. It references no memory other than its own and the message's.
type NameAppender struct {
	msg   []byte
	count int
	known [appenderNames]knownName
	text  [appenderText]byte
}

// A knownName is a remembered name. Its text starts where the previous one's
// ends.
type knownName struct{ off, end int }

// Reset forgets all names and prepares a for the names of m. Call it before the
// memory of a message is reused for another.
func (a *NameAppender) Reset(m Message) { a.msg, a.count = m.b, 0 }

// AppendTo appends the text of n to dst, as n.AppendTo does. It remembers only
// names of the message given to Reset.
func (a *NameAppender) AppendTo(dst []byte, n Name) []byte {
	if len(n.msg) == 0 || len(n.msg) != len(a.msg) || &n.msg[0] != &a.msg[0] {
		return n.AppendTo(dst)
	}
	off := n.off
	if len(n.msg)-off >= 2 && n.msg[off] >= labelPointer {
		off = pointer(n.msg[off:])
	}
	from := 0
	for _, name := range a.known[:a.count] {
		if name.off == off {
			return append(dst, a.text[from:name.end]...)
		}
		from = name.end
	}
	start := len(dst)
	dst, pointers := n.appendTo(dst)
	text := dst[start:]
	// A name with the maximum number of pointers cannot be the target of
	// another.
	if len(text) > 0 && pointers < maxPointers && a.count < appenderNames && len(text) <= appenderText-from {
		a.known[a.count] = knownName{off, from + copy(a.text[from:], text)}
		a.count++
	}
	return dst
}
