package stream

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"hash"
	"strconv"
	"strings"
)

// A Hash says which hashes of files are made.
type Hash uint8

// The choices: none, SHA-256, or also MD5 and SHA-1.
const (
	HashNone Hash = iota
	HashSHA256
	HashAll
)

// A Completeness says whether a File holds everything that was sent, and if
// not, why.
type Completeness uint8

const (
	// Complete: all of it came, and was decoded.
	Complete Completeness = iota
	// Unfinished: the connection, or the capture, ended before the file did.
	Unfinished
	// Holed: bytes in it are missing.
	Holed
	// Partial: the sender sent a range of it (RFC 9110 section 14) that is not all.
	Partial
	// Encoded: it has a coding that is not undone here.
	Encoded
	// Undecodable: its coding is damaged.
	Undecodable
	// Oversized: it, or what it decodes to, is larger than Config.MaxDecode.
	Oversized
)

var completenessNames = [...]string{
	"complete", "ended before its end", "bytes missing", "part of a file", "coding not undone", "damaged coding", "too large to decode",
}

// String says it in a few words.
func (c Completeness) String() string {
	if int(c) < len(completenessNames) {
		return completenessNames[c]
	}
	return "Completeness(" + strconv.Itoa(int(c)) + ")"
}

// A File is content that one side sends the other: the body of an HTTP message,
// an attachment of a mail, a transfer of FTP. From its FileEnd on it does not
// change.
type File struct {
	// Name is what the sender calls it, cut at 4096 bytes, "" when that is not
	// known. It is any text, and never a path to use.
	Name string

	// In is the body that holds it, when it was uploaded with a form (RFC 7578),
	// nil for any other file. The body is a File too.
	In *File

	// Type is the media type that the sender states (RFC 9110 section 8.3),
	// without parameters, cut at 255 bytes, "" for none.
	Type string

	// Sniffed is the media type that its first bytes suggest, "" for none.
	Sniffed string

	// Size is how many bytes of it came, after decoding; before, when it is
	// not decoded.
	Size int64

	// State says whether that is all of it.
	State Completeness

	// The hashes that Config.Hash asks for, nil unless State is Complete.
	MD5, SHA1, SHA256 []byte
}

// A fileWriter makes the messages of one file.
type fileWriter struct {
	file   *File
	from   Message // what all messages of the file have in common
	head   []byte  // the first bytes, until there are enough to sniff
	hashes []fileHash
	cost   int // what it counts for
}

// A fileHash is a hash in the making, and where it goes.
type fileHash struct {
	hash.Hash
	sum *[]byte
}

// sniffLen is how many bytes decide on File.Sniffed.
const sniffLen = 32

const (
	// maxName bounds the name of a file, and maxType its media type, of which RFC
	// 6838 section 4.2 allows two names of 127. A longer one is cut.
	maxName = 4096
	maxType = 255

	// fileCost is what a file takes until it ends, beyond its name.
	fileCost = 1 << 10
)

// cut returns s, at most n bytes of it, in memory of its own: s may be a small
// part of something large.
func cut(s string, n int) string { return strings.Clone(s[:min(len(s), n)]) }

// beginFile starts a file. m has Proto, FromClient, Request, and First.
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

// write adds content. The data is passed on as it is, without a copy.
func (w *fileWriter) write(s sink, data []byte, at Ref) {
	if len(data) == 0 {
		return
	}
	w.file.Size += int64(len(data))
	if len(w.head) < sniffLen && w.file.Size-int64(len(data)) == int64(len(w.head)) {
		w.head = append(w.head, data[:min(len(data), sniffLen-len(w.head))]...)
	}
	for _, h := range w.hashes {
		h.Write(data)
	}
	if s.a.Content {
		w.emit(s, FileData, at, data)
	}
}

// spoil says that the file is not whole. The first reason stays, but that bytes are
// missing says more than that they are a part or coded.
func (w *fileWriter) spoil(why Completeness) {
	switch w.file.State {
	case Partial, Encoded:
		if why != Unfinished && why != Holed {
			return
		}
	case Complete:
	default:
		return
	}
	w.file.State = why
}

// end ends the file.
func (w *fileWriter) end(s sink, at Ref) {
	f := w.file
	f.Sniffed = sniff(w.head)
	if f.State == Complete {
		for _, h := range w.hashes {
			*h.sum = h.Sum(nil)
		}
	}
	w.emit(s, FileEnd, at, nil)
	s.a.hold(-w.cost)
}
