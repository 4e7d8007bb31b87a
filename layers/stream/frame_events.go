package stream

import (
	"bytes"
	"unicode/utf8"

	"github.com/sightline-go/sightline/layers/sse"
)

const eventStream = "text/event-stream"

// An eventBody splits a body into server-sent events.
type eventBody struct {
	from   Message
	split  sse.Splitter
	event  buffer // what has arrived of the event
	inside bool   // an event has begun
	began  bool   // the first event has ended: no byte order mark may follow
	skip   bool   // the rest of the event is skipped
	other  bool   // there are fields that events do not have
	many   bool   // there was an event
}

func newEventBody(from Message) *eventBody { return &eventBody{from: from} }

func (e *eventBody) write(s sink, data []byte, at Ref) {
	p := piece{data: data, ref: at}
	for len(p.data) > 0 {
		n, ends := e.split.Next(p.data)
		if e.skip {
			p.data = p.data[n:]
			e.skip = !ends
			continue
		}
		if !e.inside {
			e.event.begin(&p)
			e.inside = true
		}
		e.add(s, &p, n, ends)
		if ends {
			e.inside = false
		}
	}
}

// add adds n bytes to the event, which may end with them. Its empty line is left out, of
// which the last byte may come later.
func (e *eventBody) add(s sink, p *piece, n int, ends bool) {
	data := p.data[:n:n]
	p.data = p.data[n:]
	if ends {
		empty := 1
		if bytes.HasSuffix(data, []byte("\r\n")) {
			empty = 2
		}
		data = data[:n-empty]
	}
	rest := withDefault(s.a.MaxMessage, defaultMaxMessage) - len(e.event.b)
	switch {
	case len(data) > rest:
		s.a.stats.TooLong++
		e.event.add(s, &piece{data: data}, rest)
		e.emit(s, e.event.b, p.ref, Oversized)
		e.inside, e.skip = false, !ends
	case ends && len(e.event.b) == 0: // not copied
		e.emit(s, data, p.ref, Complete)
	default:
		e.event.add(s, &piece{data: data}, len(data))
		if !ends {
			return
		}
		e.emit(s, e.event.b, p.ref, Complete)
	}
	e.event.drop(s)
}

// emit emits an event if it has data.
func (e *eventBody) emit(s sink, b []byte, at Ref, state Completeness) {
	if !e.began {
		b = bytes.TrimPrefix(b, []byte(sse.ByteOrderMark))
		e.began = true
	}
	if !utf8.Valid(b) {
		b = sse.AppendUTF8(nil, b)
	}
	event, err := sse.ParseEvent(b)
	if err != nil {
		return
	}
	e.other = e.other || state != Complete || hasOther(event)
	if !event.HasData() {
		return
	}
	e.many = true
	m := e.from
	m.Proto, m.Kind, m.First, m.Last, m.Data, m.State = ServerSentEvents, ServerSentEvent, e.event.first, at, b[:len(b):len(b)], state
	s.via = s.via.with(e.from.Proto)
	s.emit(m)
}

// hasOther reports whether an event has fields that are not defined.
func hasOther(event sse.Event) bool {
	for name := range event.Fields() {
		switch string(name) {
		case "data", "event", "id", "retry":
		default:
			return true
		}
	}
	return false
}

// lose drops the event. The next one begins after an empty line.
func (e *eventBody) lose(s sink, _ int) {
	if e.inside || !e.skip {
		s.a.stats.Incomplete++
	}
	e.event.drop(s)
	e.split, e.inside, e.skip, e.began = sse.Splitter{}, false, true, true
}

// holds accepts only fields that events have: receivers ignore others, so any text is a
// stream of events.
func (e *eventBody) holds(Completeness) Kind {
	rest, err := sse.ParseEvent(e.event.b)
	if e.many && !e.other && (err != nil || !hasOther(rest)) {
		return ServerSentEvent
	}
	return 0
}

// end drops an event without its empty line, as receivers do.
func (e *eventBody) end(s sink, _ Message, _ Completeness) { e.event.abandon(s) }

func (e *eventBody) drop(s sink) { e.event.drop(s) }
