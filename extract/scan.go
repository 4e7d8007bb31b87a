package extract

import (
	"context"
	"io"
	"time"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// A Scan describes a capture, as far as that is possible without decoding its packets.
// Its JSON, of package encoding/json, has TLS secrets if the capture has.
type Scan struct {
	Capture Capture `json:"capture"`
	Unseen  Unseen  `json:"unseen"`

	// Start is the time of the first packet, skipped or not, zero if there is none.
	// Captures of one sensor are read in the order of their Starts.
	Start time.Time `json:"start,omitzero"`

	// Keys and LateKeys hold the key logs in the capture's Decryption Secrets
	// Blocks, before and after its first packet.
	Keys     [][]byte `json:"keys,omitempty"`
	LateKeys [][]byte `json:"late_keys,omitempty"`

	// Ranges divide the capture. Their places are exact: a Range begins where the
	// one before it ends, and From.Number is the number of records before it, those
	// that were skipped, too. A compressed capture has one.
	Ranges []pcap.Range `json:"ranges"`
}

// ScanInput reads the capture in src, called name, to its end, as
// [Extractor.ReadInput] does, and returns a Scan of it, with the same error in
// Capture.Err. A Range has about every bytes, or a record more. skip is Extractor.Skip.
// If src does not begin like a capture, ScanInput returns the error of pcap.NewReader.
func ScanInput(ctx context.Context, name string, src io.Reader, every int64, skip func(*pcap.Record) bool) (*Scan, error) {
	s := scanReader{every: every, skip: skip}
	s.report.Captures = []Capture{{Name: name, From: -1}}
	in := &input{src: src}
	in.digest.start()
	defer in.digest.end()
	r, err := pcap.Config{OnBlock: s.block}.NewReader(in)
	if err != nil {
		return nil, err
	}
	c := s.report.lastCapture()
	c.describe(r.Header())
	in.settle(ctx, s.read(ctx, r), c)
	s.scan.Capture, s.scan.Unseen = *c, s.report.Unseen
	s.scan.Ranges = append(s.scan.Ranges, pcap.Range{From: s.from, To: in.size})
	return &s.scan, nil
}

// A scanReader makes a Scan.
type scanReader struct {
	every  int64
	skip   func(*pcap.Record) bool
	report Report
	clocks clocks
	from   pcap.Place // of the last range
	scan   Scan
}

// read reads the records of the capture. Its error is nil at the end.
func (s *scanReader) read(ctx context.Context, r *pcap.Reader) error {
	plain := r.Header().Compression == pcap.CompressionNone
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		rec, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		s.count(rec)
		if plain && rec.Offset+int64(len(rec.Data))-s.from.Offset >= s.every {
			s.cut(r.Place())
		}
	}
}

func (s *scanReader) count(rec *pcap.Record) {
	if s.report.Packets+s.report.Unseen.Repeated == 0 {
		s.scan.Start = rec.Time
	}
	if s.skip != nil && s.skip(rec) {
		s.report.Unseen.Repeated++
		return
	}
	s.clocks.count(&s.report, rec)
}

// cut ends a range.
func (s *scanReader) cut(at pcap.Place) {
	s.scan.Ranges = append(s.scan.Ranges, pcap.Range{From: s.from, To: at.Offset})
	s.from = at
}

// block keeps the secrets in a block.
func (s *scanReader) block(b pcap.RawBlock) {
	secrets, ok := pcapng.Parse(b).Secrets()
	if !ok || secrets.Type != pcapng.SecretsTLS {
		return
	}
	log := append([]byte(nil), secrets.Data...)
	if s.report.Packets > 0 {
		s.report.Unseen.LateSecrets++
		s.scan.LateKeys = append(s.scan.LateKeys, log)
	} else {
		s.scan.Keys = append(s.scan.Keys, log)
	}
}

// Scanned returns the piece of a Report that has the captures, in the order in which
// an Extractor would read them.
func Scanned(scans []*Scan) *Piece {
	p := new(Piece)
	for _, s := range scans {
		p.report.Captures = append(p.report.Captures, s.Capture)
		p.report.Packets += s.Capture.Packets
		p.report.Bytes += s.Capture.Bytes
		p.report.Unseen.add(&s.Unseen)
	}
	return p
}
