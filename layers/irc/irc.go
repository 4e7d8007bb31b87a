// Package irc parses IRC messages (RFC 1459, RFC 2812) with the tags of
// IRCv3 (https://ircv3.net/specs/extensions/message-tags).
//
//	m, err := irc.ParseMessage(line)
//	if err != nil {
//		return err
//	}
//	if m.Is("PRIVMSG") {
//		fmt.Printf("%s to %s: %s\n", m.Source().Nick(), m.Param(0), m.Param(1))
//	}
//
// It accepts what clients and servers accept (https://modern.ircdocs.horse). Views alias the bytes that they were parsed from.
package irc

import (
	"bytes"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Message is a view of one message (RFC 2812 section 2.3.1): tags, a source, a
// command or a numeric reply, and parameters. ParseMessage makes it. It aliases the
// bytes given to ParseMessage, as do the slices that its methods return.
type Message struct{ b, tags, source, command, params []byte }

// ParseMessage returns a view of the line b, with or without its line end. Any number
// of spaces may separate words and precede the first. The error is Short if b has no
// command, and Malformed if the command is neither letters nor three digits.
func ParseMessage(b []byte) (Message, error) {
	have := len(b)
	b, _, _ = text.CutLine(b)
	b = bytes.TrimSuffix(b, []byte("\r")) // b may end before the line feed
	m := Message{b: b}
	rest := trimSpaces(b)
	if len(rest) > 0 && rest[0] == '@' {
		m.tags, rest = cutWord(rest[1:])
	}
	if len(rest) > 0 && rest[0] == ':' {
		m.source, rest = cutWord(rest[1:])
	}
	m.command, m.params = cutWord(rest)
	if len(m.command) == 0 {
		return Message{}, wire.Fail("IRC message", wire.Short, have, 0)
	}
	if !isCommand(m.command) {
		return Message{}, wire.Fail("IRC message", wire.Malformed, have, 0)
	}
	return m, nil
}

// cutWord splits b after its first word. rest begins with the next word.
func cutWord(b []byte) (word, rest []byte) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return b, nil
	}
	return b[:i:i], trimSpaces(b[i:])
}

// trimSpaces returns b without the spaces that it begins with.
func trimSpaces(b []byte) []byte {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	return b
}

// isCommand reports whether word is a command: letters, or the three digits of a
// numeric reply.
func isCommand(word []byte) bool {
	if _, ok := numeric(word); ok {
		return true
	}
	for _, c := range word {
		if l := text.Lower(c); l < 'a' || 'z' < l {
			return false
		}
	}
	return true
}

