package extract

import (
	"bytes"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

// A Shard does the tasks of one shard. Set Options, call Do for the tasks with its
// number from all Dividers, Datagrams and the Opening, in the order of bytes.Compare,
// then Finish.
//
// The limits on all connections together are enforced for the Shard alone, at the same
// packets as by an Extractor: see Unseen.
type Shard struct {
	Options

	team      team
	number    int64     // of the last task's packet
	granting  bool      // the next TCP data grants the reserve
	collected bool      // Stream.Keys are own ones, with those of tasks
	given     *tls.Keys // Stream.Keys before that
	decoder   layers.Decoder
	packet    layers.Packet
	part      part // of the task in work
}

// Do does a task. It returns an error if the task does not come from a Divider,
// Datagrams or Opening, and a [PanicError] if the code that decodes the packet
// panicked, which drops the connections of the shard. The next task can be done after
// either. It does not keep the task.
func (s *Shard) Do(task []byte) (err error) {
	var c codedTask
	if err := c.decode(task); err != nil {
		return err
	}
	if s.team.shards == nil {
		s.open()
	}
	defer rescue(&err, s.team.workers...)
	if (c.number-1)/enforceEvery > (s.number-1)/enforceEvery {
		s.team.enforceLimits()
	}
	s.number = c.number
	switch c.kind {
	case taskKeys:
		s.keys(c.keys)
	case taskGrant:
		s.team.shards[0].grant(&s.Options)
	case taskGrants:
		s.granting = true
	default:
		s.do(&c)
	}
	return nil
}

func (s *Shard) open() { s.team = newTeam(&s.Options, 1, 1) }

// keys adds a key log to the keys of the options.
func (s *Shard) keys(log []byte) {
	if !s.collected {
		s.collected, s.given = true, s.Stream.Keys
		s.Stream.Keys = s.Stream.Keys.Clone()
		s.team.setKeys()
	}
	s.Stream.Keys.Read(bytes.NewReader(log)) // which does not fail
}

func (s *Shard) do(c *codedTask) {
	t := task{rec: &c.rec, part: &s.part}
	ref := stream.RefOf(c.capture, &c.rec)
	switch c.kind {
	case taskPacket:
		t.part = nil
		s.decoder.Decode(&s.packet, &c.rec)
		if s.granting && hasTCPData(&s.packet) {
			s.granting, t.granted = false, true
		}
	case taskFragment:
		s.decoder.Decode(&s.packet, &c.rec)
		s.part = part{fragment: true}
	case taskWhole:
		s.decoder.Decode(&s.packet, &c.rec)
		s.part = part{datagram: &s.packet, first: c.first, last: ref}
	case taskJoined:
		s.decoder.DecodeBytes(&s.packet, pcap.LinkTypeRaw, c.rec.Data)
		s.part = part{datagram: &s.packet, first: c.first, last: ref}
		c.rec.Data = nil // as the record is another packet
	case taskTunnel:
		s.part = part{tunnel: c.tunnel}
	}
	alone := s.team.shards[0]
	alone.worker.do(alone, &t, &s.packet, ref)
}

// Finish ends all connections, and resets the Shard to its Options. It returns the
// Shard's piece of the Report, and a [PanicError] as Do does.
func (s *Shard) Finish() (*Piece, error) {
	if s.team.shards == nil {
		s.open()
	}
	p := new(Piece)
	p.report.setLimits(s.limits())
	err := s.team.finish(&p.report)
	o := s.Options
	if s.collected {
		o.Stream.Keys = s.given
	}
	*s = Shard{Options: o}
	return p, err
}
