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
	// maxProgram is the most instructions of a compiled pattern. The time for each
	// byte of a value is linear in it.
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
		return fmt.Errorf("%w: pattern longer than %d bytes", ErrTooLarge, maxPattern)
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

// find returns the first entry that matches value.
func (p *patterns) find(value string) (entry string, ok bool) {
	for i, re := range p.res {
		if re.MatchString(value) {
			return p.entries[i], true
		}
	}
	return "", false
}

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
		return nil, fmt.Errorf("%w: pattern of more than %d instructions: %d", ErrTooLarge, maxProgram, len(program.Inst))
	}
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, unsupported(err)
	}
	return re, nil
}

// unsupported wraps an error of package regexp in ErrPattern, with the expression
// quoted.
func unsupported(err error) error {
	var e *syntax.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%w: %s: %q", ErrPattern, e.Code, shorten(e.Expr))
	}
	return fmt.Errorf("%w: %w", ErrPattern, err)
}

// translate converts a PCRE with delimiters, as for PHP's preg_match, into an
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
			// The default, or without influence on whether the value matches.
		case 'A', 'J', 'X', 'x':
			return "", fmt.Errorf("%w: modifier %q", ErrPattern, c)
		default:
			return "", fmt.Errorf("%w: PCRE has no modifier %q, so a MISP server never matches it", ErrPattern, c)
		}
	}
	if flags != "" {
		body = "(?" + flags + ")" + body
	}
	return body, nil
}

// undelimit splits an entry into the pattern between its delimiters and the
// modifiers.
func undelimit(entry string) (body, modifiers string, err error) {
	if entry == "" || entry[0] == '\\' || entry[0] == 0 || alphanumeric(entry[0]) {
		return "", "", fmt.Errorf("%w: no opening delimiter like /", ErrPattern)
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
	return "", "", fmt.Errorf("%w: no closing delimiter %q", ErrPattern, closing)
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
