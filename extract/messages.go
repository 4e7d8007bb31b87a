package extract

import (
	"github.com/sightline-go/sightline/layers/sse"
	"github.com/sightline-go/sightline/layers/stream"
)

// Messages counts messages and their bytes. What they say is not recorded.
type Messages struct {
	Count int64 `json:"count,omitempty"`
	Bytes int64 `json:"bytes,omitempty"` // of their content, decompressed
}

func (m *Messages) merge(o *Messages) {
	m.Count += o.Count
	m.Bytes += o.Bytes
}

func (m *Messages) add(data []byte) { m.merge(&Messages{1, int64(len(data))}) }

// A GRPC counts the messages of the calls (gRPC and gRPC-Web) that a request began.
type GRPC struct {
	Sent     Messages `json:"sent"`     // by the client
	Received Messages `json:"received"` // by the client
}

func (g *GRPC) merge(o *GRPC) {
	g.Sent.merge(&o.Sent)
	g.Received.merge(&o.Received)
}

// mergeCounts adds what o counts, which may be nil, to *to.
func mergeCounts[T any, P interface {
	*T
	merge(*T)
}](to *P, o P) {
	if o == nil {
		return
	}
	if *to == nil {
		*to = new(T)
	}
	(*to).merge(o)
}

// grpc counts a message for the request of its call.
func (w *worker) grpc(_ *shard, m *stream.Message) {
	row := w.openerOf(m)
	if row == nil {
		return
	}
	if row.GRPC == nil {
		row.GRPC = new(GRPC)
	}
	side := &row.GRPC.Received
	if m.FromClient {
		side = &row.GRPC.Sent
	}
	side.add(m.Data)
}

// event counts a server-sent event for the request that it answers.
func (w *worker) event(_ *shard, m *stream.Message) {
	row := w.openerOf(m)
	if row == nil {
		return
	}
	if row.Events == nil {
		row.Events = new(Messages)
	}
	if e, err := sse.ParseEvent(m.Data); err == nil {
		w.scratch = e.AppendData(w.scratch[:0])
		row.Events.add(w.scratch)
	}
}
