package dump

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
)

type httpRequest struct {
	Frame     int64  `json:"frame"`
	Method    string `json:"method"`
	Host      string `json:"host,omitempty"`
	URI       string `json:"uri"`
	FullURI   string `json:"full_uri,omitempty"`
	UserAgent string `json:"user_agent,omitempty"`
	Version   string `json:"version"`
}

type httpResponse struct {
	Frame         int64  `json:"frame"`
	Code          int    `json:"code"`
	ContentType   string `json:"content_type,omitempty"`
	ContentLength *int64 `json:"content_length,omitempty"`
	Server        string `json:"server,omitempty"`
}

// An httpObject is a body without gaps. It may be of a range, or have an unknown
// coding or a wrong checksum.
type httpObject struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
	Name   string `json:"name"`
}

func (n *indicatorPrinter) http(m *stream.Message) {
	if isSimple(m.Data) || !n.holds(rowCost+2*len(m.Data)) {
		return
	}
	if req, err := http1.ParseRequest(m.Data); err == nil {
		n.out.HTTPRequests = append(n.out.HTTPRequests, httpRequest{
			Frame: m.Last.Number, Method: string(req.Method()),
			Host: text(string(req.Get("Host"))), URI: text(string(req.Target())),
			FullURI: fullURI(req), UserAgent: text(string(req.Get("User-Agent"))), Version: version(req.Version()),
		})
	} else if res, err := http1.ParseResponse(m.Data); err == nil {
		r := httpResponse{
			Frame: m.Last.Number, Code: res.Status(),
			ContentType: text(string(res.Get("Content-Type"))), Server: text(string(res.Get("Server"))),
		}
		if size, err := res.ContentLength(); err == nil && size >= 0 {
			r.ContentLength = &size
		}
		n.out.HTTPResponses = append(n.out.HTTPResponses, r)
	}
}

// httpBody hashes the content itself: a File has no hash if it is a range.
func (n *indicatorPrinter) httpBody(m *stream.Message) {
	switch m.Kind {
	case stream.FileBegin:
		n.bodies[m.File] = sha256.New()
	case stream.FileData:
		n.bodies[m.File].Write(m.Data)
	case stream.FileEnd:
		sum := hex.EncodeToString(n.bodies[m.File].Sum(nil))
		delete(n.bodies, m.File)
		switch m.File.State {
		case stream.Complete, stream.Partial, stream.Encoded, stream.Unverified, stream.Mislabelled, stream.Disputed:
			n.exchangeBody(m, sum)
			if m.Proto == stream.HTTP1 && !isSimple(m.Request) && n.holds(rowCost+len(m.File.Name)) {
				n.out.HTTPObjects = append(n.out.HTTPObjects, httpObject{sum, m.File.Size, text(m.File.Name)})
			}
		}
	}
}

// http2 counts the authority and path of requests of HTTP/2, which tshark does not list
// with those of HTTP/1.
func (n *indicatorPrinter) http2(m *stream.Message) {
	req, err := http1.ParseRequest(m.Data)
	if err != nil {
		return
	}
	if host := req.Get("Host"); host != nil {
		n.tally(n.out.H2Authority, text(string(host)))
	}
	n.tally(n.out.H2Path, text(string(req.Target())))
}

// isSimple reports whether a head is of HTTP/0.9, which tshark does not decode: the
// indicators have tshark's names and meaning.
func isSimple(head []byte) bool {
	req, err := http1.ParseRequest(head)
	major, _ := req.Version()
	return err == nil && major == 0
}

// fullURI returns the URL of a request, or "" if the request has no Host field.
func fullURI(req http1.Request) string {
	if len(req.Get("Host")) == 0 {
		return ""
	}
	return text(string(req.AppendURL(nil)))
}

func version(major, minor int) string {
	return "HTTP/" + string(rune('0'+major)) + "." + string(rune('0'+minor))
}
