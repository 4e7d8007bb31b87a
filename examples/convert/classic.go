package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/sightline-go/sightline/pcap"
)

// A classicWriter writes a pcap file (draft-ietf-opsawg-pcap) in little-endian
// byte order.
type classicWriter struct {
	w     io.Writer
	nanos bool
	head  [16]byte
}

func newClassicWriter(w io.Writer, link pcap.LinkType, nanos bool) (*classicWriter, error) {
	magic := uint32(0xa1b2c3d4)
	if nanos {
		magic = 0xa1b23c4d
	}
	b := binary.LittleEndian.AppendUint32(nil, magic)
	b = binary.LittleEndian.AppendUint16(b, 2)
	b = binary.LittleEndian.AppendUint16(b, 4)
	b = append(b, make([]byte, 8)...)
	b = binary.LittleEndian.AppendUint32(b, 262144) // snapshot length
	_, err := w.Write(binary.LittleEndian.AppendUint32(b, uint32(link)))
	return &classicWriter{w: w, nanos: nanos}, err
}

// Write writes a packet. One without time is at 1970.
func (c *classicWriter) Write(rec *pcap.Record) error {
	sec, fraction := int64(0), 0
	if !rec.Time.IsZero() {
		sec, fraction = rec.Time.Unix(), rec.Time.Nanosecond()
	}
	if sec < 0 || sec > math.MaxUint32 {
		return fmt.Errorf("a pcap file cannot say %v: write pcapng (-F pcapng)", rec.Time)
	}
	if !c.nanos {
		fraction /= 1000
	}
	b := binary.LittleEndian.AppendUint32(c.head[:0], uint32(sec))
	b = binary.LittleEndian.AppendUint32(b, uint32(fraction))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(rec.Data)))
	b = binary.LittleEndian.AppendUint32(b, uint32(rec.WireLen))
	if _, err := c.w.Write(b); err != nil {
		return err
	}
	_, err := c.w.Write(rec.Data)
	return err
}
