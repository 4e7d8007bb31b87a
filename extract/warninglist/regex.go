package warninglist

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

const (
	// maxPattern is the most bytes of a pattern.
	maxPattern = 1024
	// maxProgram is the most instructions of a compiled one: they bound the time
	// for each byte of a value.
	maxProgram = 1000
)

// patterns are the entries of a regex list.
type patterns struct {
	list    *List
	entries []string
	res     []*regexp.Regexp
}

func (p *patterns) add(entry string) error {
	if len(entry) > maxPattern {
		return fmt.Errorf("%w: a pattern has at most %d bytes", ErrTooLarge, maxPattern)
	}
	expr, err := translate(entry)
	if err != nil {
		return err
	}
	re, err := compile(expr)
	if err != nil {
		return err
	}
	p.entries, p.res = append(p.entries, entry), append(p.res, re)
	return nil
}

// find returns the first entry that finds something in value.
func (p *patterns) find(value string) (entry string, ok bool) {
	for i, re := range p.res {
		if re.MatchString(value) {
			return p.entries[i], true
		}
	}
	return "", false
}

// compile compiles expr, unless it is too large.
func compile(expr string) (*regexp.Regexp, error) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, unsupported(err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, unsupported(err)
	}
	if len(program.Inst) > maxProgram {
		return nil, fmt.Errorf("%w: a pattern has at most %d instructions, this one %d", ErrTooLarge, maxProgram, len(program.Inst))
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, unsupported(err)
	}
	return re, nil
}

// unsupported quotes what the errors of package regexp show as it is.
func unsupported(err error) error {
	var e *syntax.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%w: %s: %q", ErrPattern, e.Code, shorten(e.Expr))
	}
	return fmt.Errorf("%w: %w", ErrPattern, err)
}

// translate turns a PCRE with delimiters, as PHP's preg_match has it, into an
// expression of package regexp.
func translate(entry string) (string, error) {
	body, modifiers, err := undelimit(strings.TrimLeft(entry, " \t\n\v\f\r"))
	if err != nil {
		return "", err
	}
	flags := ""
	for _, c := range modifiers {
		switch c {
		case 'i', 'm', 's', 'U':
			flags += string(c)
		case 'D', 'S', 'u', 'n', ' ', '\n', '\r':
			// What they ask for holds in any case, or does not decide whether
			// there is a match.
		case 'A', 'J', 'X', 'x':
			return "", fmt.Errorf("%w: modifier %q", ErrPattern, c)
		default:
			return "", fmt.Errorf("%w: PCRE has no modifier %q, so a server matches nothing with it", ErrPattern, c)
		}
	}
	if flags != "" {
		body = "(?" + flags + ")" + body
	}
	return body, nil
}

// undelimit takes an entry apart.
func undelimit(entry string) (body, modifiers string, err error) {
	if entry == "" || entry[0] == '\\' || entry[0] == 0 || alphanumeric(entry[0]) {
		return "", "", fmt.Errorf("%w: it begins with no delimiter, such as /", ErrPattern)
	}
	opening, closing := entry[0], entry[0]
	if i := strings.IndexByte("([{<", opening); i >= 0 {
		closing = ")]}>"[i]
	}
	depth := 1
	for i := 1; i < len(entry); i++ {
		switch c := entry[i]; {
		case c == '\\':
			i++
		case c == closing:
			if depth--; depth == 0 {
				return entry[1:i], entry[i+1:], nil
			}
		case c == opening:
			depth++
		}
	}
	return "", "", fmt.Errorf("%w: it has no final delimiter %q", ErrPattern, closing)
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
