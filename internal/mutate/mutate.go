// Package mutate changes captures for fuzz targets, and keeps what a decoder needs to
// get to the changes: record headers, lengths and checksums.
package mutate

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// Limits of a Capture, so that one takes little time.
const (
	recordCap = 64
	dataCap   = 2048 // of a record
	stepCap   = 16
	wireCap   = 1 << 20 // length of a packet on the wire
)

// A Capture is a list of packets of one link type.
type Capture struct {
	Records []pcap.Record
	decoder layers.Decoder
	packet  layers.Packet
}

// Read returns the packets of a capture that are of its first packet's link type, at
// most the first 64 of them.
func Read(b []byte) (*Capture, error) {
	r, err := pcap.NewReaderBytes(b)
	if err != nil {
		return nil, err
	}
	c := &Capture{}
	for len(c.Records) < recordCap {
		rec, err := r.Next()
		if err != nil {
			break // what is before the damage is a capture
		}
		if len(rec.Data) <= dataCap && (len(c.Records) == 0 || rec.LinkType == c.Records[0].LinkType) {
			c.Records = append(c.Records, plain(rec))
		}
	}
	return c, nil
}

// plain returns a record that both file formats can hold: without options, with a
// time in whole microseconds, and a length that can grow.
func plain(rec *pcap.Record) pcap.Record {
	t := rec.Time.Truncate(time.Microsecond)
	if s := t.Unix(); s < 0 || s >= 1<<32 {
		t = time.Unix(s&(1<<32-1), 0).UTC()
	}
	return pcap.Record{Time: t, Data: bytes.Clone(rec.Data), WireLen: min(max(rec.WireLen, len(rec.Data)), wireCap), LinkType: rec.LinkType}
}

// Pcap returns the capture as a pcap file.
func (c *Capture) Pcap() []byte {
	var b bytes.Buffer
	link := pcap.LinkTypeEthernet
	if len(c.Records) > 0 {
		link = c.Records[0].LinkType
	}
	w, err := pcap.NewWriter(&b, link)
	for i := range c.Records {
		if err == nil {
			err = w.Write(&c.Records[i])
		}
	}
	if err != nil {
		panic(err) // a buffer takes everything, and plain records fit
	}
	return b.Bytes()
}

