package extract

import (
	"encoding/hex"
	"iter"
	"net/netip"
	"strconv"

	"github.com/sightline-go/sightline/layers/stream"
)

// A File is a transferred file: the body of an HTTP message, an attachment of a
// mail, or an FTP transfer.
type File struct {
	Fact
	SHA256 string `json:"sha256,omitempty"` // in hexadecimal; files have the hashes of Options.Stream.Hash, unless bytes are missing
	SHA1   string `json:"sha1,omitempty"`
	MD5    string `json:"md5,omitempty"`

	Name    string `json:"name,omitempty"`    // given by the sender
	Type    string `json:"type,omitempty"`    // media type, declared by the sender
	Sniffed string `json:"sniffed,omitempty"` // media type, detected from the first bytes
	Size    int64  `json:"size"`              // bytes received
	State   string `json:"state"`             // "complete", or why it is not

	Proto      stream.Proto   `json:"proto"`           // the protocol that carried it
	URL        string         `json:"url,omitempty"`   // of the HTTP request
	Email      string         `json:"email,omitempty"` // Email.Key of the mail that it is attached to
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

// Files returns the files transferred by HTTP, mail and FTP, in order of SHA-256.
func (r *Report) Files() iter.Seq[*File] { return files.all(r) }

// file records a file, unless it consists of messages that are recorded as such.
func (w *worker) file(s *shard, m *stream.Message) {
	src := m.File
	if src.Holds != 0 {
		return
	}
	f := File{
		SHA256: hex.EncodeToString(src.SHA256), SHA1: hex.EncodeToString(src.SHA1), MD5: hex.EncodeToString(src.MD5),
		Name: text([]byte(src.Name)), Type: text([]byte(src.Type)), Sniffed: src.Sniffed, Size: src.Size, State: src.State.String(),
		Proto: m.Proto, Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst, FromClient: m.FromClient,
	}
	if m.Proto.IsHTTP() || m.Proto == stream.WebSocket || m.Proto == stream.GRPC {
		_, f.URL = w.asked(m)
	} else {
		f.Email, _ = s.mails.get(m.Conn.Flow)
	}
	if src.Size > 0 && w.fits(f.Name, f.Type, f.URL) {
		files.observe(w, f, w.byMessage(m))
	}
}
