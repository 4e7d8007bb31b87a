package extract

import (
	"encoding/hex"
	"iter"
	"net/netip"
	"strconv"

	"github.com/sightline-go/sightline/layers/stream"
)

// A File is content that one side sent the other: the body of an HTTP message, an
// attachment of a mail, a transfer of FTP.
type File struct {
	Fact
	SHA256 string `json:"sha256,omitempty"` // in hexadecimal; the hashes that Options ask for, of complete files
	SHA1   string `json:"sha1,omitempty"`
	MD5    string `json:"md5,omitempty"`

	Name    string `json:"name,omitempty"`    // as the sender calls it
	Type    string `json:"type,omitempty"`    // the media type that the sender states
	Sniffed string `json:"sniffed,omitempty"` // the media type that its first bytes suggest
	Size    int64  `json:"size"`              // of what came, in bytes
	State   string `json:"state"`             // "complete", or why it is not

	Proto      stream.Proto   `json:"proto"`           // what carried it
	URL        string         `json:"url,omitempty"`   // of HTTP
	Email      string         `json:"email,omitempty"` // the key of the mail that it is attached to: see Email.Key
	Client     netip.Addr     `json:"client"`
	Server     netip.AddrPort `json:"server"`
	FromClient bool           `json:"from_client,omitempty"`
}

func (f *File) appendKey(dst []byte) []byte {
	dst = appendText(dst, f.SHA256, f.URL, f.Name, f.Type, f.Sniffed, f.State, f.Email, strconv.FormatInt(f.Size, 10))
	dst = append(appendAddrPort(appendAddr(dst, f.Client), f.Server), byte(f.Proto))
	if f.FromClient {
		dst = append(dst, 1)
	}
	return dst
}

func (f *File) merge(o *File) { f.Fact.merge(&o.Fact) }

var files = handleOf[File]()

// Files returns what HTTP, mail and FTP carried, in order of their SHA-256.
func (r *Report) Files() iter.Seq[*File] { return files.all(r) }

// file notes a file at its end.
func (w *worker) file(s *shard, m *stream.Message) {
	src := m.File
	f := File{
		SHA256: hex.EncodeToString(src.SHA256), SHA1: hex.EncodeToString(src.SHA1), MD5: hex.EncodeToString(src.MD5),
		Name: text([]byte(src.Name)), Type: text([]byte(src.Type)), Sniffed: src.Sniffed, Size: src.Size, State: src.State.String(),
		Proto: m.Proto, Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst, FromClient: m.FromClient,
	}
	if m.Proto == stream.HTTP1 {
		_, f.URL = w.asked(m)
	} else {
		f.Email, _ = s.mails.get(m.Conn.Flow)
	}
	if src.Size > 0 && w.fits(f.Name, f.Type, f.URL) {
		files.observe(w, f, byMessage(m))
	}
}
