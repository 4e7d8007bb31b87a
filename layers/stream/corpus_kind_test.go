package stream_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/quic"
	"github.com/sightline-go/sightline/layers/ssh"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

// parsers maps each kind to the function that parses its Data.
var parsers = map[stream.Kind]func(b []byte) error{
	stream.DNSMessage:   parser(dns.ParseMessage),
	stream.HTTPRequest:  parser(http1.ParseRequest),
	stream.HTTPResponse: parser(http1.ParseResponse),
	stream.ClientHello:  parser(tls.ParseClientHello),
	stream.ServerHello:  parser(tls.ParseServerHello),
	stream.Certificate:  parser(tls.ParseCertificate),
	stream.SSHIdent:     parser(ssh.ParseIdent),
	stream.SSHKexInit:   parser(ssh.ParseKexInit),
	stream.SSHKexReply:  parser(ssh.ParseKexReply),
	stream.MailHeader:   parser(mail.ParseHeader),
	stream.QUICPacket:   parser(quic.ParsePacket),
}

func parser[V any](parse func(b []byte) (V, error)) func(b []byte) error {
	return func(b []byte) error {
		_, err := parse(b)
		return err
	}
}

// exclusive lists the kinds whose parsers refuse the Data of all other kinds.
var exclusive = []stream.Kind{
	stream.HTTPRequest, stream.HTTPResponse, stream.ClientHello, stream.ServerHello, stream.Certificate,
	stream.SSHIdent, stream.SSHKexInit,
}

// checkKind fails if the Kind of m does not match its Data.
func checkKind(t *testing.T, m *stream.Message) {
	switch m.Kind {
	case stream.HTTPRequest, stream.ClientHello, stream.Command:
		if !m.FromClient {
			t.Errorf("%v from a server: %q", m.Kind, m.Data)
		}
	case stream.Reply:
		if m.FromClient {
			t.Errorf("reply from a client: %q", m.Data)
		}
	case stream.FileBegin, stream.FileData, stream.FileEnd:
		if m.File == nil || (m.Kind == stream.FileData) != (len(m.Data) > 0) {
			t.Errorf("%v: file %v, %d bytes", m.Kind, m.File, len(m.Data))
		}
		return
	case 0:
		t.Errorf("a message of %v without a kind: %q", m.Proto, m.Data)
	}
	if m.File != nil {
		t.Errorf("%v has a file", m.Kind)
	}
	if m.Via.Len() == 0 || m.Via.At(0) != stream.TCP && m.Via.At(0) != stream.UDP {
		t.Errorf("%v was carried by %v", m.Kind, m.Via)
	}
	for _, k := range exclusive {
		if protoOfKind(k) == m.Proto && k != m.Kind && parsers[k](m.Data) == nil {
			t.Errorf("%v also parses as %v: %.80q", m.Kind, k, m.Data)
		}
	}
}

func protoOfKind(k stream.Kind) stream.Proto {
	switch k {
	case stream.HTTPRequest, stream.HTTPResponse:
		return stream.HTTP1
	case stream.SSHIdent, stream.SSHKexInit:
		return stream.SSH
	}
	return stream.TLS
}

// The Kind of each message matches its Data.
func TestKindOfMessages(t *testing.T) {
	dirs := []string{filepath.Join("..", "..", "testdata")}
	if corpus := os.Getenv("SIGHTLINE_CORPUS"); corpus != "" && !testing.Short() {
		dirs = append(dirs, filepath.Join(corpus, "dev"))
	}
	seen, refused := map[stream.Kind]int{}, map[stream.Kind]int{}
	check := func(ms []stream.Message) {
		for i := range ms {
			m := &ms[i]
			checkKind(t, m)
			seen[m.Kind]++
			if parse := parsers[m.Kind]; parse != nil && parse(m.Data) != nil {
				refused[m.Kind]++
			}
		}
	}
	for _, dir := range dirs {
		filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				pushFile(name, check)
			}
			return nil
		})
	}
	for k, n := range seen {
		t.Logf("%6d %v, %d refused", n, k, refused[k])
		if 20*refused[k] > n && n > 20 && k != stream.SSHKexReply {
			t.Errorf("%d of %d refused: %v", refused[k], n, k)
		}
	}
	if len(seen) < 8 {
		t.Errorf("kinds seen: %v", seen)
	}
}

// pushFile pushes a capture as far as it can be read.
func pushFile(name string, f func(ms []stream.Message)) {
	r, err := pcap.Open(name)
	if err != nil {
		return
	}
	defer r.Close()
	var d layers.Decoder
	var p layers.Packet
	a := stream.Assembler{Config: stream.Config{Content: true}}
	for rec, err := range r.All() {
		if err != nil {
			break
		}
		d.Decode(&p, rec)
		f(a.Push(&p, rec))
	}
	f(a.Flush())
}
