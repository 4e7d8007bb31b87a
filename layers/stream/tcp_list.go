package stream

// A list orders connections by when their last packet came. It is intrusive,
// so that moving a connection to the end costs no allocation.
type list struct {
	first, last *tcb
	n           int
}

func (l *list) append(t *tcb) {
	l.n++
	t.prev, t.next = l.last, nil
	if l.last == nil {
		l.first = t
	} else {
		l.last.next = t
	}
	l.last = t
}

func (l *list) remove(t *tcb) {
	l.n--
	if t.prev == nil {
		l.first = t.next
	} else {
		t.prev.next = t.next
	}
	if t.next == nil {
		l.last = t.prev
	} else {
		t.next.prev = t.prev
	}
	t.prev, t.next = nil, nil
}
