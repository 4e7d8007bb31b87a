package stix_test

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A comparison is a comparison expression of a pattern (STIX 2.1 section 9).
type comparison struct{ Path, Value string }

// parsePattern parses the part of the pattern grammar that bundles have: observation
// expressions joined by AND, of comparisons joined by AND, with =.
func parsePattern(s string) ([]comparison, error) {
	p := parser{rest: s}
	for {
		p.token("[")
		root := ""
		for {
			c := p.comparison()
			object, _, _ := strings.Cut(c.Path, ":")
			if root != "" && root != object {
				p.fail("comparisons of " + root + " and " + object)
			}
			root = object
			if p.rest, _ = strings.CutPrefix(p.rest, " "); !strings.HasPrefix(p.rest, "AND ") {
				break
			}
			p.token("AND ")
		}
		p.token("]")
		if p.err != nil || p.rest == "" {
			return p.all, p.err
		}
		p.token(" AND ")
	}
}

type parser struct {
	rest string
	all  []comparison
	err  error
}

func (p *parser) fail(why string) {
	if p.err == nil {
		p.err = fmt.Errorf("%s at %q", why, p.rest)
	}
}

func (p *parser) token(t string) {
	rest, ok := strings.CutPrefix(p.rest, t)
	if !ok {
		p.fail("no " + t)
	}
	p.rest = rest
}

func (p *parser) comparison() comparison {
	c := comparison{Path: p.path()}
	p.token(" = ")
	if strings.HasPrefix(p.rest, "'") {
		c.Value = p.literal()
	} else {
		c.Value = p.span("0123456789")
	}
	p.all = append(p.all, c)
	return c
}

const word = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

// path is an object path: a type, a property and keys, which are quoted if they have
// other characters than identifiers.
func (p *parser) path() string {
	path := p.span(word + "-")
	p.token(":")
	path += ":" + p.span(word)
	for strings.HasPrefix(p.rest, ".") {
		p.token(".")
		if strings.HasPrefix(p.rest, "'") {
			path += "." + p.literal()
		} else {
			path += "." + p.span(word)
		}
	}
	return path
}

func (p *parser) span(characters string) string {
	n := 0
	for n < len(p.rest) && strings.IndexByte(characters, p.rest[n]) >= 0 {
		n++
	}
	if n == 0 {
		p.fail("nothing")
	}
	s := p.rest[:n]
	p.rest = p.rest[n:]
	return s
}

// literal is a string literal: any characters, of which ' and \ follow a \.
func (p *parser) literal() string {
	p.token("'")
	var b strings.Builder
	for p.err == nil {
		r, n := utf8.DecodeRuneInString(p.rest)
		p.rest = p.rest[n:]
		switch {
		case n == 0:
			p.fail("no end of a literal")
		case r == '\'':
			return b.String()
		case r == '\\':
			if p.rest == "" || p.rest[0] != '\'' && p.rest[0] != '\\' {
				p.fail("escape")
				break
			}
			b.WriteByte(p.rest[0])
			p.rest = p.rest[1:]
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
