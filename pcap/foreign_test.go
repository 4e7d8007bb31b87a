package pcap_test

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// erf returns an ERF file with records of these sizes: 64-bit time in units of 2^-32 s,
// type, flags, record length.
func erf(records ...int) string {
	var b []byte
	for i, size := range records {
		b = binary.LittleEndian.AppendUint32(b, 0)
		b = binary.LittleEndian.AppendUint32(b, 1700000000+uint32(i))
		b = append(b, 2, 4) // Ethernet, varying length
		b = binary.BigEndian.AppendUint16(b, uint16(size))
		b = append(b, make([]byte, size-12)...)
	}
	return string(b)
}

// archives returns a zip archive and tar archives of two formats with one file.
func archives(t *testing.T) (zipped, ustar, v7 string) {
	t.Helper()
	var z, u bytes.Buffer
	zw := zip.NewWriter(&z)
	w, err := zw.Create("a.pcap")
	if err != nil {
		t.Fatal(err)
	}
	_, err1 := w.Write(classic(1))
	tw := tar.NewWriter(&u)
	err2 := tw.WriteHeader(&tar.Header{Name: "a.pcap", Size: int64(len(classic(1))), Format: tar.FormatUSTAR})
	_, err3 := tw.Write(classic(1))
	if err := errors.Join(err1, err2, err3, zw.Close(), tw.Close()); err != nil {
		t.Fatal(err)
	}
	// The format of Unix V7 ends with the name of the link, at 257.
	old := u.Bytes()[:512]
	sum := int(8 * ' ')
	for i, c := range old[:257] {
		if i < 148 || i >= 156 {
			sum += int(c)
		}
	}
	v := append(bytes.Clone(old[:257]), make([]byte, 255)...)
	copy(v[148:], []byte{'0' + byte(sum>>15&7), '0' + byte(sum>>12&7), '0' + byte(sum>>9&7), '0' + byte(sum>>6&7), '0' + byte(sum>>3&7), '0' + byte(sum&7), 0, ' '})
	return z.String(), u.String(), string(v)
}

func utf16Of(text string, order binary.AppendByteOrder) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

