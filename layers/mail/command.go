package mail

import (
	"bytes"
	"iter"

	"github.com/sightline-go/sightline/internal/text"
	"github.com/sightline-go/sightline/layers/wire"
)

// Command is a view of a command line of SMTP (RFC 5321 section 4.1.1), POP3
// (RFC 1939 section 3) or FTP (RFC 959 section 5.3). It aliases the bytes given
// to [ParseCommand], as do the slices that its methods return.
type Command struct{ verb, arg []byte }

// ParseCommand returns a view of the command line b, with or without its line
// end. The error is Short if b has no verb.
func ParseCommand(b []byte) (Command, error) {
	c, ok := cutVerb(b)
	if !ok {
		return Command{}, wire.Fail("command", wire.Short, len(b), 0)
	}
	return c, nil
}

// cutVerb splits a line into its first word and the rest. It reports false if
// there is no word.
func cutVerb(b []byte) (c Command, ok bool) {
	b = text.TrimSpace(b)
	i := 0
	for i < len(b) && !text.IsSpace(b[i]) {
		i++
	}
	return Command{b[:i:i], text.TrimSpace(b[i:])}, i > 0
}

// Verb returns the command's name as sent, in any case.
func (c Command) Verb() []byte { return c.verb }

// Is reports whether the command's name is name, ignoring case.
func (c Command) Is(name string) bool { return text.EqualFold(c.verb, name) }

// Arg returns the text after the verb, without surrounding white space.
func (c Command) Arg() []byte { return c.arg }

// Path returns the argument after FROM: or TO: of SMTP's MAIL and RCPT,
// including parameters, nil for other commands.
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

// secret reports whether the command's argument may hold a password or an
// equivalent.
func (c Command) secret() bool {
	return c.Is("PASS") || c.Is("APOP") || c.Is("AUTH") || c.Is("ACCT") || c.Is("LOGIN") || c.Is("AUTHENTICATE")
}

// AppendText appends the command to dst, in printable ASCII. It omits the
// argument of login commands: PASS, APOP, AUTH, ACCT, LOGIN and AUTHENTICATE.
func (c Command) AppendText(dst []byte) ([]byte, error) {
	dst = text.AppendEscaped(dst, c.verb)
	if len(c.arg) > 0 && !c.secret() {
		dst = text.AppendEscaped(append(dst, ' '), c.arg)
	}
	return dst, nil
}

// String returns the text that AppendText appends.
func (c Command) String() string { b, _ := c.AppendText(nil); return string(b) }

// Reply is a view of a reply, with all its lines, of SMTP (RFC 5321 section
// 4.2) or FTP (RFC 959 section 4.2). It aliases the bytes given to
// [ParseReply].
type Reply struct{ b []byte }

// ParseReply returns a view of the reply b. The error is Short if b is shorter
// than a code, Malformed if it does not begin with one.
func ParseReply(b []byte) (Reply, error) {
	if len(b) < 3 {
		return Reply{}, wire.Fail("reply", wire.Short, len(b), 3)
	}
	if !text.IsDigit(b[0]) || !text.IsDigit(b[1]) || !text.IsDigit(b[2]) || len(b) > 3 && text.IsDigit(b[3]) {
		return Reply{}, wire.Fail("reply", wire.Malformed, len(b), 0)
	}
	return Reply{b}, nil
}

// Code returns the reply code, 0 to 999.
func (r Reply) Code() int {
	return 100*int(r.b[0]-'0') + 10*int(r.b[1]-'0') + int(r.b[2]-'0')
}

// Lines returns the text of each line, without the code if the line begins with
// it.
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

// Bytes returns the reply as given to ParseReply.
func (r Reply) Bytes() []byte { return r.b }

// AppendText appends the code and the first line of text to dst, in printable
// ASCII.
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

// String returns the text that AppendText appends.
func (r Reply) String() string { b, _ := r.AppendText(nil); return string(b) }

// IMAPCommand is a view of an IMAP command (RFC 9051 section 6), or of a tagged
// response (section 7). It aliases the bytes given to [ParseIMAPCommand].
type IMAPCommand struct {
	tag []byte
	Command
}

// ParseIMAPCommand returns a view of the command b, with or without its last
// line end. The error is Short if b lacks a tag or a verb.
func ParseIMAPCommand(b []byte) (IMAPCommand, error) {
	tagged, _ := cutVerb(b)
	c, ok := cutVerb(tagged.arg)
	if !ok {
		return IMAPCommand{}, wire.Fail("IMAP command", wire.Short, len(b), 0)
	}
	return IMAPCommand{tagged.verb, c}, nil
}

// Tag returns the command's tag.
func (c IMAPCommand) Tag() []byte { return c.tag }

// AppendText appends the tag and the text of the Command to dst.
func (c IMAPCommand) AppendText(dst []byte) ([]byte, error) {
	return c.Command.AppendText(append(text.AppendEscaped(dst, c.tag), ' '))
}

// String returns the text that AppendText appends.
func (c IMAPCommand) String() string { b, _ := c.AppendText(nil); return string(b) }

// CutIMAPString cuts the string (RFC 9051 section 4.3) at the start of b: an
// atom, a quoted string or a literal. Of a quoted string it returns the contents,
// in which backslashes escape. rest begins after the space that follows; both are
// nil if the string is not complete.
func CutIMAPString(b []byte) (s, rest []byte) {
	end := len(b)
	switch {
	case end == 0:
		return nil, nil
	case b[0] == '"' && quotedLen(b) > 0:
		end = quotedLen(b)
		s = b[1 : end-1]
	case b[0] == '{':
		line, after, _ := text.CutLine(b)
		n, ok := IMAPLiteral(line)
		if !ok || n > int64(len(after)) {
			return nil, nil
		}
		s = after[:n]
		end -= len(after) - int(n)
	default:
		if i := bytes.IndexByte(b, ' '); i >= 0 {
			end = i
		}
		s = b[:end]
	}
	return s, bytes.TrimPrefix(b[end:], []byte{' '})
}

// IMAPLiteral returns the size in bytes of the literal (RFC 9051 section 4.3)
// announced at the end of a line: {310}, {310+} or, for binary data, ~{310}.
func IMAPLiteral(line []byte) (size int64, ok bool) {
	line = bytes.TrimRight(line, "\r\n")
	open := bytes.LastIndexByte(line, '{')
	if open < 0 || line[len(line)-1] != '}' {
		return 0, false
	}
	return text.ParseLength(bytes.TrimSuffix(line[open+1:len(line)-1], []byte{'+'}))
}
