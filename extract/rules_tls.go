package extract

import (
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// addTLS notes the server name that a ClientHello asks for.
func (x *Extractor) addTLS(m *stream.Message) {
	hello, err := layers.ParseClientHello(m.Data)
	if err != nil {
		return
	}
	name := hello.ServerName()
	if len(name) == 0 {
		return
	}
	x.scratch = append(x.scratch[:0], name...)
	lower(x.scratch)
	end := len(x.scratch)
	x.scratch = append(x.scratch, 0)
	for p := range hello.ALPN() {
		if len(x.scratch) > end+1 {
			x.scratch = append(x.scratch, ',')
		}
		x.scratch = append(x.scratch, p...)
	}
	if len(x.scratch) > x.maxValueLen() {
		x.report.Unseen.TooLong++
		return
	}
	if s := x.report.servers.row(x.scratch, x.maxValues()); s != nil {
		if s.Count == 0 {
			s.Name, s.ALPN = string(x.scratch[:end]), string(x.scratch[end+1:])
		}
		s.add(x.message(m))
	}
}
