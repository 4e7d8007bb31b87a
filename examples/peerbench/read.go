package main

import (
	"bufio"
	"io"
	"os"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// readRows returns the rows that read a whole file: the length and time of every
// packet.
func readRows(in *input) []measurer {
	return []measurer{
		&row{title: title{in.name, readPcap, perPacket}, contestants: []contestant{
			{"sightline pcap.Reader", func() (result, error) { return readRecords(in.pcap) }},
			{"gopacket pcapgo.Reader, zero copy, 1 MiB bufio", func() (result, error) { return readZeroCopy(in.pcap, newClassic) }},
			{"gopacket pcapgo.Reader, default", func() (result, error) { return readDefault(in.pcap, newClassic) }},
			{"floor: record headers over 1 MiB chunks", func() (result, error) { return walk(in.pcap, pcapHeader, nextRecord) }},
		}},
		&row{title: title{in.name, readPcapng, perPacket}, contestants: []contestant{
			{"sightline pcap.Reader", func() (result, error) { return readRecords(in.pcapng) }},
			{"sightline pcapng.Reader and Record", func() (result, error) { return readBlocks(in.pcapng) }},
			{"gopacket pcapgo.NgReader, zero copy, 1 MiB bufio", func() (result, error) { return readZeroCopy(in.pcapng, newNg) }},
			{"gopacket pcapgo.NgReader, default", func() (result, error) { return readDefault(in.pcapng, newNg) }},
			{"floor: block headers over 1 MiB chunks", func() (result, error) { return walk(in.pcapng, 0, nextBlock) }},
		}},
	}
}

const perPacket = "ns/packet"

func readRecords(name string) (res result, err error) {
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

// A gopacketReader is pcapgo's Reader or NgReader.
type gopacketReader interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
	ZeroCopyReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

func newClassic(r io.Reader) (gopacketReader, error) { return pcapgo.NewReader(r) }

func newNg(r io.Reader) (gopacketReader, error) {
	return pcapgo.NewNgReader(r, pcapgo.DefaultNgReaderOptions)
}

// readZeroCopy is the fastest way to read with gopacket.
func readZeroCopy(name string, open func(io.Reader) (gopacketReader, error)) (res result, err error) {
	f, err := os.Open(name)
	if err != nil {
		return res, err
	}
	defer f.Close()
	r, err := open(bufio.NewReaderSize(f, 1<<20))
	if err != nil {
		return res, err
	}
	err = res.count(r.ZeroCopyReadPacketData)
	return res, err
}

// readDefault reads without a buffer and copies each packet.
func readDefault(name string, open func(io.Reader) (gopacketReader, error)) (res result, err error) {
	f, err := os.Open(name)
	if err != nil {
		return res, err
	}
	defer f.Close()
	r, err := open(f)
	if err != nil {
		return res, err
	}
	err = res.count(r.ReadPacketData)
	return res, err
}

func (res *result) count(next func() ([]byte, gopacket.CaptureInfo, error)) error {
	for {
		data, info, err := next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		res.items++
		res.bytes += len(data)
		res.sum += uint64(info.Timestamp.UnixNano())
	}
}
