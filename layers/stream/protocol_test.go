package stream

import "testing"

// Every protocol has one row in the table, and a unique name.
func TestProtocols(t *testing.T) {
	rows, names := map[Proto]int{}, map[string]int{}
	for _, p := range protocols {
		rows[p.proto]++
		names[p.name]++
		if p.name == "" || names[p.name] > 1 {
			t.Errorf("%d: name %q", p.proto, p.name)
		}
		if p.recognise != nil && p.lines != nil {
			t.Errorf("%s: recognised in two ways", p.name)
		}
	}
	for p := range Proto(protoCount) {
		if rows[p] != 1 {
			t.Errorf("%v: %d rows", p, rows[p])
		}
		var back Proto
		if err := back.UnmarshalText([]byte(p.String())); err != nil || back != p {
			t.Errorf("%v: read back as %v, %v", p, back, err)
		}
	}
	if len(rows) != protoCount {
		t.Errorf("%d protocols, want %d", len(rows), protoCount)
	}
}

// The line protocols are adjacent, and agree on the verbs that they share.
func TestLineProtocols(t *testing.T) {
	together := len(lineProtocols())
	sure := map[string]bool{}
	for _, p := range protocols {
		if p.lines == nil {
			continue
		}
		together--
		for _, c := range p.lines.commands {
			if s, known := sure[c.verb]; known && s != c.sure {
				t.Errorf("%s: whether %s is sure depends on the protocol", p.name, c.verb)
			}
			sure[c.verb] = c.sure
		}
	}
	if together != 0 {
		t.Errorf("%d line protocols are not adjacent", -together)
	}
}
