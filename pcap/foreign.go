package pcap

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// sniffed is the most bytes examined to identify an unknown file.
const sniffed = 4096

// longestMagic is the length of the longest magic number at the start of a file.
const longestMagic = 16

// What to do with a file.
const (
	decompress = ": decompress it first"
	decode     = ": decode it first"
	unpack     = ": unpack it first"
	editcap    = ": convert it with editcap"
)

// foreign holds the magic numbers of files that users mistake for supported
// captures, and what to do with them.
var foreign = []struct {
	at                int
	magic, name, then string
}{
	{0, "\x28\xb5\x2f\xfd", "a zstd file", decompress},
	{0, "\x50\x2a\x4d\x18", "a zstd file", decompress}, // RFC 8878 section 3.1.2
	{0, "\x04\x22\x4d\x18", "an lz4 file", decompress},
	{0, "\x02\x21\x4c\x18", "an lz4 file", decompress},
	{0, "\xfd7zXZ\x00", "an xz file", decompress},
	{0, "\x5d\x00\x00", "an lzma file", decompress},
	{0, "LZIP", "an lzip file", decompress},
	{0, "\x89LZO\x00", "an lzop file", decompress},
	{0, "BZh", "a bzip2 file", decompress},
	{0, "\x1f\x9d", "a compress(1) file", decompress},
	{0, "\x1f\x8b\x08", "a gzip file", decompress},
	{0, "\x1f\x8b", "a gzip file with an unknown compression method", ""},
	{0, "\xff\x06\x00\x00sNaPpY", "a snappy file", decompress},
	{0, "PK\x03\x04", "a zip archive", unpack},
	{0, "PK\x05\x06", "an empty zip archive", ""},
	{0, "PK\x07\x08", "a zip archive", unpack},
	{0, "7z\xbc\xaf\x27\x1c", "a 7-Zip (7z) archive", unpack},
	{0, "Rar!\x1a\x07", "a RAR (rar) archive", unpack},
	{0, "MSCF\x00", "a cabinet (cab) archive", unpack},
	{0, "!<arch>\n", "an ar archive", unpack},
	{257, "ustar", "a tar archive", unpack},
	{0, "snoop\x00\x00\x00", "a snoop file", editcap},
	{0, "btsnoop\x00", "a btsnoop file", editcap},
	{0, "GMBU", "a Microsoft Network Monitor (netmon) file", editcap},
	{0, "RTSS", "a Microsoft Network Monitor 1 (netmon) file", editcap},
	{0, "TRSNIFF data", "a Sniffer file", editcap},
	{0, "XCP\x00", "a NetXRay or Windows Sniffer file", editcap},
	{0, "ObserverPktBuffe", "an Observer file", editcap},
	{0, "iptrace ", "an AIX iptrace file", editcap},
	{0, "\x7fver", "an OmniPeek file", editcap},
	{0, "\x1c\x00\x01\xab", "an Ixia lcap file", editcap},
	{0, "\x1c\x00\x01\xac", "an Ixia lcap file", editcap},
	{0, "\xab\x01\x00\x1c", "an Ixia lcap file", editcap},
	{0, "\xac\x01\x00\x1c", "an Ixia lcap file", editcap},
	{0, "\xaa\xaa\xaa\xaa", "a 5View file", editcap},
	{0, "\x05VNF", "a Visual Networks file", editcap},
	{0, "LOGG\x90\x00", "a Vector BLF file", editcap},
	{0, "#!rtpplay1.0 ", "an rtpdump file", editcap},
	{0, "LPKSHHRH", "a systemd journal", ""},
	{0, "ElfFile\x00", "a Windows event log (evtx)", ""},
	{0, "\xd0\xcf\x11\xe0", "an OLE file, such as an old Office document", ""},
	{0, "%PDF-", "a PDF file", ""},
	{0, "\x7fELF", "an ELF program", ""},
	{0, "MZ\x90", "a Windows program", ""},
	{0, "\x89PNG", "a PNG image", ""},
	{0, "\xff\xd8\xff", "a JPEG image", ""},
	{0, "GIF8", "a GIF image", ""},
	{0, "SQLite format 3\x00", "an SQLite database", ""},
	{0, "1MOyoQ", "a capture in base64", decode},
	{0, "obLD1A", "a capture in base64", decode},
	{0, "TTyyoQ", "a capture in base64", decode},
	{0, "obI8TQ", "a capture in base64", decode},
	{0, "Cg0NC", "a capture in base64", decode},
	{0, "H4sIA", "a gzip file in base64", decode},
}

