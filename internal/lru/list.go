// Package lru keeps things in the order in which they were last used, to drop
// those first that were unused longest. Neither a use nor a removal allocates.
package lru

// A List orders elements by when they were last touched. It is intrusive: an
// element has its place, a Node, in it. The zero value is empty.
type List[T any] struct {
	oldest, newest *Node[T]
	n              int
}

// A Node is an element's place in a List. The zero value is in none.
type Node[T any] struct {
	prev, next *Node[T]
	elem       *T
}

// Len returns how many elements there are.
func (l *List[T]) Len() int { return l.n }

// Oldest returns the element that was touched longest ago, nil when there is none.
func (l *List[T]) Oldest() *T {
	if l.oldest == nil {
		return nil
	}
	return l.oldest.elem
}

// Add adds elem, whose place is n, as the newest. It must not be in a List.
func (l *List[T]) Add(n *Node[T], elem *T) {
	n.elem = elem
	l.n++
	l.link(n)
}

// Touch makes the element at n, which must be in l, the newest.
func (l *List[T]) Touch(n *Node[T]) {
	if l.newest != n {
		l.unlink(n)
		l.link(n)
	}
}

// Remove removes the element at n, which must be in l.
func (l *List[T]) Remove(n *Node[T]) {
	l.unlink(n)
	l.n--
	*n = Node[T]{}
}

func (l *List[T]) link(n *Node[T]) {
	n.prev, n.next = l.newest, nil
	if l.newest == nil {
		l.oldest = n
	} else {
		l.newest.next = n
	}
	l.newest = n
}

func (l *List[T]) unlink(n *Node[T]) {
	if n.prev == nil {
		l.oldest = n.next
	} else {
		n.prev.next = n.next
	}
	if n.next == nil {
		l.newest = n.prev
	} else {
		n.next.prev = n.prev
	}
}
