package dump

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"strings"

	"github.com/sightline-go/sightline/internal/defuse"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dhcp"
	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/quic"
	"github.com/sightline-go/sightline/layers/ssh"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

// An indicatorPrinter prints one JSON object for a capture.
type indicatorPrinter struct {
	w       *bufio.Writer
	fields  fields
	streams stream.Assembler
	out     indicators
	names   map[[2]string]*dnsAnswer
	aliases map[[2]string]*dnsAlias
	talks   map[layers.Flow]*conversation
	bodies  map[*stream.File]hash.Hash // not ended yet
	open    map[exchangeKey][]*exchange
	held    int // bytes that out and its indexes hold
}

// indicators is the object that is printed. Maps count packets or messages by value;
// lists are in packet order.
type indicators struct {
	File          file            `json:"file"`
	DNSQueries    map[string]int  `json:"dns_queries"`
	DNSAnswers    []*dnsAnswer    `json:"dns_answers"`
	DNSCNAMEs     []*dnsAlias     `json:"dns_cnames"`
	HTTPRequests  []httpRequest   `json:"http_requests"`
	HTTPResponses []httpResponse  `json:"http_responses"`
	HTTPObjects   []httpObject    `json:"http_objects"`
	Exchanges     []*exchange     `json:"exchanges"`
	H2Authority   map[string]int  `json:"http2_authority"`
	H2Path        map[string]int  `json:"http2_path"`
	TLSSNI        map[string]int  `json:"tls_sni"`
	TLSALPN       map[string]int  `json:"tls_alpn"`
	TLSJA3        map[string]int  `json:"tls_ja3"`
	TLSJA3S       map[string]int  `json:"tls_ja3s"`
	TLSJA4        map[string]int  `json:"tls_ja4"`
	X509SHA256    map[string]int  `json:"x509_sha256"`
	DHCPHostname  map[string]int  `json:"dhcp_hostname"`
	SMTPHelo      map[string]int  `json:"smtp_helo"`
	SMTPMailFrom  map[string]int  `json:"smtp_mail_from"`
	SMTPRcptTo    map[string]int  `json:"smtp_rcpt_to"`
	IMFFrom       map[string]int  `json:"imf_from"`
	IMFTo         map[string]int  `json:"imf_to"`
	IMFSubject    map[string]int  `json:"imf_subject"`
	FTPUser       map[string]int  `json:"ftp_user"`
	QUICVersion   map[string]int  `json:"quic_version"`
	QUICSNI       map[string]int  `json:"quic_sni"`
	SSHProtocol   map[string]int  `json:"ssh_protocol"`
	Endpoints     endpoints       `json:"endpoints"`
	Conversations conversationSet `json:"conversations"`
	LeftOut       int             `json:"left_out,omitempty"` // observations beyond maxHeld
}

type file struct {
	Packets int64 `json:"packets"`
}

func newIndicatorPrinter(w *bufio.Writer, h pcap.Header) printer {
	return &indicatorPrinter{
		w:       w,
		fields:  fields{pcapng: h.Format == pcap.FormatPcapng},
		names:   map[[2]string]*dnsAnswer{},
		aliases: map[[2]string]*dnsAlias{},
		talks:   map[layers.Flow]*conversation{},
		bodies:  map[*stream.File]hash.Hash{},
		open:    map[exchangeKey][]*exchange{},
		streams: stream.Assembler{Config: stream.Config{Content: true}},
		out: indicators{
			DNSQueries: map[string]int{}, DNSAnswers: []*dnsAnswer{}, DNSCNAMEs: []*dnsAlias{},
			HTTPRequests: []httpRequest{}, HTTPResponses: []httpResponse{}, HTTPObjects: []httpObject{},
			Exchanges: []*exchange{}, H2Authority: map[string]int{}, H2Path: map[string]int{},
			TLSSNI: map[string]int{}, TLSALPN: map[string]int{}, TLSJA3: map[string]int{}, TLSJA3S: map[string]int{}, TLSJA4: map[string]int{},
			X509SHA256: map[string]int{}, DHCPHostname: map[string]int{},
			SMTPHelo: map[string]int{}, SMTPMailFrom: map[string]int{}, SMTPRcptTo: map[string]int{},
			IMFFrom: map[string]int{}, IMFTo: map[string]int{}, IMFSubject: map[string]int{}, FTPUser: map[string]int{},
			QUICVersion: map[string]int{}, QUICSNI: map[string]int{}, SSHProtocol: map[string]int{},
			Endpoints:     endpoints{map[string]int{}, map[string]int{}},
			Conversations: conversationSet{[]*conversation{}, []*conversation{}},
		},
	}
}

func (n *indicatorPrinter) packet(p *layers.Packet, rec *pcap.Record) {
	n.out.File.Packets++
	o := n.fields.of(p, rec)
	n.count(n.out.Endpoints.IP, o, ipSrc, ipDst, ipv6Src, ipv6Dst)
	n.count(n.out.Endpoints.MAC, o, ethSrc, ethDst)
	n.converse(p, rec)
	if l, ok := p.Layer(layers.KindDHCPv4); ok {
		n.dhcp(l.Bytes)
	}
	n.messages(n.streams.Push(p, rec))
}

func (n *indicatorPrinter) end() {
	n.messages(n.streams.Flush())
	b, _ := json.Marshal(n.out)
	defuse.JSON(n.w).Write(append(b, '\n'))
}

