package stream_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/layers/stream"
)

// disguised is the file that all disguises carry.
var disguised = "MZ" + strings.Repeat("hello", 8)

// A disguise is a response as evasion suites make them, and the state of the
// file. The file's content is disguised unless content is set. What Chromium
// 156, curl 7.88 and wget 1.21 make of each was observed: at least one of them
// takes disguised from it, except where the name ends in "!".
type disguise struct {
	name, response, state, content string
}

func chunksOf(size func(n int) string, extension, end string) string {
	half := len(disguised) / 2
	var b strings.Builder
	for _, part := range []string{disguised[:half], disguised[half:]} {
		fmt.Fprintf(&b, "%s%s\r\n%s\r\n", size(len(part)), extension, part)
	}
	return b.String() + end
}

func hexSize(n int) string { return fmt.Sprintf("%x", n) }

func responseOf(fields, body string) string {
	return "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n" + fields + "\r\n\r\n" + body
}

func lineDisguises() (ds []disguise) {
	for _, line := range []string{
		"http/1.1 200 OK", "HtTP/1.1 200 OK", "HTTP/1.10 200 OK", "HTTP/1.2 200 OK", "HTTP/2.0 200 OK", "HTTP/2 200 OK", "HTTP/0.9 200 OK",
		"HTTP 200 OK", "HTTP 1.1 200 OK", "HTTP/1 200 OK", "HTTP/ 1.1 200 OK", "HTTP/1. 200 OK", "HTTP/1.1x 200 OK", "HTTP/01.01 200 OK",
		"HTTP/1,1 200 OK", "HTTP/-1.1 200 OK", "HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/1.1", "HTTP/1.1 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK",
		"HTTP/1.1 0200 OK", "HTTP/1.1 099 OK", "HTTP/1.1 600 OK", "HTTP/1.1 200OK", "HTTP/1.1\t200\tOK", "HTTP/1.1  200  OK", "HTTP/1.1200 OK",
		"HTTP/1.1 -200 OK", "HTTP/1.1 +200 OK", "HTTP/1.1 200.1 OK", " HTTP/1.1 200 OK", "\tHTTP/1.1 200 OK", "\r\nHTTP/1.1 200 OK",
		"\n\n\nHTTP/1.1 200 OK", "junkHTTP/1.1 200 OK", "ab\r\nHTTP/1.1 200 OK", "\xef\xbb\xbfHTTP/1.1 200 OK", "SHTTP/1.1 200 OK",
		"HTTP/1.1 404 Not Found", "HTTP/1.1 500 Error", "HTTP/1.1 205 Reset", "HTTP/1.1 302 Found",
		"ICY 200 OK", "junk line\r\nHTTP/1.1 200 OK", "X: y\r\nHTTP/1.1 200 OK", "\x00\r\nHTTP/1.1 200 OK", // as players and other socket readers
	} {
		ds = append(ds, disguise{"line " + line, fmt.Sprintf("%s\r\nContent-Length: %d\r\n\r\n%s", line, len(disguised), disguised), "complete", ""})
	}
	for _, before := range []string{
		"HTTP/1.1 100 Continue\r\n\r\n", strings.Repeat("HTTP/1.1 100 Continue\r\nX: y\r\n\r\n", 3), "HTTP/1.1 102 Processing\r\n\r\n",
		"HTTP/1.1 199 x\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n",
	} {
		ds = append(ds, disguise{"after " + before, before + responseOf(fmt.Sprint("Content-Length: ", len(disguised)), disguised), "complete", ""})
	}
	return append(ds, disguise{"no status-line", disguised, "ambiguous framing", ""})
}