// foreignFormat identifies an input by a magic number in b, its beginning. It returns a
// predicate, or "".
func foreignFormat(b []byte) string {
	for _, f := range foreign {
		if len(b) > f.at && bytes.HasPrefix(b[f.at:], []byte(f.magic)) {
			return "is " + f.name + f.then
		}
	}
	return ""
}

// describe identifies an input that begins with b. It returns a predicate.
func describe(b []byte) string {
	if format := foreignFormat(b); format != "" {
		return format
	}
	content := bytes.TrimRight(b, "\x00")
	switch {
	case isTar(b):
		return "is a tar archive" + unpack
	case len(content) == 0:
		return fmt.Sprintf("begins with %d zero bytes", len(b))
	case len(content) >= 4 && isUTF16(content):
		return "is a UTF-16 text file"
	case len(content) >= 4 && isText(content):
		return "is " + textFormat(content)
	case isETL(b):
		return "appears to be an ETL file: convert it with etl2pcapng"
	case isERF(b):
		return "appears to be an ERF file" + editcap
	}
	return fmt.Sprintf("begins with %#x", b[:4])
}

// isTar reports whether b begins with a tar header of any version: the sum of its
// bytes, with blanks in place of the checksum, is in octal at byte 148.
func isTar(b []byte) bool {
	const header, at, size = 512, 148, 8
	if len(b) < header {
		return false
	}
	want, err := strconv.ParseUint(strings.Trim(string(b[at:at+size]), " \x00"), 8, 32)
	sum := uint64(size * ' ')
	for i, c := range b[:header] {
		if i < at || i >= at+size {
			sum += uint64(c)
		}
	}
	return err == nil && sum == want
}

const bom = "\ufeff"

// isUTF16 reports whether b begins with a byte order mark in UTF-16, or consists of
// ASCII in it.
func isUTF16(b []byte) bool {
	if bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")) {
		return true
	}
	for high := range 2 { // the place of the byte that is 0 in ASCII
		var low []byte
		for i, c := range b {
			if i%2 != high {
				low = append(low, c)
			} else if c != 0 {
				low = nil
				break
			}
		}
		if len(low) > 3 && isText(low) {
			return true
		}
	}
	return false
}

// isText reports whether b is UTF-8 without control characters other than those
// of terminals. Its last character may be truncated.
func isText(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			return !utf8.FullRune(b)
		case r < ' ' && !strings.ContainsRune("\t\n\v\f\r\b\x1b", r), r == 0x7f:
			return false
		}
		b = b[n:]
	}
	return true
}

// textFormat identifies a text.
func textFormat(b []byte) string {
	text := strings.TrimSpace(strings.ToLower(strings.TrimPrefix(string(b), bom)))
	begins := func(all ...string) bool {
		for _, s := range all {
			if strings.HasPrefix(text, s) {
				return true
			}
		}
		return false
	}
	value := ""
	if text != "" {
		value = strings.TrimSpace(text[1:])
	}
	switch {
	case begins("<!doctype html", "<html", "<head", "<body", "<script"):
		return "an HTML page"
	case begins("<?xml"):
		return "an XML file"
	case begins("{") && (value == "" || strings.IndexByte(`"}`, value[0]) >= 0),
		begins("[") && (value == "" || strings.IndexByte(`{["]-0123456789`, value[0]) >= 0):
		return "a JSON file"
	}
	return "a text file: if it is a hex dump, convert it with text2pcap"
}

// isETL reports whether b begins like a Windows event trace, which has no magic
// number: with the header of a buffer, whose first fields are the size of the
// buffer and two offsets in it (WMI_BUFFER_HEADER).
func isETL(b []byte) bool {
	const fields, unit, most = 12, 1 << 10, 16 << 20
	if len(b) < fields {
		return false
	}
	size := binary.LittleEndian.Uint32(b)
	saved, current := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[8:])
	return size >= unit && size <= most && size%unit == 0 && saved <= size && current <= size
}

// isERF reports whether b begins like an ERF file, which has no magic number: a
// 64-bit little-endian timestamp in units of 2^-32 s, type, flags, record
// length. It requires two records that are near in time.
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