// Files that users mistake for captures are named, with advice. The magic numbers are
// those of the formats' specifications and of file(1).
func TestForeignFormats(t *testing.T) {
	zipped, ustar, v7 := archives(t)
	buffer := binary.LittleEndian.AppendUint32(nil, 64<<10) // of an event trace
	buffer = append(binary.LittleEndian.AppendUint32(buffer, 0x48), make([]byte, 64)...)
	base := base64.StdEncoding.EncodeToString
	object, _ := json.MarshalIndent([]any{map[string]int{"a": 1}}, "", "\t")
	for _, test := range []struct{ name, file, want string }{
		{"lz4", "\x04\x22\x4d\x18\x64\x40", "an lz4 file: decompress it first"},
		{"xz", "\xfd7zXZ\x00\x00\x04", "an xz file: decompress it first"},
		{"zip", zipped, "a zip archive: unpack it first"},
		{"a zip archive in gzip", string(gzipped([]byte(zipped))), "its content is a zip archive: unpack it first"},
		{"7z", "7z\xbc\xaf\x27\x1c\x00\x04", "a 7-Zip (7z) archive: unpack it first"},
		{"rar 4", "Rar!\x1a\x07\x00", "a RAR (rar) archive: unpack it first"},
		{"rar 5", "Rar!\x1a\x07\x01\x00", "a RAR (rar) archive: unpack it first"},
		{"tar", ustar, "it is a tar archive: unpack it first"},
		{"tar of Unix V7", v7, "it is a tar archive: unpack it first"},
		{"tar.gz", string(gzipped([]byte(ustar))), "its content is a tar archive: unpack it first"},
		{"tar.zst", string(build.Zstd([]byte(ustar))), "its content is a tar archive: unpack it first"},
		{"zstd in gzip", string(gzipped(build.Zstd(classic(1)))), "its content is a zstd file: decompress it first"},
		{"bzip2 in zstd", string(build.Zstd([]byte("BZh91AY&SY"))), "its content is a bzip2 file: decompress it first"},
		{"gzip in gzip", string(gzipped(gzipped(classic(1)))), "its content is a gzip file: decompress it first"},
		{"snoop (RFC 1761)", "snoop\x00\x00\x00\x00\x00\x00\x02", "a snoop file: convert it with editcap"},
		{"btsnoop", "btsnoop\x00\x00\x00\x00\x01", "a btsnoop file: convert it with editcap"},
		{"netmon", "GMBU\x00\x02", "a Microsoft Network Monitor (netmon) file: convert it with editcap"},
		{"ERF", erf(80, 100, 64), "an ERF file: convert it with editcap"},
		{"ETL", string(buffer), "an ETL file: convert it with etl2pcapng"},
		{"EVTX", "ElfFile\x00\x00\x00", "a Windows event log (evtx)"},
		{"HTML", "\r\n<!doctype HTML>\n<title>404</title>", "an HTML page"},
		{"HTML without a type", bomText + "<HTML><body>", "an HTML page"},
		{"XML", `<?xml version="1.0"?>`, "an XML file"},
		{"JSON", "{\"a\": 1}", "a JSON file"},
		{"JSON, indented", string(object), "a JSON file"},
		{"INI", "[main]\nx=1", "a text file"},
		{"text", "hello, world\r\n\x1b[1m", "a text file"},
		{"text and zeros", "hello, world" + strings.Repeat("\x00", 60), "a text file"},
		{"UTF-8", "Grüße " + strings.Repeat("ü", 2100), "a text file"}, // the last character examined is truncated
		{"UTF-16", "\xff\xfe" + utf16Of("größer", binary.LittleEndian), "a UTF-16 text file"},
		{"UTF-16BE", "\xfe\xff" + utf16Of("größer", binary.BigEndian), "a UTF-16 text file"},
		{"UTF-16 without a mark", utf16Of("tcpdump", binary.LittleEndian), "a UTF-16 text file"},
		{"UTF-16BE without a mark", utf16Of("tcpdump", binary.BigEndian), "a UTF-16 text file"},
		{"base64", base(classic(3)), "a capture in base64: decode it first"},
		{"base64 of pcapng", base(sections()), "a capture in base64: decode it first"},
		{"base64 of gzip", base(gzipped(classic(3))), "a gzip file in base64: decode it first"},
		{"zeros", strings.Repeat("\x00", 5000), "it begins with 4096 zero bytes"},
		// Not enough to name them.
		{"one ERF record", erf(80)[:70], "it begins with 0x00000000"},
		{"an icon", "\x00\x00\x01\x00\x01\x00\x10\x10\x00\x00\x01\x00\x20\x00", "it begins with 0x00000100"},
		{"a number and zeros", "A" + strings.Repeat("\x00", 60), "it begins with 0x41000000"},
		{"binary", "abcd\x01\x02\x03", "it begins with 0x61626364"},
	} {
		_, err := pcap.NewReader(strings.NewReader(test.file))
		if !errors.Is(err, pcap.ErrMagic) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
		if _, again := pcap.NewReader(io.MultiReader(strings.NewReader(test.file[:1]), strings.NewReader(test.file[1:]))); again == nil || again.Error() != err.Error() {
			t.Errorf("%s in two parts: %v, want %v", test.name, again, err)
		}
	}
}

// A foreign input is named without waiting for more of it than its magic number: it may
// be a pipe, or a file that grows.
func TestForeignPipe(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	go io.WriteString(w, "PK\x03\x04\x14\x00\x00\x00\x08\x00 and some more of it")
	if _, err := pcap.NewReader(r); err == nil || !strings.Contains(err.Error(), "a zip archive") {
		t.Error(err)
	}
}

const bomText = "\xef\xbb\xbf" // the byte order mark in UTF-8