// fieldDisguises vary Transfer-Encoding.
func fieldDisguises() (ds []disguise) {
	chunked := chunksOf(hexSize, "", "0\r\n\r\n")
	for fields, state := range map[string]string{
		"Transfer-Encoding: chunked": "complete", "TRANSFER-ENCODING: CHUNKED": "complete", "Transfer-Encoding: chunked ": "complete",
		"Transfer-Encoding: chunked\t": "complete", "Transfer-Encoding: chunked\r": "complete", "Transfer-Encoding:\r\n chunked": "complete",
		"Transfer-Encoding:\r\n\tchunked": "complete", "Transfer-Encoding: \r\n \r\n chunked": "complete", "Transfer-Encoding: ,chunked": "complete",
		"Transfer-Encoding: identity, chunked": "complete", "Transfer-Encoding:chunked": "complete", "Transfer-Encoding : chunked": "complete",
		"Transfer-Encoding\t: chunked": "complete", "Transfer-Encoding: chunked, chunked": "complete",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked":  "complete",
		"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked": "complete",
		"Transfer-Encoding:\r\nTransfer-Encoding: chunked":          "complete",
		"X: y\nTransfer-Encoding: chunked":                          "complete",
		"Content-Length: 5\r\nTransfer-Encoding: chunked":           "complete",
		"Transfer-Encoding: chunked\r\nContent-Length: 59":          "complete",
		"Transfer-Encoding: chunked\x0b":                            "ambiguous framing",
		"Transfer-Encoding: \x0bchunked":                            "ambiguous framing",
		"Transfer-Encoding: chunked\x0c":                            "ambiguous framing",
		"Transfer-Encoding: chunked\x00":                            "ambiguous framing",
		"Transfer-Encoding: chunked,":                               "ambiguous framing",
		"Transfer-Encoding: chunked\r\n foo":                        "ambiguous framing",
		"Transfer-Encoding: chunked, x":                             "unsupported encoding",
		"Transfer-Encoding: chunked, identity":                      "ambiguous framing",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity": "ambiguous framing",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding:":          "ambiguous framing",
		"Transfer-Encoding: chunked\r\nTransfer-Encoding: x":        "unsupported encoding",
		"X: y\rTransfer-Encoding: chunked":                          "ambiguous framing",
		"Transfer-Encoding: xchunked":                               "ambiguous framing", // Safari, once
		"Transfer-Encoding: chunkedx":                               "ambiguous framing",
		"Transfer-Encoding: chunked foo":                            "ambiguous framing",
		"Transfer-Encoding: chunked; foo":                           "ambiguous framing",
		"Transfer-Encoding: \"chunked\"":                            "ambiguous framing",
		"Transfer-Encoding:: chunked":                               "ambiguous framing",
	} {
		ds = append(ds, disguise{fields, responseOf(fields, chunked), state, ""})
		if state == "ambiguous framing" { // all receivers that do not see the coding take this
			ds = append(ds, disguise{fields + ", not chunked", responseOf(fields, disguised), "complete", ""})
		}
	}
	for _, fields := range []string{
		"X: y\r\n Transfer-Encoding: chunked", "x Transfer-Encoding: chunked", "Transfer_Encoding: chunked",
		"Transfer-Encoding chunked", "\x00Transfer-Encoding: chunked", "Transfer-Encoding\x00: chunked",
	} { // no receiver sees the coding
		ds = append(ds, disguise{fields + "!", responseOf(fields, chunked), "complete", chunked})
		ds = append(ds, disguise{fields + ", not chunked", responseOf(fields, disguised), "complete", ""})
	}
	return append(ds,
		disguise{"chunked, but it is not!", responseOf("Transfer-Encoding: chunked", disguised), "not encoded as declared", ""},
		disguise{"chunked, but a length!", responseOf(fmt.Sprint("Transfer-Encoding: chunked\r\nContent-Length: ", len(disguised)), disguised), "not encoded as declared", ""},
		disguise{"HTTP/1.0 chunked", strings.Replace(responseOf("Transfer-Encoding: chunked", chunked), "1.1", "1.0", 1), "ambiguous framing", ""},
		disguise{"HTTP/1.0 chunked, but it is not", strings.Replace(responseOf("Transfer-Encoding: chunked", disguised), "1.1", "1.0", 1), "complete", ""},
		disguise{"HTTP/1.10 chunked", strings.Replace(responseOf("Transfer-Encoding: chunked", chunked), "1.1", "1.10", 1), "complete", ""},
		disguise{"chunked as a content coding", responseOf("Content-Encoding: chunked", chunked), "complete", chunked},
	)
}