// Pcapng returns the capture as a pcapng file.
func (c *Capture) Pcapng() []byte {
	var b bytes.Buffer
	w := pcapng.NewWriter(&b)
	err := w.BeginSection(pcapng.Section{})
	for i := range c.Records {
		if err == nil {
			err = w.Write(&c.Records[i])
		}
	}
	if err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Apply changes the capture by a program: a sequence of steps of 6 bytes, of which
// 16 at most have an effect. Every program is valid.
func (c *Capture) Apply(program []byte) {
	for n := 0; len(program) >= 6 && len(c.Records) > 0 && n < stepCap; n++ {
		s := step{
			rec: int(program[1]) % len(c.Records),
			at:  int(binary.LittleEndian.Uint16(program[2:])),
			arg: int(binary.LittleEndian.Uint16(program[4:])),
		}
		operations[int(program[0])%len(operations)](c, s)
		program = program[6:]
	}
}

// A step is an operation's record and arguments.
type step struct{ rec, at, arg int }

var operations = [...]func(*Capture, step){
	(*Capture).swap, (*Capture).move, (*Capture).repeat, (*Capture).drop,
	(*Capture).flip, (*Capture).border, (*Capture).garble, (*Capture).cut,
	(*Capture).insert, (*Capture).splice, (*Capture).split, (*Capture).turn,
	(*Capture).recode, (*Capture).retime, (*Capture).snap,
}

func (c *Capture) swap(s step) {
	if next := s.rec + 1; next < len(c.Records) {
		c.Records[s.rec], c.Records[next] = c.Records[next], c.Records[s.rec]
	}
}

func (c *Capture) move(s step) {
	rec := c.Records[s.rec]
	c.Records = slices.Delete(c.Records, s.rec, s.rec+1)
	c.Records = slices.Insert(c.Records, s.at%(len(c.Records)+1), rec)
}

func (c *Capture) repeat(s step) {
	if len(c.Records) < recordCap {
		rec := c.Records[s.rec]
		rec.Data = bytes.Clone(rec.Data)
		c.Records = slices.Insert(c.Records, s.at%(len(c.Records)+1), rec)
	}
}

func (c *Capture) drop(s step) { c.Records = slices.Delete(c.Records, s.rec, s.rec+1) }

// flip changes a byte anywhere. Checksums become wrong.
func (c *Capture) flip(s step) {
	if data := c.Records[s.rec].Data; len(data) > 0 {
		data[s.at%len(data)] ^= byte(s.arg)
	}
}

var borders = [...]byte{0, 1, 0x7f, 0x80, 0xfe, 0xff}

// border sets a byte of the headers to a value at the edge of a range.
func (c *Capture) border(s step) {
	start, data := c.payload(s.rec)
	if start > 0 {
		data[s.at%start] = borders[s.arg%len(borders)]
		c.repair(s.rec)
	}
}

// garble changes a byte of the payload.
func (c *Capture) garble(s step) {
	if start, data := c.payload(s.rec); start < len(data) {
		data[start+s.at%(len(data)-start)] ^= byte(s.arg)
		c.repair(s.rec)
	}
}

// cut removes a piece of the payload.
func (c *Capture) cut(s step) {
	if start, data := c.payload(s.rec); start < len(data) {
		from := start + s.at%(len(data)-start)
		c.replace(s.rec, from, min(from+s.arg&0xff, len(data)), nil)
	}
}

// insert inserts a token into the payload.
func (c *Capture) insert(s step) {
	start, data := c.payload(s.rec)
	at := start + s.at%(len(data)-start+1)
	c.replace(s.rec, at, at, []byte(tokens[s.arg%len(tokens)]))
}

// splice replaces the end of the payload by that of another record.
func (c *Capture) splice(s step) {
	from, other := c.payload(s.arg % len(c.Records))
	other = bytes.Clone(other[from:])
	start, data := c.payload(s.rec)
	at := start + s.at%(len(data)-start+1)
	c.replace(s.rec, at, len(data), other)
}

// split divides a TCP segment in two.
func (c *Capture) split(s step) {
	start, data := c.payload(s.rec)
	tcp, ok := c.packet.TCP()
	if !ok || start == len(data) || len(c.Records) == recordCap {
		return
	}
	at := start + s.at%(len(data)-start)
	rest, seq := bytes.Clone(data), tcp.Seq()
	header := start - tcp.HeaderLen()
	c.replace(s.rec, at, len(data), nil)
	second := c.Records[s.rec]
	second.Data = rest
	c.Records = slices.Insert(c.Records, s.rec+1, second)
	binary.BigEndian.PutUint32(rest[header+4:], seq+uint32(at-start))
	c.payload(s.rec + 1)
	c.replace(s.rec+1, start, at, nil)
}

// turn exchanges the addresses and ports of a packet.
func (c *Capture) turn(s step) {
	data := c.decode(s.rec)
	for l := range c.packet.Layers() {
		h := data[l.Offset : l.Offset+l.HeaderLen]
		switch l.Kind {
		case layers.KindIPv4:
			exchange(h[12:16], h[16:20])
		case layers.KindIPv6:
			exchange(h[8:24], h[24:40])
		case layers.KindTCP, layers.KindUDP:
			exchange(h[:2], h[2:4])
		}
	}
	c.repair(s.rec)
}

func exchange(a, b []byte) {
	for i := range a {
		a[i], b[i] = b[i], a[i]
	}
}

// retime moves the time of a record.
func (c *Capture) retime(s step) {
	rec := &c.Records[s.rec]
	rec.Time = rec.Time.Add(time.Duration(int16(s.at)) * time.Duration(1+s.arg) * time.Millisecond)
	*rec = plain(rec)
}

// snap cuts the captured bytes, as a snapshot length does.
func (c *Capture) snap(s step) {
	rec := &c.Records[s.rec]
	rec.Data = rec.Data[:s.at%(len(rec.Data)+1)]
}
