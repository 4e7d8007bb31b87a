package layers

import (
	"iter"
	"strconv"
)

// A QUICFrameType is the type of a frame (RFC 9000 section 12.4).
type QUICFrameType uint64

// The frames that an Initial packet may hold (RFC 9000 section 12.5).
const (
	QUICPadding         QUICFrameType = 0x00 // section 19.1
	QUICPing            QUICFrameType = 0x01 // section 19.2
	QUICAck             QUICFrameType = 0x02 // section 19.3
	QUICAckECN          QUICFrameType = 0x03 // section 19.3
	QUICCrypto          QUICFrameType = 0x06 // section 19.6
	QUICConnectionClose QUICFrameType = 0x1c // section 19.19
)

// String returns the frame's name, or its number.
func (t QUICFrameType) String() string {
	switch t {
	case QUICPadding:
		return "PADDING"
	case QUICPing:
		return "PING"
	case QUICAck, QUICAckECN:
		return "ACK"
	case QUICCrypto:
		return "CRYPTO"
	case QUICConnectionClose:
		return "CONNECTION_CLOSE"
	}
	return "0x" + strconv.FormatUint(uint64(t), 16)
}

// A QUICFrame is one frame of an Initial packet, in the memory of the packet
// (RFC 9000 section 12.4). A run of PADDING frames is one QUICFrame.
type QUICFrame struct {
	Type QUICFrameType

	// Size is how many bytes the frame takes, type included.
	Size int

	// Offset is where in the stream of handshake messages Data begins, in
	// bytes. CRYPTO alone has it. It may be as large as 2^62-1.
	Offset uint64

	// Largest is the largest packet number that an ACK acknowledges.
	Largest uint64

	// Error is the error code of a CONNECTION_CLOSE (RFC 9000 section 20.1).
	Error uint64

	// Data is what a CRYPTO frame carries, or the reason phrase of a
	// CONNECTION_CLOSE.
	Data []byte
}

// QUICFrames returns the frames of an Initial packet's payload, up to the end or
// the first that is damaged or that an Initial packet may not hold.
func QUICFrames(payload []byte) iter.Seq[QUICFrame] {
	return func(yield func(QUICFrame) bool) {
		for len(payload) > 0 {
			f, err := ParseQUICFrame(payload)
			if err != nil || !yield(f) {
				return
			}
			payload = payload[f.Size:]
		}
	}
}

// ParseQUICFrame returns the frame that b begins with. The error is Short when
// b ends before the frame does, Malformed when its type is not one that an
// Initial packet may hold.
func ParseQUICFrame(b []byte) (QUICFrame, error) {
	r := quicReader{b: b}
	f := QUICFrame{Type: QUICFrameType(r.number())}
	switch f.Type {
	case QUICPadding:
		for len(r.b) > 0 && r.b[0] == byte(QUICPadding) {
			r.b = r.b[1:]
		}
	case QUICPing:
	case QUICAck, QUICAckECN:
		f.Largest = r.number()
		r.number() // delay
		ranges := r.number()
		r.number() // first range
		for ; ranges > 0 && !r.short; ranges-- {
			r.number() // gap
			r.number() // length
		}
		if f.Type == QUICAckECN {
			r.number()
			r.number()
			r.number()
		}
	case QUICCrypto:
		f.Offset = r.number()
		f.Data = r.bytes(r.number())
	case QUICConnectionClose:
		f.Error = r.number()
		r.number() // type of the frame that is at fault
		f.Data = r.bytes(r.number())
	default:
		return QUICFrame{}, Malformed
	}
	if r.short {
		return QUICFrame{}, Short
	}
	f.Size = len(b) - len(r.b)
	return f, nil
}

// A quicReader takes numbers and bytes from b, until one of them is not there.
type quicReader struct {
	b     []byte
	short bool
}

func (r *quicReader) number() uint64 {
	v, n := quicVarint(r.b)
	r.short = r.short || n == 0
	r.b = r.b[n:]
	return v
}

func (r *quicReader) bytes(n uint64) []byte {
	if r.short || n > uint64(len(r.b)) {
		r.short = true
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}