// chunkDisguises vary the chunks.
func chunkDisguises() (ds []disguise) {
	add := func(name, body, state, content string) {
		ds = append(ds, disguise{name, responseOf("Transfer-Encoding: chunked", body), state, content})
	}
	const last = "0\r\n\r\n"
	for _, format := range []string{
		"0x%x", "0X%x", "0000000%x", strings.Repeat("0", 20) + "%x", strings.Repeat("0", 500) + "%x", "%X", "+%x", " %x", "\t%x", "%x ", "%x\t",
		"%x" + strings.Repeat(" ", 30), "%x\x0b", "%x\x00", "%x foo", "%xg", "%x;a=b", "%x ; a=b", `%x;a="b\"c"`, "%x;" + strings.Repeat("a", 3000),
		"%x,a", "%x\r", "%x.0", "\r\n%x", "\n%x",
	} {
		add("size "+format, chunksOf(func(n int) string { return fmt.Sprintf(format, n) }, "", last), "complete", "")
	}
	for end, state := range map[string]string{
		"00\r\n\r\n": "complete", "0;a=b\r\n\r\n": "complete", "0\r\nX: y\r\n\r\n": "complete", "0\r\njunk\r\n\r\n": "complete", "0\n\n": "complete",
		"0x0\r\n\r\n": "complete", "0 \r\n\r\n": "complete", " 0\r\n\r\n": "complete", last + "junk": "complete", "0\r\n": "complete",
		"0": "ended early by the sender", "": "ended early by the sender", "\n": "ended early by the sender", "\r\n\r\n": "ended early by the sender",
		"x\r\n\r\n": "corrupt encoding", "-1\r\n\r\n": "corrupt encoding",
	} {
		add(fmt.Sprintf("end %q", end), chunksOf(hexSize, "", end), state, "")
	}
	half := len(disguised) / 2
	a, b := disguised[:half], disguised[half:]
	first := fmt.Sprintf("%x\r\n%s", half, a)
	second := fmt.Sprintf("%x\r\n%s", half, b)
	add("line feeds", strings.ReplaceAll(chunksOf(hexSize, "", last), "\r\n", "\n"), "complete", "")
	add("two returns", strings.ReplaceAll(chunksOf(hexSize, "", last), "\r\n", "\r\r\n"), "complete", "")
	add("junk after the data", first+"junk\r\n"+second+"\r\n"+last, "complete", "")
	add("an empty line more!", first+"\r\n\r\n"+second+"\r\n\r\n"+last, "complete", "")
	add("no line end after the data!", first+second+last, "corrupt encoding", a)
	add("no number!", "z"+first+"\r\n"+last, "not encoded as declared", "z"+first+"\r\n"+last)
	add("a minus!", "-"+first+"\r\n"+last, "not encoded as declared", "-"+first+"\r\n"+last)
	add("an underscore!", "0_"+first+"\r\n"+last, "not encoded as declared", "0_"+first+"\r\n"+last)
	add("too large!", "1"+strings.Repeat("0", 16)+"\r\n"+disguised, "ended early by the sender", "")
	return ds
}

// lengthDisguises vary Content-Length.
func lengthDisguises() (ds []disguise) {
	for value, state := range map[string]string{
		"42": "complete", "+42": "complete", "00042": "complete", "42 ": "complete", "42,42": "complete", "42, 42": "complete", "42 foo": "complete",
		"42x": "complete", "42.0": "complete", "42e0": "complete", "42;a": "complete", "42\x00": "complete", "42,": "complete", "\r\n 42": "complete",
		"42\r\nContent-Length: 42": "complete", "42\r\nContent-Length: 5": "ambiguous framing", "5\r\nContent-Length: 42": "ambiguous framing",
		"42, 5": "ambiguous framing", "5, 42": "ambiguous framing", "-42": "ambiguous framing", "-1": "ambiguous framing", "0x2a": "ambiguous framing",
		"": "ambiguous framing", "abc": "ambiguous framing", "\"42\"": "ambiguous framing", "4 2": "ambiguous framing", "4\r\n 2": "ambiguous framing",
		"99999999999999999999999": "ambiguous framing", "18446744073709551658": "ambiguous framing", "\x0b42": "ambiguous framing",
		"52": "ended early by the sender", "4294967338": "ended early by the sender",
	} {
		ds = append(ds, disguise{"length " + value, responseOf("Content-Length: "+value, disguised), state, ""})
	}
	return append(ds,
		disguise{"no length", responseOf("X: y", disguised), "complete", ""},
		disguise{"a space before the colon", responseOf("Content-Length : 42", disguised), "complete", ""},
		disguise{"a length too short!", responseOf("Content-Length: 32", disguised), "complete", disguised[:32]},
		disguise{"no fields", "HTTP/1.1 200 OK\r\n\r\n" + disguised, "complete", ""},
		disguise{"a whole range", "HTTP/1.1 206 x\r\nContent-Range: bytes 0-41/42\r\nContent-Length: 42\r\n\r\n" + disguised, "complete", ""},
	)
}

