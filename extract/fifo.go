package extract

import (
	"iter"

	"github.com/sightline-go/sightline/internal/lru"
	"github.com/sightline-go/sightline/layers"
)

// A fifo holds one value for each connection. At fifoMax connections, it drops the
// one that was added first.
type fifo[V any] struct{ table lru.Table[layers.Flow, V] }

const fifoMax = 512

// put sets the value of a connection. At the limit, it returns the value dropped to
// make room, and true.
func (f *fifo[V]) put(k layers.Flow, v V) (out V, full bool) {
	if e := f.table.Find(k); e != nil {
		e.Value = v
		return out, false
	}
	if f.table.Len() >= fifoMax {
		out, full = f.remove(f.table.Oldest()), true
	}
	f.table.Add(k, v)
	return out, full
}

func (f *fifo[V]) get(k layers.Flow) (v V, ok bool) {
	if e := f.table.Find(k); e != nil {
		return e.Value, true
	}
	return v, false
}

// take removes and returns the value of a connection.
func (f *fifo[V]) take(k layers.Flow) (v V, ok bool) {
	if e := f.table.Find(k); e != nil {
		return f.remove(e), true
	}
	return v, false
}

func (f *fifo[V]) remove(e *lru.Entry[layers.Flow, V]) V {
	v := e.Value
	f.table.Remove(e)
	return v
}

// drain removes all values, oldest first.
func (f *fifo[V]) drain() iter.Seq[V] {
	return func(yield func(V) bool) {
		for e := f.table.Oldest(); e != nil; e = f.table.Oldest() {
			if !yield(f.remove(e)) {
				return
			}
		}
	}
}
