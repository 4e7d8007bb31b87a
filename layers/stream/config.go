package stream

import "time"

// Config bounds an Assembler. A field that is 0 has its default.
type Config struct {
	// MaxBytes bounds what is held in all: segments that wait for an earlier
	// one, incomplete messages, and the connections themselves. Reaching it
	// gives up the connection that was idle longest, those that carried no data
	// before those that did; QUIC connections may take a quarter of it. 0: 64 MiB.
	MaxBytes int

	// MaxSilent bounds the connections that carry no data, such as those of a
	// flood of SYNs. Reaching it gives up the one that was idle longest. 0: as
	// many as MaxBytes has room for.
	MaxSilent int

	// MaxConn bounds what one direction of a connection holds of segments
	// that wait for an earlier one. Reaching it gives up what is missing.
	// 0: 4 MiB.
	MaxConn int

	// MaxMessage bounds one message. A longer one is given up. 0: 1 MiB.
	MaxMessage int

	// MaxDecode bounds a compressed body, which is held until it is whole, and
	// what one call of Push or Flush decodes. What is beyond is reported and not
	// decoded. 0: 16 MiB.
	MaxDecode int

	// Hash says which hashes of files are made.
	Hash Hash

	// Content asks for the content of files, as Messages of Kind FileData.
	Content bool

	// NoFiles leaves out the Messages of files: bodies, attachments and transfers
	// are passed over, and Hash and Content have no effect.
	NoFiles bool

	// Connections asks for a Message of Kind Opened at the first packet of each TCP
	// connection and one of Kind Closed when it is forgotten: a minute after its
	// end, so that its last packets are counted; when it was idle for Idle, at a
	// limit, when its ports are used again, or at Flush. Packets that neither have
	// data nor open a connection make one, too, so that each TCP packet counts for
	// one connection.
	Connections bool

	// Detect, if set, recognises protocols of the caller's own.
	Detect Detector

	// Idle is how long in capture time a connection may be silent before it is
	// given up. A closed one is forgotten after a minute. 0: 5 minutes.
	Idle time.Duration

	// Overlap says which bytes count where segments that wait for an earlier
	// one overlap. 0: PolicyFirst.
	Overlap Policy

	// MaxFragments bounds what is held of incomplete IP datagrams, as
	// Defragmenter.MaxBytes does. 0: 4 MiB.
	MaxFragments int
}

const (
	defaultMaxBytes   = 64 << 20
	defaultMaxConn    = 4 << 20
	defaultMaxMessage = 1 << 20
	defaultMaxDecode  = 16 << 20
	defaultIdle       = 5 * time.Minute
)

func withDefault[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}