// gzipWith returns a gzip file with optional fields (RFC 1952 section 2.3).
func gzipWith(t *testing.T, flags byte) string {
	b := []byte{0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3}
	if flags&4 != 0 {
		b = append(b, "\x05\x00extra"...)
	}
	if flags&8 != 0 {
		b = append(b, "name\x00"...)
	}
	if flags&16 != 0 {
		b = append(b, "comment\x00"...)
	}
	if flags&2 != 0 {
		b = binary.LittleEndian.AppendUint16(b, uint16(crc32.ChecksumIEEE(b)))
	}
	b = append(b, packed(t, "flate", disguised)...)
	b = binary.LittleEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(disguised)))
	return string(binary.LittleEndian.AppendUint32(b, uint32(len(disguised))))
}

// The encodings of disguised, by the programs zstd 1.5 and libbrotlienc 1.0.
const (
	disguisedZstd   = "(\xb5/\xfd\x04hm\x00\x008MZhello\x01\x00@\x16#`\xae\x84\x0a"
	disguisedBrotli = "\x1b)\x00\xf8\x8d\x94\xaa\xa3s\xd4MeloJ\x0b-\xea\x89\x02\x16\xad\x01"
)

// codingDisguises vary Content-Encoding and the encoded bytes.
func codingDisguises(t *testing.T) (ds []disguise) {
	gz, zl, fl := packed(t, "gzip", disguised), packed(t, "zlib", disguised), packed(t, "flate", disguised)
	add := func(coding, body, state, content string) {
		fields := fmt.Sprintf("Content-Encoding: %s\r\nContent-Length: %d", coding, len(body))
		ds = append(ds, disguise{fmt.Sprintf("%s %.40q", coding, body), responseOf(fields, body), state, content})
	}
	for _, coding := range []string{
		"gzip", "x-gzip", "GZip", "gzip ", "gzip,", "gzip\x0b", "\x0bgzip", "gzip\x00", "\r\n gzip", "\r\n \r\n gzip", "identity, gzip", "gzip, identity",
		"identity\r\nContent-Encoding: gzip", "gzip\r\nContent-Encoding: identity", "gzip\r\nContent-Encoding:", "gzip; q=1", `"gzip"`, "gzip;",
		"\r\nX: y\rContent-Encoding: gzip",
	} {
		add(coding, gz, "complete", "")
	}
	add("deflate", zl, "complete", "")
	add("deflate", fl, "complete", "")
	add("x-deflate", zl, "complete", "")
	add("deflate", gz, "complete", "")
	add("gzip", zl, "complete", "")
	add("gzip, gzip", packed(t, "gzip", gz), "complete", "")
	add("deflate, gzip", packed(t, "gzip", zl), "complete", "")
	add("gzip, deflate", packed(t, "zlib", gz), "complete", "")
	add("gzip\r\nContent-Encoding: gzip", packed(t, "gzip", gz), "complete", "")
	add("gzip", packed(t, "gzip", gz), "complete", gz)
	add("gzip, gzip", gz, "not encoded as declared", "")
	add("gzip, deflate", gz, "not encoded as declared", disguised) // raw deflate looks like any bytes
	add("gzip", disguised, "not encoded as declared", "")
	add("deflate", disguised, "not encoded as declared", "")
	add("gzip", fl, "not encoded as declared", fl)
	add("gzip", "\x00"+gz, "not encoded as declared", "\x00"+gz)
	add("gzip", gz[:5], "not encoded as declared", gz[:5])
	for _, coding := range []string{"compress", "foo", "gzipx"} {
		add(coding, disguised, "unsupported encoding", "")
	}
	add("foo, gzip", gz, "unsupported encoding", gz)
	modernDisguises(t, add)
	add("utf-8", disguised, "complete", "")
	ds = append(ds, disguise{"no coding, but gzip", responseOf("X: y", gz), "complete", gz})

	for flags := range byte(32) {
		add("gzip", gzipWith(t, flags), "complete", "")
	}
	add("gzip", gzipWith(t, 0xe0), "complete", "")
	headerCRC := []byte(gzipWith(t, 2))
	headerCRC[10] ^= 0xff
	add("gzip", string(headerCRC), "complete", "")
	for n := 1; n <= 8; n++ {
		add("gzip", gz[:len(gz)-n], "wrong or missing checksum", "")
	}
	for n := 1; n <= 4; n++ {
		add("deflate", zl[:len(zl)-n], "wrong or missing checksum", "")
	}
	add("gzip", gz[:len(gz)-8]+"abcd"+gz[len(gz)-4:], "wrong or missing checksum", "")
	add("gzip", gz[:len(gz)-4]+"abcd", "wrong or missing checksum", "")
	add("deflate", zl[:len(zl)-4]+"abcd", "wrong or missing checksum", "")
	for _, junk := range []string{"junk", strings.Repeat("\x00", 20), "\x1f\x8b"} {
		add("gzip", gz+junk, "complete", "")
		add("deflate", zl+junk, "complete", "")
		add("deflate", fl+junk, "complete", "")
	}
	add("gzip", packed(t, "gzip", disguised[:20])+packed(t, "gzip", disguised[20:]), "complete", "") // browsers read the first member only
	add("gzip", packed(t, "gzip", "")+gz, "complete", "")
	add("gzip", gz[:15], "corrupt encoding", disguised[:4])
	return append(ds,
		disguise{"gzip in chunks", responseOf("Transfer-Encoding: chunked\r\nContent-Encoding: gzip", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(gz), gz)), "complete", ""},
		disguise{"gzip as a transfer coding", responseOf("Transfer-Encoding: gzip, chunked", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(gz), gz)), "complete", ""},
		disguise{"gzip as a transfer coding alone", responseOf("Transfer-Encoding: gzip", gz), "complete", ""},
		disguise{"a space before the colon", responseOf("Content-Encoding : gzip", gz), "complete", ""},
		disguise{"no space after the colon", responseOf("Content-Encoding:gzip", gz), "complete", ""},
		disguise{"in upper case", responseOf("CONTENT-ENCODING: gzip", gz), "complete", ""},
		disguise{"a space before the name!", responseOf("X: y\r\n Content-Encoding: gzip", gz), "complete", gz},
		disguise{"a NUL in the name!", responseOf("Content-Encoding\x00: gzip", gz), "complete", gz},
	)
}

