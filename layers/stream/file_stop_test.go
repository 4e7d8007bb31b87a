package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers/stream"
)

// A countdown is a Config.Stop that reports true after a number of calls.
type countdown struct{ left, after int }

func (c *countdown) stop() bool {
	c.left--
	if c.left >= 0 {
		return false
	}
	c.after++
	return true
}

// Stop is called often enough whatever is decoded, also if it has no content, and
// what is decoded when it reports true is not complete.
func TestStop(t *testing.T) {
	n := fault.Size(1<<20, 1<<18)
	stored := strings.Repeat("\x00\x00\x00\xff\xff", n/5) // empty blocks: RFC 1951 section 3.2.4
	for name, test := range map[string]struct {
		codings, body string
		work          int // bytes that are decoded
	}{
		"large content":         {"gzip", packed(t, "gzip", strings.Repeat("\x00", 4*n)), 4 * n},
		"zlib":                  {"deflate", packed(t, "zlib", strings.Repeat("\x00", 4*n)), 4 * n},
		"empty blocks":          {"deflate", stored + "\x01\x00\x00\xff\xff", n},
		"empty members":         {"gzip", strings.Repeat(packed(t, "gzip", ""), n/23), n / 23 * 23},
		"coding of a coding":    {"gzip, gzip", packed(t, "gzip", packed(t, "gzip", strings.Repeat("\x00", 4*n))), 4 * n},
		"empty meta-blocks":     {"br", emptyMetaBlocks(n), n},
		"meta-blocks in a zip":  {"br, gzip", packed(t, "gzip", emptyMetaBlocks(n)), n},
		"blocks of zstd":        {"zstd", emptyZstd(n), n},
		"zstd in a zip":         {"zstd, gzip", packed(t, "gzip", emptyZstd(n)), n},
		"empty blocks in a zip": {"deflate, gzip", packed(t, "gzip", stored+"\x01\x00\x00\xff\xff"), n},
	} {
		head := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n", test.codings, len(test.body))
		segs := talk{{false, get}, {true, head + test.body}}.segs(60_000)
		run := func(calls int) (c *countdown, file string) {
			c = &countdown{left: calls}
			got := files(t, &stream.Assembler{Config: stream.Config{Stop: c.stop, Hash: stream.HashSHA256, MaxWork: 1 << 30}}, segs...)
			return c, fmt.Sprint(got)
		}
		const endless = 1 << 30
		all, whole := run(endless)
		calls := endless - all.left
		if calls < test.work>>15 {
			t.Errorf("%s: Stop is called %d times for %d bytes", name, calls, test.work)
		}
		for i := 0; i < calls; i += max(1, calls/10) {
			c, file := run(i)
			if file == whole || !strings.HasSuffix(file, " truncated ]") {
				t.Errorf("%s, stopped after %d calls: %s", name, i, file)
			}
			if c.after > 3 { // once for the body, and for each coding
				t.Errorf("%s: Stop reports true %d times for one body", name, c.after)
			}
		}
	}
}

// emptyMetaBlocks returns a brotli stream of n bytes without content: each is a
// meta-block (RFC 7932 section 9.2).
func emptyMetaBlocks(n int) string { return "\x0c" + strings.Repeat("\x06", n-2) + "\x03" }

// emptyZstd returns a zstd frame of about n bytes without content: blocks of
// nothing (RFC 8878 section 3.1.1.2).
func emptyZstd(n int) string {
	return "\x28\xb5\x2f\xfd\x00\x58" + strings.Repeat("\x00\x00\x00", n/3) + "\x01\x00\x00"
}
