package mail

import (
	"bytes"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Command is a view of one command line of SMTP (RFC 5321 section 4.1.1), POP3
// (RFC 1939 section 3) or FTP (RFC 959 section 5.3). ParseCommand makes it. It
// aliases the bytes given to ParseCommand, as do the slices that its methods
// return.
type Command struct{ verb, arg []byte }

// ParseCommand returns a view of the command line b, with or without its line
// end. The error is Short when b has no verb.
func ParseCommand(b []byte) (Command, error) {
	c, ok := cutVerb(b)
	if !ok {
		return Command{}, wire.Fail("command", wire.Short, len(b), 0)
	}
	return c, nil
}

// cutVerb splits a line into its first word and the rest; ok is false if it has
// no word.
func cutVerb(b []byte) (c Command, ok bool) {
	b = text.TrimSpace(b)
	i := 0
	for i < len(b) && !text.IsSpace(b[i]) {
		i++
	}
	return Command{b[:i:i], text.TrimSpace(b[i:])}, i > 0
}

// Verb returns the command's name as it was sent. Its case does not count.
func (c Command) Verb() []byte { return c.verb }

// Is reports whether the command is the one of that name, in any case.
func (c Command) Is(name string) bool { return text.EqualFold(c.verb, name) }

// Arg returns what follows the verb, without white space around it.
func (c Command) Arg() []byte { return c.arg }

// Path returns the argument of SMTP's MAIL and RCPT behind FROM: or TO:, the
// parameters included, and nil of other commands.
func (c Command) Path() []byte {
	key := "FROM:"
	if c.Is("RCPT") {
		key = "TO:"
	} else if !c.Is("MAIL") {
		return nil
	}
	if len(c.arg) < len(key) || !text.EqualFold(c.arg[:len(key)], key) {
		return nil
	}
	return text.TrimSpace(c.arg[len(key):])
}

// Mailbox returns the address in a Path, without angle brackets, source route
// (RFC 5321 section 4.1.1.3) and parameters. It is empty for the null path <>.
func (c Command) Mailbox() []byte {
	p := c.Path()
	if len(p) == 0 || p[0] != '<' {
		if i := bytes.IndexAny(p, " \t"); i >= 0 {
			p = p[:i]
		}
		return p
	}
	if i := bytes.IndexByte(p, '>'); i >= 0 {
		p = p[:i]
	}
	return cutRoute(p[1:])
}

// secret reports whether the argument of the command may hold a password or what
// stands for one.
func (c Command) secret() bool {
	return c.Is("PASS") || c.Is("APOP") || c.Is("AUTH") || c.Is("ACCT") || c.Is("LOGIN") || c.Is("AUTHENTICATE")
}

// AppendText appends the command to dst, without the argument of those that log a
// user in: PASS, APOP, AUTH, ACCT, LOGIN and AUTHENTICATE. Nothing in it but
// printable ASCII comes from the sender.
func (c Command) AppendText(dst []byte) ([]byte, error) {
	dst = text.AppendEscaped(dst, c.verb)
	if len(c.arg) > 0 && !c.secret() {
		dst = text.AppendEscaped(append(dst, ' '), c.arg)
	}
	return dst, nil
}

// String returns what AppendText appends.
func (c Command) String() string { b, _ := c.AppendText(nil); return string(b) }

// Reply is a view of one reply of SMTP (RFC 5321 section 4.2) or FTP (RFC 959
// section 4.2), all its lines. ParseReply makes it. It aliases the bytes given to
// ParseReply.
type Reply struct{ b []byte }

// ParseReply returns a view of the reply b. The error is Short when b is shorter
// than a code, Malformed when it does not begin with one.
func ParseReply(b []byte) (Reply, error) {
	if len(b) < 3 {
		return Reply{}, wire.Fail("reply", wire.Short, len(b), 3)
	}
	if !text.IsDigit(b[0]) || !text.IsDigit(b[1]) || !text.IsDigit(b[2]) || len(b) > 3 && text.IsDigit(b[3]) {
		return Reply{}, wire.Fail("reply", wire.Malformed, len(b), 0)
	}
	return Reply{b}, nil
}

// Code returns the reply code, from 0 to 999.
func (r Reply) Code() int {
	return 100*int(r.b[0]-'0') + 10*int(r.b[1]-'0') + int(r.b[2]-'0')
}

// Lines returns the text of each line, without the code where the line has it.
func (r Reply) Lines() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for b := r.b; len(b) > 0; {
			var line []byte
			line, b, _ = text.CutLine(b)
			if bytes.HasPrefix(line, r.b[:3]) {
				line = line[min(4, len(line)):]
			}
			if !yield(line) {
				return
			}
		}
	}
}

