// Package lru keeps elements in order of their last use, to drop the least
// recently used first. Neither use nor removal allocates.
package lru

import "iter"

// A List orders elements by their last use. It is intrusive: an element
// contains its Node. The zero value is empty.
type List[T any] struct {
	oldest, newest *Node[T]
	n              int
}

// A Node is the position of an element in a List. The zero value is not in a
// List.
type Node[T any] struct {
	prev, next *Node[T]
	elem       *T
}

// Len returns the number of elements.
func (l *List[T]) Len() int { return l.n }

// Oldest returns the least recently used element, nil if there is none.
func (l *List[T]) Oldest() *T {
	if l.oldest == nil {
		return nil
	}
	return l.oldest.elem
}

// All returns the elements, the least recently used first. The current one may be
// removed.
func (l *List[T]) All() iter.Seq[*T] {
	return func(yield func(*T) bool) {
		for n := l.oldest; n != nil; {
			next := n.next
			if !yield(n.elem) {
				return
			}
			n = next
		}
	}
}

// Add adds elem, with Node n, as the newest. It must not be in a List.
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
