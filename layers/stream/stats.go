package stream

// Stats counts what an Assembler has done and what it gave up.
type Stats struct {
	Conns int // connections seen
	Open  int // connections in memory now, closed ones of the last minute included
	Held  int // bytes in memory now, as Config.MaxBytes counts them

	Expired    int // connections given up because they were idle for Config.Idle
	Evicted    int // connections given up at Config.MaxBytes or MaxSilent
	TooLong    int // messages given up at Config.MaxMessage
	Incomplete int // messages whose rest never came
	TooDeep    int // nested too deep: mails and multiparts, tunnels
	TooMany    int // parts of a mail or form beyond the thousandth, and messages of one call beyond the 2^18th, passed over
	Unmet      int // data connections that FTP announced and that were not seen

	// Protos counts conversations by what they were recognised as; several for a
	// connection that carries one in another.
	Protos map[Proto]int

	Retransmitted int64 // bytes that had come before
	Missing       int64 // bytes in gaps
	Stray         int64 // bytes behind the end of a direction, or of other sequence numbers
	Conflicts     int   // segments that differ from a waiting one where they overlap

	Defrag DefragStats
}

// Add adds the counts of o, another Assembler's.
func (s *Stats) Add(o Stats) {
	s.Conns += o.Conns
	s.Open += o.Open
	s.Held += o.Held
	s.Expired += o.Expired
	s.Evicted += o.Evicted
	s.TooLong += o.TooLong
	s.Incomplete += o.Incomplete
	s.TooDeep += o.TooDeep
	s.TooMany += o.TooMany
	s.Unmet += o.Unmet
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
}
