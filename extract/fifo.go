package extract

import (
	"container/list"
	"iter"

	"github.com/sightline-go/sightline/layers"
)

// A fifo holds something for each of the connections that had it last, at most
// fifoMax.
type fifo[V any] struct {
	places map[layers.Flow]*list.Element
	order  list.List // of waiting[V], oldest first
}

type waiting[V any] struct {
	key   layers.Flow
	value V
}

// fifoMax bounds what waits in a shard.
const fifoMax = 512

// put notes v for a connection. At the bound it returns what gives way.
func (f *fifo[V]) put(k layers.Flow, v V) (out V, full bool) {
	if e, ok := f.places[k]; ok {
		e.Value = waiting[V]{k, v}
		return out, false
	}
	if f.places == nil {
		f.places = map[layers.Flow]*list.Element{}
	}
	if len(f.places) >= fifoMax {
		out, full = f.remove(f.order.Front()), true
	}
	f.places[k] = f.order.PushBack(waiting[V]{k, v})
	return out, full
}

// get returns what is noted for a connection.
func (f *fifo[V]) get(k layers.Flow) (v V, ok bool) {
	if e, ok := f.places[k]; ok {
		return e.Value.(waiting[V]).value, true
	}
	return v, false
}

// take removes and returns what is noted for a connection.
func (f *fifo[V]) take(k layers.Flow) (v V, ok bool) {
	if e, ok := f.places[k]; ok {
		return f.remove(e), true
	}
	return v, false
}

func (f *fifo[V]) remove(e *list.Element) V {
	w := f.order.Remove(e).(waiting[V])
	delete(f.places, w.key)
	return w.value
}

// drain removes all, oldest first.
func (f *fifo[V]) drain() iter.Seq[V] {
	return func(yield func(V) bool) {
		for e := f.order.Front(); e != nil; e = f.order.Front() {
			if !yield(f.remove(e)) {
				return
			}
		}
	}
}
