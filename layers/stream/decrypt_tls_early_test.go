package stream

import "testing"

// Early data beyond tlsMaxEarly does not wait for the server.
func TestDecryptMaxEarly(t *testing.T) {
	a := new(Assembler)
	s := sink{a: a, c: new(connection), via: pathOf(TCP)}
	o := &tlsOpener{early: true}
	a.hold(openerCost)
	most := 0
	for range 200 {
		o.content(s, piece{data: make([]byte, 1000)})
		most = max(most, a.Held())
	}
	if least := tlsMaxEarly; most < least || most > least+openerCost+tunnelCost+4<<10 {
		t.Errorf("%d bytes held, at most %d", most, least)
	}
	if o.inner == nil {
		t.Error("nothing was passed on")
	}
	o.free(s)
	if a.Held() != 0 {
		t.Errorf("%d bytes held at the end", a.Held())
	}
}

// The oldest session is forgotten at tlsMaxSessions.
func TestSessionsLimit(t *testing.T) {
	a := new(Assembler)
	id := func(i int) []byte { return []byte{byte(i >> 8), byte(i)} }
	for i := range tlsMaxSessions + 1 {
		a.remember(keyOfSession(byIdentifier, id(i)), id(i))
	}
	for i, known := range map[int]bool{0: false, 1: true, tlsMaxSessions: true} {
		if got := a.resumed(&resumption{offered: id(i)}, id(i)); (got != nil) != known {
			t.Errorf("session %d: %x", i, got)
		}
	}
	if a.resumed(&resumption{offered: id(1), full: true}, id(1)) != nil || a.resumed(&resumption{offered: id(2)}, id(1)) != nil {
		t.Error("a session that was not resumed has a secret")
	}
	a.Flush()
	if a.Held() != 0 || a.sessions.Len() != 0 {
		t.Errorf("%d bytes held", a.Held())
	}
}
