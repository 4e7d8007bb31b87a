package extract

import (
	"encoding/binary"
	"errors"
	"slices"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// A taskKind is the kind of an encoded task.
type taskKind byte

// The kinds. Of one packet, tasks are done in the order of their steps.
const (
	taskKeys     taskKind = iota // use the TLS secrets that follow
	taskGrant                    // the shard gets its reserve of work
	taskGrants                   // it gets that with the next TCP data
	taskPacket                   // do the packet that follows
	taskFragment                 // count the packet that follows as a fragment
	taskWhole                    // do the packet that follows as a datagram from the fragments since the Ref before it
	taskJoined                   // do the datagram that follows, which has no link layer
	taskTunnel                   // count the packet for the flow that follows
)

// The steps: where the tasks of a packet begin, by what yields them.
const (
	stepKeys     = 0
	stepGrant    = 1
	stepPacket   = 2       // Divider
	stepDatagram = 1 << 15 // Datagrams
)

// taskHead is the length of what an encoded task begins with: the number of its packet
// and its step, both in big-endian byte order, and its kind. Tasks are therefore done
// in the order of their bytes.
const taskHead = 8 + 2 + 1

func appendHead(dst []byte, number int64, step int, kind taskKind) []byte {
	dst = binary.BigEndian.AppendUint64(dst, uint64(number))
	dst = binary.BigEndian.AppendUint16(dst, uint16(step))
	return append(dst, byte(kind))
}

// appendTask appends a task on the packet with the given number, in a capture.
func appendTask(dst []byte, number int64, step, capture int, t *task) []byte {
	part := t.part
	switch {
	case part == nil:
		dst = appendRecord(appendHead(dst, number, step, taskPacket), capture, t.rec)
		return append(dst, t.rec.Data...)
	case part.fragment:
		dst = appendRecord(appendHead(dst, number, step, taskFragment), capture, t.rec)
		return append(dst, t.rec.Data...)
	case part.datagram != nil:
		kind, data := taskJoined, part.datagram.Bytes()
		if len(data) > 0 && len(t.rec.Data) > 0 && &data[0] == &t.rec.Data[0] {
			kind = taskWhole
		}
		dst = appendRef(appendHead(dst, number, step, kind), part.first)
		return append(appendRecord(dst, part.last.Capture, t.rec), data...)
	default:
		dst = appendFlow(appendHead(dst, number, step, taskTunnel), part.tunnel)
		return appendRecord(dst, capture, t.rec)
	}
}

// A codedTask is a decoded task. It aliases the bytes that it was decoded from.
type codedTask struct {
	number  int64
	kind    taskKind
	first   stream.Ref // of a datagram
	tunnel  layers.Flow
	capture int
	rec     pcap.Record
	keys    []byte
}

var errTask = errors.New("extract: invalid task")

func (c *codedTask) decode(b []byte) error {
	if len(b) < taskHead {
		return errTask
	}
	c.number, c.kind = int64(binary.BigEndian.Uint64(b)), taskKind(b[taskHead-1])
	f := fields{b: b[taskHead:]}
	switch c.kind {
	case taskKeys:
		c.keys = f.b
		return nil
	case taskGrant, taskGrants:
		return nil
	case taskWhole, taskJoined:
		c.first = f.ref()
	case taskTunnel:
		c.tunnel = f.flow()
	case taskPacket, taskFragment:
	default:
		return errTask
	}
	c.capture, c.rec = f.record()
	if f.bad {
		return errTask
	}
	c.rec.Data = f.b
	return nil
}

// KeysTask returns a task, for every shard, that makes it use the TLS secrets in a key
// log from the packet on that follows the first before packets of the captures. An
// Extractor uses those of Scan.Keys from the first packet of their capture on.
func KeysTask(before int64, log []byte) []byte {
	return slices.Concat(appendHead(nil, before+1, stepKeys, taskKeys), log)
}
