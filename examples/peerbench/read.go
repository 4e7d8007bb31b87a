package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// readRows are the rows that read a file to its end: every packet's length and
// time.
func readRows(in *input) []*row {
	return []*row{
		{"read pcap, " + in.shape, []contestant{
			{"sightline pcap.Reader", func() (result, error) { return readPcap(in.pcap) }},
			{"gopacket pcapgo.Reader, zero copy, 1 MiB bufio", func() (result, error) { return readGopacket(in.pcap, newClassic) }},
			{"floor: record headers over 1 MiB chunks", func() (result, error) { return walk(in.pcap, pcapHeader, nextRecord) }},
		}},
		{"read pcapng, " + in.shape, []contestant{
			{"sightline pcap.Reader", func() (result, error) { return readPcap(in.pcapng) }},
			{"sightline pcapng.Reader and Record", func() (result, error) { return readBlocks(in.pcapng) }},
			{"gopacket pcapgo.NgReader, zero copy, 1 MiB bufio", func() (result, error) { return readGopacket(in.pcapng, newNg) }},
			{"floor: block headers over 1 MiB chunks", func() (result, error) { return walk(in.pcapng, 0, nextBlock) }},
		}},
	}
}

func readPcap(name string) (res result, err error) {
	r, err := pcap.Open(name)
	if err != nil {
		return res, err
	}
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil {
			return res, err
		}
		res.items++
		res.bytes += len(rec.Data)
		res.sum += uint64(rec.Time.UnixNano())
	}
	return res, nil
}

func readBlocks(name string) (res result, err error) {
	f, err := os.Open(name)
	if err != nil {
		return res, err
	}
	defer f.Close()
	r := pcapng.NewReader(f)
	for b, err := range r.Blocks() {
		if err != nil {
			return res, err
		}
		if rec, ok := r.Record(b); ok {
			res.items++
			res.bytes += len(rec.Data)
			res.sum += uint64(rec.Time.UnixNano())
		}
	}
	return res, nil
}

type zeroCopy interface {
	ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

func newClassic(r io.Reader) (zeroCopy, error) { return pcapgo.NewReader(r) }

func newNg(r io.Reader) (zeroCopy, error) {
	return pcapgo.NewNgReader(r, pcapgo.DefaultNgReaderOptions)
}

func readGopacket(name string, open func(io.Reader) (zeroCopy, error)) (res result, err error) {
	f, err := os.Open(name)
	if err != nil {
		return res, err
	}
	defer f.Close()
	r, err := open(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return res, err
	}
	for {
		data, info, err := r.ZeroCopyReadPacketData()
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return res, err
		}
		res.items++
		res.bytes += len(data)
		res.sum += uint64(info.Timestamp.UnixNano())
	}
}

// The floor reads the file in chunks and looks at the headers alone, with no
// more checks than keep it inside its buffer.

const (
	pcapHeader = 24
	chunk      = 1 << 20
)

// A step adds what b begins with to res, and returns its length: 0 if b has not
// all of it.
type step func(b []byte, res *result) int

func walk(name string, skip int64, next step) (res result, err error) {
	f, err := os.Open(name)
	if err != nil {
		return res, err
	}
	defer f.Close()
	if _, err := f.Seek(skip, io.SeekStart); err != nil {
		return res, err
	}
	buf := make([]byte, chunk)
	have := 0
	for {
		n, err := f.Read(buf[have:])
		if err == io.EOF {
			return res, nil
		}
		if err != nil {
			return res, err
		}
		b := buf[:have+n]
		for n := next(b, &res); n > 0; n = next(b, &res) {
			b = b[n:]
		}
		have = copy(buf, b)
	}
}

func nextRecord(b []byte, res *result) int {
	if len(b) < 16 {
		return 0
	}
	size := int(binary.LittleEndian.Uint32(b[8:]))
	if 16+size > len(b) {
		return 0
	}
	res.items++
	res.bytes += size
	res.sum += uint64(binary.LittleEndian.Uint32(b))*1e9 + uint64(binary.LittleEndian.Uint32(b[4:]))*1e3
	return 16 + size
}

func nextBlock(b []byte, res *result) int {
	if len(b) < 12 {
		return 0
	}
	size := int(binary.LittleEndian.Uint32(b[4:]))
	if size > len(b) {
		return 0
	}
	if binary.LittleEndian.Uint32(b) == 6 {
		res.items++
		res.bytes += int(binary.LittleEndian.Uint32(b[20:]))
		res.sum += uint64(binary.LittleEndian.Uint32(b[12:]))<<32 | uint64(binary.LittleEndian.Uint32(b[16:]))
	}
	return size
}