// Bytes returns the reply, as it was given to ParseReply.
func (r Reply) Bytes() []byte { return r.b }

// AppendText appends the code and the first line of the text to dst. Nothing in it
// but printable ASCII comes from the sender.
func (r Reply) AppendText(dst []byte) ([]byte, error) {
	dst = append(dst, r.b[:3]...)
	for line := range r.Lines() {
		if len(line) > 0 {
			dst = text.AppendEscaped(append(dst, ' '), line)
		}
		break
	}
	return dst, nil
}

// String returns what AppendText appends.
func (r Reply) String() string { b, _ := r.AppendText(nil); return string(b) }

// IMAPCommand is a view of one command of IMAP (RFC 9051 section 6), or of a
// response that begins with a tag (section 7). ParseIMAPCommand makes it. It
// aliases the bytes given to ParseIMAPCommand.
type IMAPCommand struct {
	tag []byte
	Command
}

// ParseIMAPCommand returns a view of the command b, with or without its last line
// end. The error is Short when b has no tag and verb.
func ParseIMAPCommand(b []byte) (IMAPCommand, error) {
	tagged, _ := cutVerb(b)
	c, ok := cutVerb(tagged.arg)
	if !ok {
		return IMAPCommand{}, wire.Fail("IMAP command", wire.Short, len(b), 0)
	}
	return IMAPCommand{tagged.verb, c}, nil
}

// Tag returns the tag.
func (c IMAPCommand) Tag() []byte { return c.tag }

// AppendText appends the tag and what Command.AppendText does to dst.
func (c IMAPCommand) AppendText(dst []byte) ([]byte, error) {
	return c.Command.AppendText(append(text.AppendEscaped(dst, c.tag), ' '))
}

// String returns what AppendText appends.
func (c IMAPCommand) String() string { b, _ := c.AppendText(nil); return string(b) }

// User returns the user name of LOGIN (RFC 9051 section 6.2.3), sent as an atom,
// quoted or as a literal; nil of other commands.
func (c IMAPCommand) User() []byte {
	if !c.Is("LOGIN") || len(c.arg) == 0 {
		return nil
	}
	switch c.arg[0] {
	case '"':
		if n := quotedLen(c.arg); n > 0 {
			return c.arg[1 : n-1]
		}
	case '{':
		line, rest, _ := text.CutLine(c.arg)
		if n, ok := IMAPLiteral(line); ok && n <= int64(len(rest)) {
			return rest[:n]
		}
		return nil
	}
	user, _, _ := bytes.Cut(c.arg, []byte{' '})
	return user
}

// IMAPLiteral returns the size in bytes of the literal (RFC 9051 section 4.3)
// that a line announces at its end: {310}, {310+} or, of binary data, ~{310}.
func IMAPLiteral(line []byte) (size int64, ok bool) {
	line = bytes.TrimRight(line, "\r\n")
	open := bytes.LastIndexByte(line, '{')
	if open < 0 || line[len(line)-1] != '}' {
		return 0, false
	}
	return text.ParseLength(bytes.TrimSuffix(line[open+1:len(line)-1], []byte{'+'}))
}