func numeric(word []byte) (n int, ok bool) {
	if len(word) != 3 {
		return 0, false
	}
	for _, c := range word {
		if !text.IsDigit(c) {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

// Tags returns the keys and values of the tags. The value of a tag without one is
// empty. Values are escaped: see AppendTagValue.
func (m Message) Tags() iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for rest := m.tags; len(rest) > 0; {
			var tag []byte
			tag, rest, _ = bytes.Cut(rest, []byte{';'})
			key, value, _ := bytes.Cut(tag, []byte{'='})
			if len(key) > 0 && !yield(key, value) {
				return
			}
		}
	}
}

// AppendTagValue appends the value of a tag to dst, unescaped.
func AppendTagValue(dst, escaped []byte) []byte {
	for i := 0; i < len(escaped); i++ {
		c := escaped[i]
		if c == '\\' {
			if i++; i == len(escaped) {
				break // a backslash at the end is dropped
			}
			switch c = escaped[i]; c {
			case ':':
				c = ';'
			case 's':
				c = ' '
			case 'r':
				c = '\r'
			case 'n':
				c = '\n'
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// Source returns the sender of the message according to the server. It is usually
// empty in messages from a client.
func (m Message) Source() Source { return Source{m.source} }

// Command returns the command in the case in which it was sent, or the digits of a
// numeric reply. Commands are case-insensitive: see Is.
func (m Message) Command() []byte { return m.command }

// Is reports whether the command is name, ignoring case.
func (m Message) Is(name string) bool { return text.EqualFold(m.command, name) }

// Numeric returns the number of a numeric reply (RFC 2812 section 5). It reports
// false for a command.
func (m Message) Numeric() (int, bool) { return numeric(m.command) }

// Params returns the parameters. The last may contain spaces and may be empty.
func (m Message) Params() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := m.params; len(rest) > 0; {
			if rest[0] == ':' {
				yield(rest[1:])
				return
			}
			var word []byte
			word, rest = cutWord(rest)
			if !yield(word) {
				return
			}
		}
	}
}

// Param returns parameter i, counted from 0. It is nil if there are fewer.
func (m Message) Param(i int) []byte {
	for p := range m.Params() {
		if i == 0 {
			return p
		}
		i--
	}
	return nil
}

// Bytes returns the message without its line end.
func (m Message) Bytes() []byte { return m.b }

// AppendText appends source, command and parameters to dst as printable ASCII. It
// leaves out parameters that may be passwords.
func (m Message) AppendText(dst []byte) ([]byte, error) {
	if len(m.source) > 0 {
		dst = append(text.AppendEscaped(append(dst, ':'), m.source), ' ')
	}
	dst = text.AppendEscaped(dst, m.command)
	left := m.shown()
	for p := range m.Params() {
		if left == 0 {
			break
		}
		left--
		dst = append(dst, ' ')
		if len(p) == 0 || p[0] == ':' || bytes.IndexByte(p, ' ') >= 0 {
			dst = append(dst, ':')
		}
		dst = text.AppendEscaped(dst, p)
	}
	return dst, nil
}

// String returns what AppendText appends.
func (m Message) String() string { b, _ := m.AppendText(nil); return string(b) }

// shown returns the number of parameters that are not secret, or -1 for all. Services
// receive passwords in their own commands (NICKSERV, IDENTIFY) and in messages to them,
// and channels have keys.
func (m Message) shown() int {
	for _, s := range [...]struct {
		command string
		shown   int
	}{
		{"PASS", 0}, {"AUTHENTICATE", 0}, {"WEBIRC", 0}, {"IDENTIFY", 0}, {"NICKSERV", 0}, {"NS", 0}, {"REGISTER", 0},
		{"CHANSERV", 0}, {"CS", 0}, {"LOGIN", 0}, {"AUTH", 0},
		{"OPER", 1}, {"JOIN", 1}, {"MODE", 1}, {"SQUERY", 1}, {"324", 2},
	} {
		if m.Is(s.command) {
			return s.shown
		}
	}
	if to := m.Param(0); (m.Is("PRIVMSG") || m.Is("NOTICE")) && !IsChannel(to) {
		return 1
	}
	return -1
}

// IsChannel reports whether name is the name of a channel (RFC 2812 section 1.3).
func IsChannel(name []byte) bool {
	return len(name) > 0 && bytes.IndexByte([]byte("#&+!"), name[0]) >= 0
}

// Source is a view of the sender of a message: a server, or a user as nick!user@host.
// Message.Source makes it.
type Source struct{ b []byte }

// Nick returns the nickname of a user, or the name of a server.
func (s Source) Nick() []byte {
	if i := bytes.IndexAny(s.b, "!@"); i >= 0 {
		return s.b[:i:i]
	}
	return s.b
}

// User returns the user name, nil if there is none.
func (s Source) User() []byte {
	_, user, _ := bytes.Cut(s.b, []byte{'!'})
	user, _, _ = bytes.Cut(user, []byte{'@'})
	return user
}

// Host returns the user's host as the server shows it, nil if there is none.
func (s Source) Host() []byte {
	_, host, _ := bytes.Cut(s.b, []byte{'@'})
	return host
}

// Bytes returns the source, without the colon before it.
func (s Source) Bytes() []byte { return s.b }

// AppendText appends the source to dst as printable ASCII.
func (s Source) AppendText(dst []byte) ([]byte, error) { return text.AppendEscaped(dst, s.b), nil }

// String returns what AppendText appends.
func (s Source) String() string { b, _ := s.AppendText(nil); return string(b) }
