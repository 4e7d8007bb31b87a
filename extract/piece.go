package extract

import (
	"bytes"
	"errors"
	"io"
)

// A Piece is a piece of the Report of some captures: what a Divider, Datagrams, a Shard
// or Scans found. Merge all pieces of the same captures, in any order, to get their
// Report. The zero value is empty.
type Piece struct{ report Report }

// Merge adds o, another piece of the same captures, to p. The order of merging makes no
// difference. It returns an error if both have the captures. After a merge, o must
// not be used.
func (p *Piece) Merge(o *Piece) error {
	if len(p.report.Captures) > 0 && len(o.report.Captures) > 0 {
		return errors.New("extract: both pieces have captures")
	}
	p.report.Captures = append(p.report.Captures, o.report.Captures...)
	p.report.add(&o.report)
	return nil
}

// Report returns the Report that the merged pieces make. It returns an error if the
// piece with the captures is missing. After that, p must not be used.
func (p *Piece) Report() (*Report, error) {
	r := p.report
	r.setLimits(r.limits)
	if err := r.checkEvidence(); err != nil {
		return nil, err
	}
	r.conclude()
	return &r, nil
}

// WriteJSON writes the piece in the form of [Report.WriteJSON]. ReadPiece reads it back
// without loss.
func (p *Piece) WriteJSON(w io.Writer) error {
	for _, t := range p.report.tables {
		t.complete()
	}
	return p.report.WriteJSON(w, true)
}

// ReadPiece reads a piece written by WriteJSON.
func ReadPiece(src io.Reader) (*Piece, error) {
	r, err := parseReport(src)
	if err != nil {
		return nil, err
	}
	return &Piece{*r}, nil
}

// MarshalBinary returns what WriteJSON writes.
func (p *Piece) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	err := p.WriteJSON(&b)
	return b.Bytes(), err
}

// UnmarshalBinary sets p to the piece that MarshalBinary returned.
func (p *Piece) UnmarshalBinary(b []byte) error {
	o, err := ReadPiece(bytes.NewReader(b))
	if err == nil {
		*p = *o
	}
	return err
}
