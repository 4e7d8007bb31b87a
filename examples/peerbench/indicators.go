package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

// A found counts what a program found in a capture: DNS questions; host, target
// and user agent of HTTP requests; server names of TLS ClientHellos.
type found struct {
	Questions, Requests, Hellos int
	Bytes                       int // total length of these texts
}

func (f found) String() string {
	return fmt.Sprintf("%d questions, %d requests, %d server names", f.Questions, f.Requests, f.Hellos)
}

// indicators does the work of
//
//	sightline event -only dns,http,tls -hash none -o text
//
// without limits, so that all values can be counted.
func indicators(name string, workers int) (f found, err error) {
	r, err := pcap.Open(name)
	if err != nil {
		return f, err
	}
	defer r.Close()
	only := extract.TopicSetOf(extract.DNS, extract.HTTP, extract.TLS)
	rep, err := extract.Read(context.Background(), r, extract.Options{
		Only: only, MaxValues: 1_000_000, Stream: stream.Config{Hash: stream.HashNone}, Workers: workers,
	})
	if err != nil {
		return f, err
	}
	out := bufio.NewWriter(io.Discard)
	for _, a := range event.Select(rep, event.Options{Only: only, Detail: event.Indicators, MaxAttributes: -1}).Attributes {
		fmt.Fprintf(out, "%s\t%s\t%d\t%s\t%s\n", a.Type, a.Value, a.Count, a.FirstSeen.Format(time.RFC3339Nano), a.LastSeen.Format(time.RFC3339Nano))
	}
	for q := range rep.Queries() {
		f.Questions += int(q.Count)
		f.Bytes += int(q.Count) * len(q.Name)
	}
	for q := range rep.Requests() {
		f.Requests += int(q.Count)
		f.Bytes += int(q.Count) * (len(q.Host) + len(q.Target) + len(q.UserAgent))
	}
	for s := range rep.Sessions() {
		if s.ServerName != "" {
			f.Hellos += int(s.Count)
			f.Bytes += int(s.Count) * len(s.ServerName)
		}
	}
	return f, nil
}

// messages finds the same values with package stream. It only counts them.
func messages(name string) (f found, err error) {
	r, err := pcap.Open(name)
	if err != nil {
		return f, err
	}
	defer r.Close()
	var d layers.Decoder
	var p layers.Packet
	c := counter{Assembler: stream.Assembler{Config: stream.Config{NoFiles: true}}}
	for rec, err := range r.All() {
		if err != nil {
			return f, err
		}
		d.Decode(&p, rec)
		c.count(c.Push(&p, rec))
	}
	c.count(c.Flush())
	return c.found, nil
}

// A counter counts the values in the messages of an Assembler.
type counter struct {
	stream.Assembler
	found found
	names dns.NameAppender
	buf   []byte
}

func (c *counter) count(messages []stream.Message) {
	for i := range messages {
		switch m := &messages[i]; m.Kind {
		case stream.DNSMessage:
			c.dns(m.Data)
		case stream.HTTPRequest:
			if req, err := http1.ParseRequest(m.Data); err == nil {
				c.found.Requests++
				c.found.Bytes += len(req.Host()) + len(req.Target()) + len(req.Get("User-Agent"))
			}
		case stream.ClientHello:
			if hello, err := tls.ParseClientHello(m.Data); err == nil && m.Proto == stream.TLS && m.FromClient && len(hello.ServerName()) > 0 {
				c.found.Hellos++
				c.found.Bytes += len(hello.ServerName())
			}
		}
	}
}

func (c *counter) dns(b []byte) {
	m, err := dns.ParseMessage(b)
	if err != nil {
		return
	}
	c.names.Reset(m)
	for q := range m.Questions() {
		c.buf = c.names.AppendTo(c.buf[:0], q.Name)
		c.found.Questions++
		c.found.Bytes += len(c.buf)
	}
}
