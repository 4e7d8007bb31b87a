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

// A sink writes a capture. block may be called before begin.
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
	bare int // packets written without their malformed options
	lost int // packets written without their time, or not at all if it is necessary
}

// begin describes the interface of a pcap file. A pcapng file has interface
// descriptions of its own.
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

// block copies b. A section header loses its length, which may have changed.
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
		rec = &bare
	}
	if errors.Is(err, pcapng.ErrTime) {
		s.lost++
		timed := *rec
		timed.Time = epoch
		if err = s.w.Write(&timed); errors.Is(err, pcapng.ErrTime) {
			return nil
		}
	}
	return err
}

func (s *pcapngSink) end() error {
	var err error
	if s.bare > 0 {
		err = fmt.Errorf("%d packets written without their malformed options", s.bare)
	}
	return errors.Join(err, lost(s.lost, "their interfaces cannot hold theirs"))
}

// epoch stands for a time that OUT cannot hold.
var epoch = time.Unix(0, 0)

func lost(n int, why string) error {
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d packets written with the time 1970-01-01, or left out: %s", n, why)
}

// A pcapSink writes pcap, which holds only packets, of one link type and with check
// sequences of one length.
type pcapSink struct {
	out  io.Writer
	c    pcap.WriterConfig
	link pcap.LinkType
	w    *pcap.Writer // once the link type is known
	lost int          // packets written without their time
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
	err := s.w.Write(rec)
	if errors.Is(err, pcap.ErrTime) {
		if !rec.Time.IsZero() {
			s.lost++
		}
		timed := *rec
		timed.Time = epoch
		err = s.w.Write(&timed)
	}
	switch {
	case !errors.Is(err, pcap.ErrLinkType):
		return err
	case rec.LinkType != s.link:
		return fmt.Errorf("link type %v after link type %v, and a pcap file holds only one: write pcapng (-F pcapng), or filter", rec.LinkType, s.link)
	}
	return fmt.Errorf("check sequence of %d bytes after %d bytes, and a pcap file holds only one length: write pcapng (-F pcapng), or filter", rec.FCSLen, s.c.FCSLen)
}

// end writes an empty file if there were no packets.
func (s *pcapSink) end() error {
	if s.w == nil {
		return s.open()
	}
	return lost(s.lost, "pcap cannot hold theirs: write pcapng (-F pcapng)")
}

// An output creates its file at the first flush, and therefore not at all if the input
// cannot be opened.
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

// A lazy creates the file of an output at the first Write.
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