// modernDisguises vary the encodings zstd (RFC 8878) and br (RFC 7932).
func modernDisguises(t *testing.T, add func(coding, body, state, content string)) {
	z, b := disguisedZstd, disguisedBrotli
	for coding, body := range map[string]string{"zstd": z, "br": b} {
		for _, name := range []string{coding, strings.ToUpper(coding), coding + ";q=1", "identity, " + coding} {
			add(name, body, "complete", "")
		}
		add(coding+", gzip", packed(t, "gzip", body), "complete", "")
		add(coding, disguised, "not encoded as declared", "")
		add("gzip", body, "not encoded as declared", body)
		add(coding, body[:3], "not encoded as declared", body[:3])
		add(coding, body+"junk", "complete", "")
	}
	const skippable = "\x50\x2a\x4d\x18\x02\x00\x00\x00xy"
	add("zstd", z+skippable+z, "complete", disguised+disguised)
	add("zstd", skippable+z, "complete", "")
	for n := 1; n <= 4; n++ {
		add("zstd", z[:len(z)-n], "wrong or missing checksum", "")
	}
	add("zstd", z[:len(z)-4]+"abcd", "wrong or missing checksum", "")
	add("zstd", z+z[:len(z)-5], "corrupt encoding", "")
	const window9MiB, dictionary = "\x28\xb5\x2f\xfd\x00\x69\x29\x00\x00hello", "\x28\xb5\x2f\xfd\x21\x07\x05\x29\x00\x00hello"
	add("zstd", window9MiB, "unsupported encoding", window9MiB)
	add("zstd", dictionary, "unsupported encoding", dictionary)
	add("br", "\x11\x00large window", "unsupported encoding", "\x11\x00large window")
	add("br", b[:len(b)-1], "corrupt encoding", disguised[:6])
}

