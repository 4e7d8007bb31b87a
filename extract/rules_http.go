package extract

import (
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
	host, agent := req.Host(), req.Get("User-Agent")
	x.scratch = append(append(x.scratch[:0], req.Method()...), '\n')
	url := len(x.scratch)
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
		r.Host = hostOf(string(host))
		r.UserAgent = string(agent)
	}
	r.add(x.message(m))
}
