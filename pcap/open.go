package pcap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/sightline-go/sightline/internal/ng"
	"github.com/sightline-go/sightline/internal/window"
)

// open finds out the format of what w holds, and reads its first header.
func (r *Reader) open(w window.Window) error {
	r.w = w
	r.maxRecord, r.limit, r.numbered, r.special = r.config.maxRecord(), math.MaxInt64, -1, r.config.Resync
	r.from, r.seconds = start, -1
	b, err := r.w.Peek(4)
	if err != nil && err != io.EOF {
		return r.fail(0, err)
	}
	switch {
	case len(b) >= 3 && bytes.HasPrefix(b, gzipMagic) && !r.header.Gzip:
		return r.openGzip()
	case len(b) < 4:
		return r.fail(0, fmt.Errorf("%w: it has %d bytes", ErrMagic, len(b)))
	case binary.BigEndian.Uint32(b) == ng.TypeSectionHeader:
		return r.openNG()
	case r.header.isClassic(b):
		return r.openClassic()
	}
	b, _ = r.w.Peek(sniffed)
	return r.fail(0, fmt.Errorf("%w: %s", ErrMagic, describe(b)))
}

// sniffed is how much of an unknown file is looked at to name it.
const sniffed = 4096

// foreign are the beginnings of files that people take for captures that this
// package reads.
var foreign = []struct{ magic, name string }{
	{"\x28\xb5\x2f\xfd", "a zstd file; decompress it first"},
	{"\x04\x22\x4d\x18", "an lz4 file; decompress it first"},
	{"\x02\x21\x4c\x18", "an lz4 file; decompress it first"},
	{"\xfd7zXZ\x00", "an xz file; decompress it first"},
	{"BZh", "a bzip2 file; decompress it first"},
	{"\x1f\x9d", "a file of compress(1); decompress it first"},
	{"\x1f\x8b\x08", "a gzip file inside a gzip file; decompress it first"},
	{"\x1f\x8b", "a gzip file of an unknown method"},
	{"\xff\x06\x00\x00sNaPpY", "a snappy file; decompress it first"},
	{"PK\x03\x04", "a zip file; unpack it first"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip file; unpack it first"},
	{"Rar!", "a RAR file; unpack it first"},
	{"snoop\x00\x00\x00", "a snoop file; convert it with editcap"},
	{"btsnoop\x00", "a btsnoop file; convert it with editcap"},
	{"GMBU", "a Microsoft Network Monitor file; convert it with editcap"},
	{"RTSS", "a Microsoft Network Monitor 1 file; convert it with editcap"},
	{"TRSNIFF data", "a Sniffer file; convert it with editcap"},
	{"XCP\x00", "a NetXRay or Windows Sniffer file; convert it with editcap"},
	{"ObserverPktBuffe", "an Observer file; convert it with editcap"},
	{"iptrace ", "an AIX iptrace file; convert it with editcap"},
	{"\x7fver", "an OmniPeek file; convert it with editcap"},
	{"\x1c\x00\x01\xab", "an Ixia lcap file; convert it with editcap"},
	{"\x1c\x00\x01\xac", "an Ixia lcap file; convert it with editcap"},
	{"\xab\x01\x00\x1c", "an Ixia lcap file; convert it with editcap"},
	{"\xac\x01\x00\x1c", "an Ixia lcap file; convert it with editcap"},
	{"<?xml", "an XML file"},
	{"{", "a JSON file"},
	{"[", "a JSON file"},
}

// describe says what an input that begins with b is.
func describe(b []byte) string {
	for _, f := range foreign {
		if bytes.HasPrefix(b, []byte(f.magic)) {
			return "it is " + f.name
		}
	}
	switch {
	case len(b) > 262 && string(b[257:262]) == "ustar":
		return "it is a tar file; unpack it first"
	case isERF(b):
		return "it is an ERF file, as it seems; convert it with editcap"
	}
	return fmt.Sprintf("it begins with %#x", b[:4])
}

// isERF reports whether b begins like an ERF file, which has no magic number: a
// time stamp of 64 bits, little-endian, in units of 2^-32 s; type, flags, length
// of the record. Two records must be there, and near each other.
func isERF(b []byte) bool {
	const header, lastType, near = 16, 48, 86400
	var before uint32
	for i := range 2 {
		if len(b) < header {
			return false
		}
		seconds, typ := binary.LittleEndian.Uint32(b[4:]), b[8]&0x7f
		size := int(binary.BigEndian.Uint16(b[10:]))
		if typ == 0 || typ > lastType || size < header || i > 0 && seconds-before > near {
			return false
		}
		before, b = seconds, b[min(size, len(b)):]
	}
	return true
}
