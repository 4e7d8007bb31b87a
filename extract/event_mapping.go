package extract

import (
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// An origin is where a value stood.
type origin struct {
	topic   Topic
	text    string
	claimed bool // it is what a peer says, and not what the packets themselves show
}

// The origins, in the order in which a comment names them.
var (
	httpRequest    = origin{HTTP, "HTTP request", true}
	httpHost       = origin{HTTP, "HTTP host", true}
	httpAgent      = origin{HTTP, "HTTP user agent", true}
	httpMethod     = origin{HTTP, "HTTP method", true}
	httpUser       = origin{HTTP, "HTTP user", true}
	httpRedirect   = origin{HTTP, "HTTP redirect", true}
	fileHash       = origin{Files, "file", false}
	fileName       = origin{Files, "name of a file", true}
	tlsName        = origin{TLS, "TLS server name", true}
	tlsClient      = origin{TLS, "JA3 of a client", false}
	tlsServer      = origin{TLS, "JA3S of a server", false}
	tlsJA4         = origin{TLS, "JA4 of a client", false}
	tlsCertificate = origin{TLS, "certificate of a server", false}
	tlsIssuer      = origin{TLS, "certificate of an issuer", false}
	dnsQuestion    = origin{DNS, "asked for in DNS", true}
	dnsAnswer      = origin{DNS, "DNS answer", true}
	dnsAlias       = origin{DNS, "DNS alias", true}
	dnsServer      = origin{DNS, "name server in DNS", true}
	dnsText        = origin{DNS, "text in DNS", true}
	mailSender     = origin{Mail, "sender of a mail", true}
	mailRecipient  = origin{Mail, "recipient of a mail", true}
	mailReply      = origin{Mail, "reply address of a mail", true}
	mailSubject    = origin{Mail, "subject of a mail", true}
	mailID         = origin{Mail, "ID of a mail", true}
	mailName       = origin{Mail, "name of a sender", true}
	mailProgram    = origin{Mail, "mail program", true}
	mailAttachment = origin{Mail, "attachment of a mail", true}
	sshClient      = origin{SSH, "SSH client", false}
	sshServer      = origin{SSH, "SSH server", false}
	sshHostKey     = origin{SSH, "SSH host key", false}
	sshSoftware    = origin{SSH, "SSH software", true}
	loginUser      = origin{Logins, "user name", true}
	dhcpName       = origin{DHCP, "host name in DHCP", true}
	dhcpClass      = origin{DHCP, "vendor class in DHCP", true}
	hostServer     = origin{IP, "contacted", false}
	hostClient     = origin{IP, "came in", false}
	hostHardware   = origin{Connections, "hardware address", false}
	connService    = origin{Connections, "contacted", false}
	connID         = origin{Connections, "Community ID", false}
)

// all maps every observation. What a line gives in brackets is a rule: the
// value is left out under it, unless EventOptions say otherwise.
func (m *mapping) all() {
	r := m.report
	for q := range r.requests.all() {
		m.request(q)
	}
	for d := range r.redirects.all() {
		m.put(httpRedirect, misp.URL, d.To, &d.Fact, urlRule(d.To))
	}
	for f := range r.files.all() {
		m.file(f)
	}
	for s := range r.sessions.all() {
		m.name(tlsName, s.ServerName, &s.Fact)
		m.put(tlsClient, misp.JA3, s.JA3, &s.Fact)
		m.put(tlsServer, misp.JA3, s.JA3S, &s.Fact, OnlyInObject)
		m.put(tlsJA4, misp.Text, s.JA4, &s.Fact, OnlyInObject)
	}
	m.certificates()
	for q := range r.queries.all() {
		m.name(dnsQuestion, q.Name, &q.Fact)
	}
	for d := range r.resolutions.all() {
		m.resolution(d)
	}
	for e := range r.emails.all() {
		m.email(e)
	}
	for v := range r.envelopes.all() {
		if v.Recipient {
			m.put(mailRecipient, misp.EmailDst, v.Addr, &v.Fact)
		} else {
			m.put(mailSender, misp.EmailSrc, v.Addr, &v.Fact)
		}
	}
	for p := range r.ssh.all() {
		m.sshPeer(p)
	}
	for g := range r.logins.all() {
		m.put(loginUser, misp.Text, g.User, &g.Fact, NoType)
	}
	for s := range r.leases.all() {
		m.put(dhcpName, misp.Text, s.HostName, &s.Fact, NoType)
		m.put(dhcpClass, misp.Text, s.VendorClass, &s.Fact, NoType)
		m.put(hostHardware, misp.MACAddress, s.MAC, &s.Fact, HardwareAddr)
	}
	for h := range r.hosts.all() {
		if h.Contacted() {
			m.put(hostServer, misp.IPDst, h.Addr.String(), &h.Fact, m.addrRule(h.Addr))
		} else {
			m.put(hostClient, misp.IPSrc, h.Addr.String(), &h.Fact, m.addrRule(h.Addr))
		}
	}
	for k := range r.links.all() {
		m.put(hostHardware, misp.MACAddress, k.MAC, &k.Fact, HardwareAddr)
	}
	for c := range r.connections.all() {
		m.connection(c)
	}
	if m.options.All {
		for f := range r.flows.all() {
			fact := f.Fact
			fact.Evidence = fact.Evidence.of(f.flow())
			m.put(connID, misp.CommunityID, f.CommunityID, &fact)
		}
	}
}

func (m *mapping) request(q *Request) {
	f := &q.Fact
	if q.Method == "CONNECT" {
		m.put(httpRequest, misp.URL, q.URL, f, NoURL)
	} else {
		m.put(httpRequest, misp.URL, q.URL, f, m.hostRule(q.Host))
	}
	m.name(httpHost, q.Host, f)
	m.put(httpAgent, misp.UserAgent, q.UserAgent, f)
	m.put(httpUser, misp.Text, q.User, f, OnlyInObject)
	m.put(httpRequest, misp.URI, q.Target, f, OnlyInObject)
	m.put(httpMethod, misp.HTTPMethod, q.Method, f, OnlyInObject)
}

func (m *mapping) file(f *File) {
	if f.SHA256 == "" {
		m.put(fileName, misp.Filename, baseName(f.Name), &f.Fact, Incomplete)
		return
	}
	rule := contentRule(f)
	name := baseName(f.Name)
	if name == "" || strings.Contains(name, "|") {
		m.put(fileHash, misp.SHA256, f.SHA256, &f.Fact, rule)
	} else {
		m.put(fileHash, misp.FilenameSHA256, name+"|"+f.SHA256, &f.Fact, rule)
	}
	if f.Email != "" {
		m.put(mailAttachment, misp.EmailAttachment, name, &f.Fact)
	}
	if m.options.All {
		m.put(fileHash, misp.SHA256, f.SHA256, &f.Fact)
		m.put(fileHash, misp.SHA1, f.SHA1, &f.Fact)
		m.put(fileHash, misp.MD5, f.MD5, &f.Fact)
	}
}

func (m *mapping) certificates() {
	own := map[string]bool{}
	for p := range m.report.chains.all() {
		own[p.SHA256] = own[p.SHA256] || p.Position == 0
	}
	for c := range m.report.certificates.all() {
		from, rule := tlsCertificate, Rule("")
		if !own[c.SHA256] {
			from, rule = tlsIssuer, IssuerCert
		}
		m.put(from, misp.X509SHA256, c.SHA256, &c.Fact, rule)
		if m.options.All {
			m.put(from, misp.X509SHA1, c.SHA1, &c.Fact)
			m.put(from, misp.X509MD5, c.MD5, &c.Fact)
		}
	}
}

func (m *mapping) resolution(d *Resolution) {
	switch d.Type {
	case "A", "AAAA":
		m.put(dnsAnswer, misp.DomainIP, d.Name+"|"+d.Value, &d.Fact, nameRule(d.Name), m.textAddrRule(d.Value))
		if m.options.All {
			m.put(dnsAnswer, misp.IPDst, d.Value, &d.Fact)
		}
	case "CNAME", "DNAME", "MX", "SRV":
		m.name(dnsAlias, d.Value, &d.Fact)
	case "TXT":
		m.put(dnsText, misp.Text, d.Value, &d.Fact, OnlyInObject)
	default:
		m.put(dnsServer, misp.Hostname, d.Value, &d.Fact, nameRule(d.Value), NameServer)
	}
}

func (m *mapping) email(e *Email) {
	f := &e.Fact
	for _, a := range e.From {
		m.put(mailSender, misp.EmailSrc, a, f)
	}
	for _, a := range slices.Concat(e.To, e.Cc) {
		m.put(mailRecipient, misp.EmailDst, a, f)
	}
	for _, a := range e.ReplyTo {
		m.put(mailReply, misp.EmailReplyTo, a, f)
	}
	for _, n := range e.FromNames {
		m.put(mailName, misp.EmailSrcDisplayName, n, f, OnlyInObject)
	}
	m.put(mailSubject, misp.EmailSubject, e.Subject, f)
	m.put(mailID, misp.EmailMessageID, e.MessageID, f, OnlyInObject)
	m.put(mailProgram, misp.EmailXMailer, e.Mailer, f, OnlyInObject)
}

func (m *mapping) sshPeer(p *SSHPeer) {
	switch {
	case p.Kind == SSHSoftware:
		m.put(sshSoftware, misp.Text, p.Value, &p.Fact, OnlyInObject)
	case p.Kind == SSHHostKey:
		m.put(sshHostKey, misp.SSHFingerprint, p.Value, &p.Fact)
	case p.Server:
		m.put(sshServer, misp.HASSHServer, p.Value, &p.Fact)
	default:
		m.put(sshClient, misp.HASSH, p.Value, &p.Fact)
	}
}

// connection maps a port that was contacted and answered, where the port says
// something: most connections go to those of the web and of DNS.
func (m *mapping) connection(c *Connection) {
	rule := Rule("")
	switch {
	case c.Proto != layers.IPProtoTCP && c.Proto != layers.IPProtoUDP || c.Server.Port() == 0:
		return
	case c.Ended.Unanswered+c.Ended.Refused == c.Count:
		rule = Unanswered
	case commonPort(c.Server.Port()) || slices.Contains(c.Protos, stream.DNS):
		rule = CommonPort
	}
	m.put(connService, misp.IPDstPort, c.Server.String(), &c.Fact, m.addrRule(c.Server.Addr()), rule)
}

func commonPort(port uint16) bool {
	switch port {
	case 25, 53, 80, 123, 443, 465, 587, 853, 993, 995:
		return true
	}
	return false
}

// name maps a host name, if it is one.
func (m *mapping) name(from origin, name string, f *Fact) {
	name = strings.TrimSuffix(name, ".")
	if isAddr(name) { // what was sent there is among the hosts
		m.put(from, misp.IPDst, name, f, AddrAsName)
		return
	}
	typ := misp.Hostname
	if registrable(name) {
		typ = misp.Domain
	}
	m.put(from, typ, name, f, nameRule(name))
}
