package stream

import (
	"compress/flate"
	"io"
)

// A deflateWindow holds the end of what a side sent, which its next compressed message
// may refer to (RFC 7692 section 7.1.1), and decompresses messages.
type deflateWindow struct {
	b    []byte // at most twice size
	size int    // 0: messages do not refer to earlier ones
	torn bool   // bytes before b are unknown
}

const (
	maxDeflateWindow = 32 << 10 // RFC 1951 section 2

	// workOfMessage is the work of beginning to decompress a message: mostly that of
	// copying the window.
	workOfMessage = 1 << 10
)

// deflateWindowSize returns the size of a window of that many bits. zlib has none of
// 8 bits, and uses 9.
func deflateWindowSize(bits int, noTakeover bool) int {
	if noTakeover {
		return 0
	}
	return 1 << max(bits, 9)
}

// deflateTail ends the bytes of a message: the empty block that its sender removed
// (RFC 7692 section 7.2.1), and another, which is the last.
const deflateTail = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"

// A messageInflater is the decompressor that all messages use, one at a time.
type messageInflater struct {
	z   io.ReadCloser
	src deflated
}

// deflated reads the bytes of a message, and then those of deflateTail.
type deflated struct {
	b    []byte
	tail string
}

func (d *deflated) ReadByte() (c byte, err error) {
	switch {
	case len(d.b) > 0:
		c, d.b = d.b[0], d.b[1:]
	case len(d.tail) > 0:
		c, d.tail = d.tail[0], d.tail[1:]
	default:
		return 0, io.EOF
	}
	return c, nil
}

func (d *deflated) Read(p []byte) (n int, err error) {
	n = copy(p, d.b)
	d.b = d.b[n:]
	k := copy(p[n:], d.tail)
	d.tail = d.tail[k:]
	if n += k; n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// inflate returns a decompressed message, which is valid until the Assembler's next
// call, and whether it is Oversized: cut says that packed is only its beginning. If
// decompressing fails, it counts the message. Later ones that refer to a message that is
// not whole fail too.
func (w *deflateWindow) inflate(s sink, packed []byte, cut bool) (_ []byte, state Completeness, ok bool) {
	if !s.a.affords(s.c, workOfMessage) {
		w.tear(s)
		return nil, Unfinished, false
	}
	s.a.spend(s.c, workOfMessage)
	z := &s.a.messages
	z.reset(packed, w.b[max(len(w.b)-w.size, 0):], cut)
	costly := s.a.stats.TooCostly
	out, err := s.readMessage(&meter{r: z.z, s: s, begun: true, cost: 1})
	s.a.lend(out)
	z.src = deflated{}
	switch {
	case err == nil && !cut:
		w.add(s, out)
		return out, Complete, true
	case err == errStopped, s.a.stats.TooCostly > costly:
	case w.torn && err != errOversized:
		s.a.stats.Incomplete++
	case err == errOversized, cut:
		if !cut { // or it is counted
			s.a.stats.TooLong++
		}
		w.tear(s)
		return out[:min(len(out), withDefault(s.a.MaxMessage, defaultMaxMessage))], Oversized, true
	default:
		s.a.stats.Malformed++
	}
	w.tear(s)
	return nil, Unfinished, false
}

func (z *messageInflater) reset(packed, window []byte, cut bool) {
	z.src = deflated{packed, deflateTail}
	if cut {
		z.src.tail = ""
	}
	if z.z == nil {
		z.z = flate.NewReaderDict(&z.src, window)
		return
	}
	z.z.(flate.Resetter).Reset(&z.src, window) // returns no error
}

// add records the end of a message.
func (w *deflateWindow) add(s sink, data []byte) {
	if w.size == 0 {
		return
	}
	data = data[max(len(data)-w.size, 0):]
	if over := len(w.b) + len(data) - 2*w.size; over > 0 {
		keep := w.size - len(data)
		w.b = w.b[:copy(w.b, w.b[len(w.b)-keep:])]
	}
	before := cap(w.b)
	w.b = append(w.b, data...)
	s.a.hold(cap(w.b) - before)
}

// tear forgets what was sent: bytes after it are unknown.
func (w *deflateWindow) tear(s sink) {
	w.drop(s)
	w.torn = w.size > 0
}

func (w *deflateWindow) drop(s sink) {
	s.a.hold(-cap(w.b))
	w.b = nil
}
