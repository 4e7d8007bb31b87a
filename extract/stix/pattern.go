package stix

import "strings"

// expand returns the pattern of an indicator (STIX 2.1 section 9): a line of
// types.tsv with the parts of a value in place of $1, $2, #1 and #2. ok is false if the
// value does not fit.
func (m *mapping) expand(parts []string) (pattern string, ok bool) {
	var b strings.Builder
	template := m.pattern
	for i := 0; i < len(template); i++ {
		switch c := template[i]; {
		case c == '$':
			i++
			b.WriteString(literal(parts[template[i]-'1']))
		case c == '#':
			i++
			n := parts[template[i]-'1']
			if _, ok := number(n); !ok {
				return "", false
			}
			b.WriteString(n)
		case strings.HasPrefix(template[i:], "[ip:"):
			i += len("[ip:") - 1
			typ := family(parts[len(parts)-1])
			if typ == "" {
				return "", false
			}
			b.WriteString("[" + typ + ":")
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), true
}

// escapes are the characters that a string literal must not contain as they are (STIX
// 2.1 section 9.2).
var escapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

func literal(s string) string { return "'" + escapes.Replace(s) + "'" }
