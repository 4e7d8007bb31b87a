package dns

// What a NameAppender remembers of a message: so many names, and octets of
// their texts. More are appended all the same.
const (
	appenderNames = 16
	appenderText  = 512
)

// A NameAppender appends the names of one message after the other as
// [Name.AppendTo] does, and quicker if the names repeat: most of a response are
// pointers to the question or to a name in the record before. It keeps the texts
// of the first names of the message, so that those are copied and not decoded
// again. The zero NameAppender is ready for Reset; it holds no memory but its
// own and that of the message.
type NameAppender struct {
	msg   []byte
	count int
	known [appenderNames]knownName
	text  [appenderText]byte
}

// A knownName is a name whose text begins where that of the name before ends.
type knownName struct{ off, end int }

// Reset forgets all names, for those of m. It must be called before the memory
// of a message holds another.
func (a *NameAppender) Reset(m Message) { a.msg, a.count = m.b, 0 }

// AppendTo appends what n.AppendTo appends. A name of another message than that
// of Reset is not remembered.
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
	// A name of as many pointers as can be followed is none behind one more.
	if len(text) > 0 && pointers < maxPointers && a.count < appenderNames && len(text) <= appenderText-from {
		a.known[a.count] = knownName{off, from + copy(a.text[from:], text)}
		a.count++
	}
	return dst
}