// headDisguises vary the lines of the head.
func headDisguises(t *testing.T) (ds []disguise) {
	gz := packed(t, "gzip", disguised)
	fields := fmt.Sprintf("Content-Encoding: gzip\r\nContent-Length: %d", len(gz))
	for _, head := range []string{
		"HTTP/1.1 200 OK\n" + strings.ReplaceAll(fields, "\r", "") + "\n\n", "HTTP/1.1 200 OK\r\r\n" + strings.ReplaceAll(fields, "\r", "\r\r") + "\r\r\n\r\r\n",
		"HTTP/1.1 200 OK\r\n" + fields + "\n\n", "HTTP/1.1 200 OK\r\n" + fields + "\r\n\n", "HTTP/1.1 200 OK\r\n" + fields + "\n\r\n",
		"HTTP/1.1 200 OK\r\n" + fields + "\r\n\r\r\n", "HTTP/1.1 200 OK\r\n" + fields + "\r\r\n\r\n", "HTTP/1.1 200 OK\r\n" + fields + "\r\n \r\n\r\n",
		"HTTP/1.1 200 OK\r\n" + fields + "\n\r\r\n", "HTTP/1.1 200 OK\r\n Content-Encoding: x\r\n" + fields + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\tc\r\n" + fields + "\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n" + fields + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\n:\r\n" + fields + "\r\n\r\n", "HTTP/1.1 200 OK\r\n: foo\r\n" + fields + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\n\x01\x02\xff: foo\r\n" + fields + "\r\n\r\n", "HTTP/1.1 200 OK\r\n\x00\r\n" + fields + "\r\n\r\n",
		"HTTP/1.1 200 OK\r\n" + strings.Repeat("X:\r\n", 900) + fields + "\r\n\r\n", "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("y", 60_000) + "\r\n" + fields + "\r\n\r\n",
	} {
		ds = append(ds, disguise{fmt.Sprintf("head %.60q", head), head + gz, "complete", ""})
	}
	return ds
}

// Whatever disguises a file from filters, the file is reported as a receiver
// gets it, in one segment or in one of each byte.
func TestDisguises(t *testing.T) {
	ds := append(append(lineDisguises(), fieldDisguises()...), append(chunkDisguises(), lengthDisguises()...)...)
	ds = append(append(ds, codingDisguises(t)...), headDisguises(t)...)
	t.Logf("%d disguises", len(ds))
	for _, d := range ds {
		content := d.content
		if content == "" {
			content = disguised
		}
		want := fmt.Sprintf("server /x %d %s %s", len(content), d.state, shortSum(content))
		for _, size := range []int{1 << 16, 1} {
			if size == 1 && len(d.response) > 10_000 {
				size = 100
			}
			got := disguisedFiles(t, d.response, size)
			if len(got) != 1 || got[0] != want {
				t.Errorf("%.70q in segments of %d:\n got %q\nwant %q", d.name, size, got, want)
			}
		}
	}
}

// disguisedFiles returns a description of the files in a response after which
// the server ends the connection.
func disguisedFiles(t *testing.T, response string, size int) (out []string) {
	tk := talk{{false, "GET /x HTTP/1.1\r\nHost: e.example\r\n\r\n"}, {true, response}}
	segs := tk.segs(size)
	last := segs[len(segs)-1]
	segs = append(segs, seg{server: true, flags: ack | fin, seq: last.seq + uint32(len(last.data)), ack: last.ack})
	for _, f := range files(t, new(stream.Assembler), segs...) {
		out = append(out, strings.Join(strings.Fields(string(bytes.Replace([]byte(f), []byte(`"x"`), nil, 1))), " "))
	}
	for i, f := range out {
		out[i] = strings.Replace(f, " application/octet-stream", "", 1)
	}
	return out
}
