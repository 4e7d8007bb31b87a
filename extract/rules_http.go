package extract

import (
	"net/netip"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// addHTTP notes an HTTP request. The key holds method, URL and user agent,
// none of which contains the line end that separates them.
func (x *Extractor) addHTTP(m *stream.Message) {
	if !m.FromClient {
		return
	}
	req, err := layers.ParseHTTPRequest(m.Data)
	if err != nil {
		return
	}
	host, agent := string(req.Host()), req.Get("User-Agent")
	x.scratch = append(append(x.scratch[:0], req.Method()...), '\n')
	url := len(x.scratch)
	if host == "" {
		host = authority(m.Conn.Flow.Dst)
		x.scratch = append(append(x.scratch, "http://"...), host...)
	}
	x.scratch = req.AppendURL(x.scratch)
	end := len(x.scratch)
	x.scratch = append(append(x.scratch, '\n'), agent...)
	if end-url > x.maxValueLen() || len(agent) > x.maxValueLen() {
		x.report.Unseen.TooLong++
		return
	}
	r := x.report.requests.row(x.scratch, x.maxValues())
	if r == nil {
		return
	}
	if r.Count == 0 {
		r.Method = string(req.Method())
		r.URL = string(x.scratch[url:end])
		r.Host = hostOf(host)
		r.UserAgent = string(layers.AppendHTTPValue(nil, agent))
	}
	r.add(x.message(m))
}

// authority returns the authority of a request that names no host: where it
// was sent to.
func authority(a netip.AddrPort) string {
	switch {
	case a.Port() != 80:
		return a.String()
	case a.Addr().Is6():
		return "[" + a.Addr().String() + "]"
	}
	return a.Addr().String()
}