func (n *indicatorPrinter) dhcp(b []byte) {
	m, err := dhcp.ParseV4(b)
	if err == nil && len(m.HostName()) > 0 {
		n.tally(n.out.DHCPHostname, text(string(m.HostName())))
	}
}

func (n *indicatorPrinter) messages(ms []stream.Message) {
	for i := range ms {
		m := &ms[i]
		if m.Via.Has(stream.WebSocket) {
			continue // as tshark does
		}
		if m.File != nil {
			if m.Proto.IsHTTP() && m.File.In == nil {
				n.httpBody(m)
			}
			continue
		}
		if m.Kind == stream.HTTPRequest || m.Kind == stream.HTTPResponse {
			n.exchange(m)
		}
		switch m.Proto {
		case stream.DNS:
			n.dns(m)
		case stream.HTTP1:
			n.http(m)
		case stream.HTTP2:
			n.http2(m)
		case stream.TLS:
			n.tls(m)
		case stream.SMTP, stream.FTP:
			n.command(m)
		case stream.Mail:
			n.mail(m)
		case stream.QUIC:
			n.quic(m)
		case stream.SSH:
			n.ssh(m)
		}
	}
}

func (n *indicatorPrinter) tls(m *stream.Message) {
	if hello, err := tls.ParseClientHello(m.Data); err == nil {
		n.clientHello(m.Via.Innermost(), hello)
	} else if hello, err := tls.ParseServerHello(m.Data); err == nil {
		if ja3s := hello.AppendJA3S(nil); len(ja3s) > 0 {
			n.tally(n.out.TLSJA3S, string(ja3s))
		}
		if proto := hello.ALPN(); len(proto) > 0 {
			n.tally(n.out.TLSALPN, text(string(proto)))
		}
	} else if c, err := tls.ParseCertificate(m.Data); err == nil {
		for der := range c.Chain() {
			sum := sha256.Sum256(der)
			n.tally(n.out.X509SHA256, hex.EncodeToString(sum[:]))
		}
	}
}

func (n *indicatorPrinter) clientHello(via stream.Proto, hello tls.ClientHello) {
	var transport byte = tls.JA4TCP
	if via == stream.QUIC {
		transport = tls.JA4QUIC
	}
	if name := text(string(hello.ServerName())); name != "" {
		n.tally(n.out.TLSSNI, name)
		if via == stream.QUIC {
			n.tally(n.out.QUICSNI, name)
		}
	}
	for proto := range hello.ALPN() {
		n.tally(n.out.TLSALPN, text(string(proto)))
	}
	n.tally(n.out.TLSJA3, string(hello.AppendJA3(nil)))
	n.tally(n.out.TLSJA4, string(hello.AppendJA4(nil, transport)))
}

func (n *indicatorPrinter) command(m *stream.Message) {
	c, err := mail.ParseCommand(m.Data)
	if err != nil || !m.FromClient {
		return
	}
	switch {
	case m.Proto == stream.FTP && c.Is("USER"):
		n.tally(n.out.FTPUser, text(string(c.Arg())))
	case m.Proto == stream.FTP:
	case c.Is("HELO"), c.Is("EHLO"):
		if len(c.Arg()) > 0 {
			n.tally(n.out.SMTPHelo, text(string(c.Arg())))
		}
	case c.Is("MAIL"):
		n.tally(n.out.SMTPMailFrom, text(string(c.Path())))
	case c.Is("RCPT"):
		n.tally(n.out.SMTPRcptTo, text(string(c.Path())))
	}
}

func (n *indicatorPrinter) mail(m *stream.Message) {
	h, err := mail.ParseHeader(m.Data)
	if err != nil {
		return
	}
	for name, counts := range map[string]map[string]int{"From": n.out.IMFFrom, "To": n.out.IMFTo, "Subject": n.out.IMFSubject} {
		if body := h.Get(name); body != nil {
			n.tally(counts, text(string(body)))
		}
	}
}

func (n *indicatorPrinter) quic(m *stream.Message) {
	if p, err := quic.ParsePacket(m.Data); err == nil {
		n.tally(n.out.QUICVersion, fmt.Sprintf("0x%08x", uint32(p.Version())))
	}
}

func (n *indicatorPrinter) ssh(m *stream.Message) {
	if id, err := ssh.ParseIdent(m.Data); err == nil {
		n.tally(n.out.SSHProtocol, text(string(id.Bytes())))
	}
}

// maxHeld limits the bytes held of distinct values, and of requests, responses and
// conversations. Those beyond it are counted in LeftOut.
const maxHeld = 64 << 20

// Costs of what is held, beyond its text.
const (
	entryCost = 100 // of an entry of a map
	rowCost   = 400 // of an element of a list, with its entry in an index
)

// holds reports whether there is room for size bytes more, and counts what is left
// out otherwise.
func (n *indicatorPrinter) holds(size int) bool {
	if n.held+size > maxHeld {
		n.out.LeftOut++
		return false
	}
	n.held += size
	return true
}

// tally counts a value.
func (n *indicatorPrinter) tally(counts map[string]int, value string) {
	if _, ok := counts[value]; ok || n.holds(entryCost+len(value)) {
		counts[value]++
	}
}

// text replaces invalid UTF-8.
func text(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
