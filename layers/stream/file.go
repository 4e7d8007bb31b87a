package stream

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"strconv"
	"strings"
)

// A Hash selects the hashes to compute of files.
type Hash uint8

// The choices: none, SHA-256, or SHA-256 with MD5 and SHA-1.
const (
	HashNone Hash = iota
	HashSHA256
	HashAll
)

// A Completeness says whether a File holds all the bytes that were sent, and if
// not, why.
type Completeness uint8

const (
	// Complete: all bytes were captured and decoded.
	Complete Completeness = iota
	// Unfinished: the connection, or the capture, ended before the file did.
	Unfinished
	// Holed: bytes in it are missing.
	Holed
	// Partial: the sender sent only a range of the file (RFC 9110 section 14).
	Partial
	// Encoded: the file has an encoding that is not supported. It is as
	// received.
	Encoded
	// Undecodable: its encoding is corrupt. The file is what precedes the error.
	Undecodable
	// Oversized: the file, before or after decoding, is larger than
	// Config.MaxDecode.
	Oversized
	// Unverified: a checksum in its encoding is wrong or missing.
	Unverified
	// Mislabelled: the file does not have the encoding that the sender states.
	// It is as received.
	Mislabelled
	// Disputed: receivers disagree on where the file begins or ends.
	Disputed
	// EndedEarly: the sender ended the connection before the announced end of
	// the file. All bytes that it sent were captured.
	EndedEarly
)

var completenessNames = [...]string{
	"complete", "truncated", "bytes missing", "part of a file", "unsupported encoding", "corrupt encoding", "too large to decode",
	"wrong or missing checksum", "not encoded as declared", "ambiguous framing", "ended early by the sender",
}

// Hashed reports whether files in this state have hashes: the file has all bytes
// that a receiver gets, as far as they can be decoded.
func (c Completeness) Hashed() bool {
	switch c {
	case Unfinished, Holed, Partial, Oversized:
		return false
	}
	return true
}

// String returns the state in a few words: "complete", "truncated".
func (c Completeness) String() string {
	if int(c) < len(completenessNames) {
		return completenessNames[c]
	}
	return "Completeness(" + strconv.Itoa(int(c)) + ")"
}

// A File is content that one side sends the other: an HTTP body, a mail
// attachment, an FTP transfer. It does not change after its FileEnd.
type File struct {
	// Name is the sender's name for the file, cut at 4096 bytes, or "" if
	// unknown. It is arbitrary text: do not use it as a path.
	Name string

	// In is the body that holds the file, if it was uploaded with a form (RFC
	// 7578), or nil. The body is a File too.
	In *File

	// Type is the media type that the sender states (RFC 9110 section 8.3),
	// without parameters, cut at 255 bytes, or "".
	Type string

	// Sniffed is the media type that the first bytes suggest, or "". Types of
	// certificates, and what comes with them, are also checked against Size.
	Sniffed string

	// Holds is the kind of the messages that the file consists of, which are reported
	// as well: DNSMessage, GRPCMessage or ServerSentEvent. It is 0 for a file that is
	// the content itself, or has more than such messages, or invalid ones.
	Holds Kind

	// Size is the number of bytes received: decoded bytes, or encoded ones if
	// the file was not decoded.
	Size int64

	// State reports whether the file is complete, or why not.
	State Completeness

	// The hashes that Config.Hash selects, nil unless State is Hashed.
	MD5, SHA1, SHA256 []byte
}

// A fileWriter emits the messages of one file.
type fileWriter struct {
	file   *File
	from   Message // common to its messages
	head   []byte  // the first bytes, until there are enough to sniff
	hashes []fileHash
	cost   int // bytes counted as held
}

// A fileHash is a hash in progress, and where its sum goes.
type fileHash struct {
	hash.Hash
	sum *[]byte
}

// sniffLen is how many bytes sniff needs, of files other than DER.
const sniffLen = 32

const (
	// maxName limits the name of a file, and maxType its media type, for which
	// RFC 6838 section 4.2 allows two names of 127 bytes. Longer ones are cut.
	maxName = 4096
	maxType = 255

	// fileCost is what an open file counts as held, beyond its name.
	fileCost = 1 << 10
)

// cut returns a copy of the first n bytes of s: s may be a small part of a
// large string, which must not be retained.
func cut(s string, n int) string { return strings.Clone(s[:min(len(s), n)]) }

// beginFile starts a file. m has its Proto, FromClient, Request and First.
func (s sink) beginFile(m Message, name, mediaType string) *fileWriter {
	f := &File{Name: cut(name, maxName), Type: cut(mediaType, maxType)}
	w := &fileWriter{file: f, from: m, cost: fileCost + len(f.Name)}
	s.a.hold(w.cost)
	if s.a.NoFiles {
		return w
	}
	if s.a.Hash != HashNone {
		w.hashes = []fileHash{{sha256.New(), &f.SHA256}}
	}
	if s.a.Hash == HashAll {
		w.hashes = append(w.hashes, fileHash{sha1.New(), &f.SHA1}, fileHash{md5.New(), &f.MD5})
	}
	w.emit(s, FileBegin, m.First, nil)
	return w
}

func (w *fileWriter) emit(s sink, kind Kind, at Ref, data []byte) {
	if s.a.NoFiles {
		return
	}
	m := w.from
	m.Kind, m.File, m.Data, m.Last = kind, w.file, data, at
	s.emit(m)
}

// write adds content. The data is emitted without a copy.
func (w *fileWriter) write(s sink, data []byte, at Ref) {
	if len(data) == 0 {
		return
	}
	w.file.Size += int64(len(data))
	if w.file.Size-int64(len(data)) == int64(len(w.head)) {
		w.keepHead(data)
	}
	for _, h := range w.hashes {
		h.Write(data)
	}
	if s.a.Content {
		w.emit(s, FileData, at, data)
	}
}

// keepHead keeps the first bytes of the file, as many as are needed to sniff it.
func (w *fileWriter) keepHead(data []byte) {
	most := sniffLen
	if len(w.head) > 0 && w.head[0] == derSequence || data[0] == derSequence && len(w.head) == 0 {
		most = derHeadLen
	}
	if n := min(len(data), most-len(w.head)); n > 0 {
		w.head = append(w.head, data[:n]...)
	}
}

// spoil marks the file as incomplete. The first reason counts, except that
// missing bytes replace Partial and Encoded, and anything replaces what does not
// change the content.
func (w *fileWriter) spoil(why Completeness) {
	switch w.file.State {
	case Partial, Encoded:
		if why != Unfinished && why != Holed {
			return
		}
	case Complete, Unverified, Mislabelled, Disputed:
		if why == Complete {
			return
		}
	default:
		return
	}
	w.file.State = why
}

func (w *fileWriter) end(s sink, at Ref) {
	f := w.file
	f.Sniffed = sniff(w.head, f.Size)
	if f.State.Hashed() {
		for _, h := range w.hashes {
			*h.sum = h.Sum(nil)
		}
	}
	w.emit(s, FileEnd, at, nil)
	s.a.hold(-w.cost)
}
