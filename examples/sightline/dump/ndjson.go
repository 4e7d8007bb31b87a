package dump

import (
	"bufio"
	"fmt"
	"io"
	"time"

	"github.com/sightline-go/sightline/internal/defuse"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// An ndjsonPrinter prints one JSON object per packet.
type ndjsonPrinter struct {
	w      io.Writer
	fields fields
	line   []byte
}

func newNDJSONPrinter(w *bufio.Writer, h pcap.Header) printer {
	return &ndjsonPrinter{w: defuse.JSON(w), fields: fields{pcapng: h.Format == pcap.FormatPcapng}}
}

func (n *ndjsonPrinter) packet(p *layers.Packet, rec *pcap.Record) {
	n.line = n.fields.of(p, rec).append(n.line[:0])
	n.w.Write(n.line)
}

func (n *ndjsonPrinter) end() {}

// fields extracts the fields of packets.
type fields struct {
	pcapng bool
	object object
	inner  layers.Packet // quoted by ICMP, sampled by sFlow, or a further A-MSDU subframe

	fragment bool             // the innermost IP layer so far is a fragment
	tag      layers.EtherType // of the current layer
}

// of returns the fields of a packet. They are valid until the next call.
func (f *fields) of(p *layers.Packet, rec *pcap.Record) *object {
	o := &f.object
	o.reset()
	f.frame(rec)
	f.layers(p, rec.WireLen-rec.FCSLen)
	f.damage(p, rec)
	return o
}

func (f *fields) frame(rec *pcap.Record) {
	o := &f.object
	o.number(frameNumber, uint64(rec.Number))
	if !rec.Time.IsZero() {
		o.text(frameTime, epoch(rec.Time))
	}
	o.number(frameLen, uint64(rec.WireLen))
	o.number(frameCapLen, uint64(len(rec.Data)))
	o.number(frameLinkType, uint64(rec.LinkType))
	if f.pcapng {
		o.number(frameInterface, uint64(rec.Interface))
	}
	for opt := range pcapng.PacketOptions(rec) {
		if opt.Code == pcapng.OptComment {
			o.text(frameComment, string(opt.Value))
		}
	}
}

// epoch formats the seconds since 1970 with nine decimals.
func epoch(t time.Time) string {
	sec, nsec := t.Unix(), t.Nanosecond()
	if sec < 0 && nsec > 0 {
		return fmt.Sprintf("-%d.%09d", -(sec + 1), 1e9-nsec)
	}
	return fmt.Sprintf("%d.%09d", sec, nsec)
}
