package convert

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// A sink is a capture that is being written. The blocks of the input that are
// no packets may come before begin.
type sink interface {
	begin(h pcap.Header) error
	block(b *pcapng.Block) error
	packet(rec *pcap.Record) error
	end() error
}

func newSink(format string, w io.Writer) sink {
	if format == "pcapng" {
		return &pcapngSink{w: pcapng.NewWriter(w)}
	}
	return &pcapSink{out: w, c: pcap.WriterConfig{Nanoseconds: format == "nspcap"}}
}

// A pcapngSink writes pcapng.
type pcapngSink struct {
	w    *pcapng.Writer
	bare int // packets that lost their options, which were malformed
}

// begin describes the one interface that a pcap file has. A pcapng file
// describes its own.
func (s *pcapngSink) begin(h pcap.Header) error {
	if h.Format != pcap.FormatPcap {
		return nil
	}
	resolution := pcapng.Microseconds
	if h.Nanoseconds {
		resolution = pcapng.Nanoseconds
	}
	_, err := s.w.AddInterface(pcapng.Interface{LinkType: h.LinkType, SnapLen: max(0, h.SnapLen), FCSLen: h.FCSLen, Resolution: resolution})
	return err
}

// block copies b. A section gets no length, as it may not be the same any more.
func (s *pcapngSink) block(b *pcapng.Block) error {
	if _, ok := b.Header(); ok {
		c := *b
		c.Body = slices.Clone(b.Body)
		copy(c.Body[8:], "\xff\xff\xff\xff\xff\xff\xff\xff")
		b = &c
	}
	return s.w.WriteBlock(b)
}

func (s *pcapngSink) packet(rec *pcap.Record) error {
	err := s.w.Write(rec)
	if errors.Is(err, pcapng.ErrOption) {
		s.bare++
		bare := *rec
		bare.Options = nil
		err = s.w.Write(&bare)
	}
	return err
}

func (s *pcapngSink) end() error {
	if s.bare > 0 {
		return fmt.Errorf("%d packets are written without their options, which are malformed", s.bare)
	}
	return nil
}

// A pcapSink writes pcap, which holds one link type, one length of check sequence
// and nothing but packets.
type pcapSink struct {
	out  io.Writer
	c    pcap.WriterConfig
	link pcap.LinkType
	w    *pcap.Writer // once the link type is known
}

func (s *pcapSink) begin(h pcap.Header) error {
	s.link = pcap.LinkTypeEthernet
	if h.Format != pcap.FormatPcap {
		return nil
	}
	s.link, s.c.FCSLen = h.LinkType, h.FCSLen
	return s.open()
}

func (s *pcapSink) open() (err error) {
	s.w, err = s.c.NewWriter(s.out, s.link)
	return err
}

func (s *pcapSink) block(*pcapng.Block) error { return nil }

func (s *pcapSink) packet(rec *pcap.Record) error {
	if s.w == nil {
		s.link, s.c.FCSLen = rec.LinkType, rec.FCSLen
		if err := s.open(); err != nil {
			return err
		}
	}
	if rec.Time.IsZero() {
		timed := *rec
		timed.Time = time.Unix(0, 0)
		rec = &timed
	}
	err := s.w.Write(rec)
	switch {
	case errors.Is(err, pcap.ErrTime):
		return fmt.Errorf("a pcap file cannot say %v: write pcapng (-F pcapng)", rec.Time)
	case !errors.Is(err, pcap.ErrLinkType):
		return err
	case rec.LinkType != s.link:
		return fmt.Errorf("it is of link type %v, those before it are of %v, and a pcap file holds one: write pcapng (-F pcapng), or filter", rec.LinkType, s.link)
	}
	return fmt.Errorf("it ends with a check sequence of %d bytes, those before it with one of %d, and a pcap file holds one: write pcapng (-F pcapng), or filter", rec.FCSLen, s.c.FCSLen)
}

// end writes a file without packets, if there were none.
func (s *pcapSink) end() error {
	if s.w != nil {
		return nil
	}
	return s.open()
}

// An output is the file that is written, which is made at the first flush: not
// when the input cannot be opened.
type output struct {
	*bufio.Writer
	name string
	file io.Writer
}

func newOutput(name string, stdout io.Writer) *output {
	o := &output{name: name}
	if name == "-" {
		o.file = stdout
	}
	o.Writer = bufio.NewWriterSize(lazy{o}, 1<<20)
	return o
}

// A lazy makes the file when it is written to.
type lazy struct{ o *output }

func (l lazy) Write(b []byte) (int, error) {
	if l.o.file == nil {
		f, err := os.Create(l.o.name)
		if err != nil {
			return 0, err
		}
		l.o.file = f
	}
	return l.o.file.Write(b)
}

func (o *output) close() error {
	err := o.Flush()
	if f, ok := o.file.(*os.File); ok && o.name != "-" {
		err = errors.Join(err, f.Close())
	}
	return err
}
