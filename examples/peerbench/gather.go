package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"net/http"
	"os"
	"sync"

	"github.com/gopacket/gopacket"
	golayers "github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
	"github.com/gopacket/gopacket/tcpassembly"
	"github.com/gopacket/gopacket/tcpassembly/tcpreader"
)

// A gatherer is the fastest gopacket program for the same task: a
// DecodingLayerParser, tcpassembly of all connections, and a goroutine per
// direction that recognizes the protocol by its first bytes. It only counts.
type gatherer struct {
	streams sync.WaitGroup
	mutex   sync.Mutex
	found   found
}

// gather counts what a gatherer finds in a capture.
func gather(name string) (f found, err error) {
	file, err := os.Open(name)
	if err != nil {
		return f, err
	}
	defer file.Close()
	r, err := pcapgo.NewReader(bufio.NewReaderSize(file, chunk))
	if err != nil {
		return f, err
	}
	var g gatherer
	d := newGopacketDecoder(true)
	assembler := tcpassembly.NewAssembler(tcpassembly.NewStreamPool(&g))
	for {
		data, info, err := r.ZeroCopyReadPacketData()
		if err == io.EOF {
			break
		}
		if err != nil {
			return f, err
		}
		d.parser.DecodeLayers(data, &d.decoded) // layers decoded before an error count too
		d.take(assembler, info, &f)
	}
	assembler.FlushAll()
	g.streams.Wait()
	f.add(g.found)
	return f, nil
}

// take passes TCP segments to the assembler and counts DNS questions.
func (d *gopacketDecoder) take(a *tcpassembly.Assembler, info gopacket.CaptureInfo, f *found) {
	var network gopacket.Flow
	for _, t := range d.decoded {
		switch t {
		case golayers.LayerTypeIPv4:
			network = d.ip4.NetworkFlow()
		case golayers.LayerTypeIPv6:
			network = d.ip6.NetworkFlow()
		case golayers.LayerTypeTCP:
			a.AssembleWithTimestamp(network, &d.tcp, info.Timestamp)
		case golayers.LayerTypeDNS:
			for i := range d.dns.Questions {
				f.Questions++
				f.Bytes += len(d.dns.Questions[i].Name)
			}
		}
	}
}

func (g *gatherer) add(f found) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	g.found.add(f)
}

func (f *found) add(o found) {
	f.Questions += o.Questions
	f.Requests += o.Requests
	f.Hellos += o.Hellos
	f.Bytes += o.Bytes
}

// New implements tcpassembly.StreamFactory. The assembler calls it for each
// direction of a connection.
func (g *gatherer) New(_, _ gopacket.Flow) tcpassembly.Stream {
	r := tcpreader.NewReaderStream()
	g.streams.Go(func() {
		b := bufio.NewReader(&r)
		g.read(b)
		tcpreader.DiscardBytesToEOF(b)
	})
	return &r
}

func (g *gatherer) read(b *bufio.Reader) {
	begin, err := b.Peek(5)
	switch {
	case err != nil || string(begin) == "HTTP/":
	case begin[0] == handshake && begin[1] == 3:
		g.hello(b, 5+int(binary.BigEndian.Uint16(begin[3:])))
	case 'A' <= begin[0] && begin[0] <= 'Z':
		g.requests(b)
	}
}

func (g *gatherer) hello(b *bufio.Reader, size int) {
	record, err := b.Peek(size)
	if err != nil {
		return
	}
	if name := serverName(record[5:]); name != "" {
		g.add(found{Hellos: 1, Bytes: len(name)})
	}
}

func (g *gatherer) requests(b *bufio.Reader) {
	for {
		req, err := http.ReadRequest(b)
		if err != nil {
			return
		}
		g.add(found{Requests: 1, Bytes: len(req.Host) + len(req.RequestURI) + len(req.UserAgent())})
		tcpreader.DiscardBytesToEOF(req.Body)
		req.Body.Close()
	}
}

// serverName returns the server name of a ClientHello. gopacket does not parse
// it.
func serverName(b []byte) string {
	if len(b) < 4 || b[0] != clientHello {
		return ""
	}
	p := prefixed{b[4:]}
	p.skip(2 + 32) // version, random
	p.vector(1)    // session ID
	p.vector(2)    // cipher suites
	p.vector(1)    // compression methods
	for all := (prefixed{p.vector(2)}); len(all.b) >= 4; {
		typ := all.skip(2)
		data := prefixed{all.vector(2)}
		if binary.BigEndian.Uint16(typ) == 0 {
			names := prefixed{data.vector(2)}
			names.skip(1) // host_name
			return string(names.vector(2))
		}
	}
	return ""
}

// A prefixed reads length-prefixed vectors (RFC 8446 section 3.4). Truncated
// vectors are returned as far as they go.
type prefixed struct{ b []byte }

func (p *prefixed) skip(n int) []byte {
	n = min(n, len(p.b))
	skipped := p.b[:n]
	p.b = p.b[n:]
	return skipped
}

// vector returns the next vector, whose length has n bytes.
func (p *prefixed) vector(n int) []byte {
	size := 0
	for _, c := range p.skip(n) {
		size = size<<8 | int(c)
	}
	return p.skip(size)
}
