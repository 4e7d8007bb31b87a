package stream

import (
	"time"

	"github.com/sightline-go/sightline/layers/tls"
)

// Config holds the limits and options of an Assembler. A zero field means its
// default.
type Config struct {
	// MaxBytes limits the memory held in total: segments that wait for an
	// earlier one, incomplete messages, and the connections themselves. At the
	// limit, connections are evicted: closed ones first, then those that
	// carried no data, then the rest, in each group the one idle longest first.
	// QUIC connections may use a quarter of it, and DTLS associations an eighth.
	// 0: 64 MiB.
	MaxBytes int

	// MaxSilent limits the number of connections between two addresses that carry
	// no data, such as those of a port scan. At the limit, an eighth of them is
	// evicted, those idle longest. All of them together are limited by MaxBytes.
	// 0: limited only by MaxBytes.
	MaxSilent int

	// MaxConn limits the segments that wait for an earlier one in one direction
	// of a connection, or for what they acknowledge of the other. At the limit,
	// the missing data is treated as lost.
	// 0: 4 MiB.
	MaxConn int

	// MaxMessage limits the length of a message. A longer one is dropped, but one of
	// WebSocket, gRPC or server-sent events is cut: see Message.State. 0: 1 MiB.
	MaxMessage int

	// MaxDecode limits the length of a compressed body, which is held until it
	// is complete, and the bytes that one call of Push or Flush decompresses. A
	// body over the limit is reported as Oversized, and not decompressed
	// further. 0: 16 MiB.
	MaxDecode int

	// Stop, if not nil, is called for every 32 KiB that are decoded, or more
	// often. When it reports true, decoding ends: the body in work and those
	// after it are Unfinished, and have no hashes. Package extract stops when its
	// context is done, too. Stop must be safe for concurrent use if several
	// Assemblers share it.
	Stop func() bool

	// MaxWork limits the work of decompressing bodies, in bytes written: what
	// exceeds 384 times the bytes of their connections. A body over the limit is
	// reported as Oversized. Negative: nothing exceeds that. 0: 4 MiB.
	MaxWork int

	// Hash selects the hashes to compute of files.
	Hash Hash

	// Content enables Messages of Kind FileData, with the content of files.
	Content bool

	// NoFiles suppresses the Messages of files: bodies, attachments and
	// transfers are skipped, and Hash and Content have no effect.
	NoFiles bool

	// WebSocketFiles reports each binary message of WebSocket as a File, too, and
	// GRPCFiles each message of gRPC. One longer than MaxMessage is Oversized.
	WebSocketFiles bool
	GRPCFiles      bool

	// Connections enables a Message of Kind Opened at the first packet of each
	// TCP connection, and one of Kind Closed when the connection is dropped: a
	// minute after its end, so that its last packets are counted; after it was
	// silent for Idle; at a limit; when its ports are reused; or at Flush.
	// Packets that neither carry data nor open a connection are reported as one
	// too, so that every TCP packet counts for exactly one connection.
	Connections bool

	// Scratch, if not nil, is memory for decoding that Assemblers of one
	// goroutine share. Their messages are valid until the next Push of any.
	Scratch *Scratch

	// Charset, if not nil, converts the names of files from a charset that
	// layers/mail does not know to UTF-8, and reports whether it knows it.
	Charset func(label string, b []byte) ([]byte, bool)

	// Keys, if not nil, has the secrets of TLS, DTLS and QUIC connections. What they
	// protect is decrypted, and decoded as if a tunnel carried it: Message.Via has
	// TLS in it, after QUIC if that carries it, or DTLS. Of what DTLS carries, DNS
	// messages are decoded.
	// Several Assemblers may share Keys.
	Keys *tls.Keys

	// Detect, if not nil, recognises the caller's own protocols.
	Detect Detector

	// Idle is how long, in capture time, a connection may be silent before it
	// is dropped. A closed one is dropped after a minute at the latest.
	// 0: 5 minutes.
	Idle time.Duration

	// Overlap decides which bytes count where segments that wait for an earlier
	// one overlap. 0: PolicyFirst.
	Overlap Policy

	// InlineUrgent keeps urgent bytes in the data, as a program with the socket
	// option SO_OOBINLINE receives them. Otherwise the byte before the urgent
	// pointer is left out, as Linux, the BSDs and Windows do (RFC 6093 section 3).
	InlineUrgent bool

	// MaxFragments limits the memory held for incomplete IP datagrams, as
	// Defragmenter.MaxBytes does. 0: 4 MiB.
	MaxFragments int
}

const (
	defaultMaxBytes   = 64 << 20
	defaultMaxConn    = 4 << 20
	defaultMaxMessage = 1 << 20
	defaultMaxDecode  = 16 << 20
	defaultMaxWork    = 4 << 20
	defaultIdle       = 5 * time.Minute
)

func withDefault[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}
