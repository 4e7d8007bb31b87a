package main

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// The floors do the least that the rows ask for, written by hand for what these
// captures hold, with no more checks than keep them inside their buffers.

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

// passByHand decodes the records of the file.
func (in *input) passByHand() (result, error) {
	var found result
	_, err := walk(in.pcap, pcapHeader, func(b []byte, res *result) int {
		n := nextRecord(b, res)
		if n > 0 {
			found.items++
			handEthernet(b[16:n], &found)
		}
		return n
	})
	return found, err
}

func (in *input) decodeByHand() (res result, err error) {
	for _, data := range in.packets {
		res.items++
		handEthernet(data, &res)
	}
	return res, nil
}

func handEthernet(b []byte, res *result) {
	if len(b) < 14 {
		return
	}
	typ, b := binary.BigEndian.Uint16(b[12:]), b[14:]
	for typ == 0x8100 && len(b) >= 4 {
		typ, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	switch {
	case typ == 0x0800 && len(b) >= 20:
		handIPv4(b, res)
	case typ == 0x86dd && len(b) >= 40:
		res.sum += binary.BigEndian.Uint64(b[16:]) + binary.BigEndian.Uint64(b[32:])
		end := min(40+int(binary.BigEndian.Uint16(b[4:])), len(b))
		handTransport(b[6], b[40:end], res)
	}
}

func handIPv4(b []byte, res *result) {
	size, end := int(b[0]&15)*4, min(int(binary.BigEndian.Uint16(b[2:])), len(b))
	if b[0]>>4 != 4 || size < 20 || size > end {
		return
	}
	res.sum += uint64(binary.BigEndian.Uint32(b[12:])) + uint64(binary.BigEndian.Uint32(b[16:]))
	if binary.BigEndian.Uint16(b[6:])&0x1fff == 0 {
		handTransport(b[9], b[size:end], res)
	}
}

func handTransport(proto byte, b []byte, res *result) {
	switch {
	case proto == 6 && len(b) >= 20:
		size := int(b[12]>>4) * 4
		if size < 20 || size > len(b) {
			return
		}
		res.sum += uint64(binary.BigEndian.Uint16(b)) + uint64(binary.BigEndian.Uint16(b[2:])) + uint64(binary.BigEndian.Uint32(b[4:]))
		res.bytes += len(b) - size
	case proto == 17 && len(b) >= 8:
		src, dst := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		res.sum += uint64(src) + uint64(dst)
		b = b[8:min(max(8, int(binary.BigEndian.Uint16(b[4:]))), len(b))]
		res.bytes += len(b)
		if (src == 53 || dst == 53) && len(b) >= 12 {
			res.sum += uint64(binary.BigEndian.Uint16(b)) + uint64(binary.BigEndian.Uint16(b[6:]))
		}
	}
}

var errShort = errors.New("short message")

// queryByHand reads one question, whose name is not compressed.
func queryByHand(b []byte) (res result, err error) {
	const header = 12
	at := skipName(b, min(header, len(b)))
	if at+4 > len(b) {
		return res, errShort
	}
	res.bytes = at - header - 2 // without the first length and the root
	res.sum = uint64(binary.BigEndian.Uint16(b[at:]))
	return res, nil
}

func parseDNSByHand(b []byte) (res result, err error) {
	if len(b) < 12 {
		return res, errShort
	}
	questions, answers := binary.BigEndian.Uint16(b[4:]), binary.BigEndian.Uint16(b[6:])
	at := 12
	for range questions {
		at = skipName(b, at) + 4
		if at > len(b) {
			return res, errShort
		}
		res.sum += uint64(binary.BigEndian.Uint16(b[at-4:]))
	}
	for range answers {
		at = skipName(b, at)
		if at+10 > len(b) {
			return res, errShort
		}
		typ, size := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+8:]))
		res.sum += uint64(typ) + uint64(binary.BigEndian.Uint32(b[at+4:]))
		at += 10
		if at+size > len(b) {
			return res, errShort
		}
		if typ == 1 && size == 4 {
			res.sum += uint64(binary.BigEndian.Uint32(b[at:]))
		}
		at += size
	}
	return res, nil
}

// skipName returns where the name at at ends, at the least.
func skipName(b []byte, at int) int {
	for at < len(b) {
		switch n := b[at]; {
		case n == 0:
			return at + 1
		case n >= 0xc0:
			return at + 2
		default:
			at += 1 + int(n)
		}
	}
	return at
}
