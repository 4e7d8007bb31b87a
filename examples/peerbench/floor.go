package main

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// The floors do the minimum that the rows ask for. They are written for the
// protocols in these captures and check nothing but the bounds of their buffers.

const (
	pcapHeader = 24
	chunk      = 1 << 20
)

// A step adds the record at the start of b to res and returns its length, or 0
// if the record is not complete in b.
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

var errShort = errors.New("short message")

// queryByHand reads one question with an uncompressed name.
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

// skipName returns the offset after the name at offset at. It may exceed len(b)
// if the name is truncated.
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
