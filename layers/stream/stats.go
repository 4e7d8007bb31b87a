package stream

// Stats counts what an Assembler has processed and dropped.
type Stats struct {
	Conns int // connections seen
	Open  int // connections in memory now, including those closed in the last minute
	Held  int // bytes in memory now, as Config.MaxBytes counts them

	Expired    int // connections dropped after being silent for Config.Idle
	Evicted    int // connections evicted at Config.MaxBytes, by Shrink or ShrinkSilent, or at a limit of their protocol
	Parted     int // connections evicted at Config.MaxSilent
	Full       int // times that Config.MaxBytes was reached, or that Shrink or ShrinkSilent evicted connections
	TooLong    int // messages dropped at Config.MaxMessage, or at a limit of their protocol
	Incomplete int // messages of which only a part was seen
	Malformed  int // messages that are invalid or cannot be decompressed: of WebSocket, of DNS inside HTTP, compressed certificates
	TooDeep    int // mails, multiparts and tunnels skipped because they were nested too deep
	TooMany    int // skipped: parts of a mail or form after the 1000th, messages of one call after the 2^18th
	TooCostly  int // bodies and messages not decompressed further, and heads of HTTP/2 and HTTP/3 dropped, at Config.MaxWork
	Unmet      int // data connections that FTP announced and that were not captured

	Invalid  int // fields and frames of HTTP/2 and HTTP/3 that RFC 9113 or RFC 9114 forbids, left out
	Unknown  int // fields of HTTP/2 and HTTP/3 that refer to others that were not captured, left out
	Disputed int // requests of HTTP/2 and HTTP/3 whose :authority and host differ
	Schemes  int // requests of HTTP/2 and HTTP/3 whose :scheme is http but the connection's is https, or the reverse
	Migrated int // QUIC packets of a connection with secrets in Config.Keys that come from or go to another address, not decrypted

	// Protos counts conversations by recognised protocol. A connection that
	// tunnels others counts once for each.
	Protos map[Proto]int

	Decrypted   int // connections of TLS, DTLS and QUIC of which Config.Keys decrypted records or packets
	Undecrypted int // connections with secrets in Config.Keys whose version, cipher suite or compression is not implemented
	Unauthentic int // records and QUIC packets of connections with secrets in Config.Keys that did not authenticate

	Retransmitted int64 // bytes received again
	Missing       int64 // bytes in gaps
	Stray         int64 // bytes after the end of a direction, outside its sequence numbers, or with a signature (RFC 2385) unlike the connection
	Conflicts     int   // segments that overlap a waiting one with different bytes

	Defrag DefragStats

	// Work is the work of what can cost much more than its bytes: decompressing,
	// and cutting segments that overlap. The unit is the work of decompressing
	// and hashing a byte. It is at most Config.MaxWork plus 448 times the bytes
	// captured.
	Work int64 `json:"-"`
}

// Add adds the counts of another Assembler.
func (s *Stats) Add(o Stats) {
	s.Conns += o.Conns
	s.Open += o.Open
	s.Held += o.Held
	s.Expired += o.Expired
	s.Evicted += o.Evicted
	s.Parted += o.Parted
	s.Full += o.Full
	s.TooLong += o.TooLong
	s.Incomplete += o.Incomplete
	s.Malformed += o.Malformed
	s.TooDeep += o.TooDeep
	s.TooMany += o.TooMany
	s.TooCostly += o.TooCostly
	s.Decrypted += o.Decrypted
	s.Unauthentic += o.Unauthentic
	s.Undecrypted += o.Undecrypted
	s.Unmet += o.Unmet
	s.Invalid += o.Invalid
	s.Unknown += o.Unknown
	s.Disputed += o.Disputed
	s.Schemes += o.Schemes
	s.Migrated += o.Migrated
	for p, n := range o.Protos {
		if s.Protos == nil {
			s.Protos = make(map[Proto]int)
		}
		s.Protos[p] += n
	}
	s.Retransmitted += o.Retransmitted
	s.Missing += o.Missing
	s.Stray += o.Stray
	s.Conflicts += o.Conflicts
	s.Defrag.add(o.Defrag)
	s.Work += o.Work
}
