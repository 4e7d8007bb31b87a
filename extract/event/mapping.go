package event

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// An origin is where a value stood.
type origin uint8

// The origins, in the order in which a comment names them.
const (
	httpRequest origin = iota
	httpHost
	httpAgent
	httpMethod
	httpUser
	httpRedirect
	fileHash
	fileName
	tlsName
	tlsClient
	tlsServer
	tlsJA4
	tlsCertificate
	tlsClientCertificate
	tlsIssuer
	dnsQuestion
	dnsAbsent
	dnsAnswer
	dnsAlias
	dnsServer
	dnsText
	mailSender
	mailRecipient
	mailReply
	mailSubject
	mailID
	mailName
	mailProgram
	mailAttachment
	sshClient
	sshServer
	sshHostKey
	sshSoftware
	loginUser
	dhcpName
	dhcpClass
	hostServer
	hostClient
	hostHardware
	connService
	connID
)

// What is to be said of an origin.
var originInfo = [...]struct {
	topic   extract.Topic
	text    string
	claimed bool // it is what a peer says, and not what the packets themselves show
}{
	httpRequest:          {extract.HTTP, "HTTP request", true},
	httpHost:             {extract.HTTP, "HTTP host", true},
	httpAgent:            {extract.HTTP, "HTTP user agent", true},
	httpMethod:           {extract.HTTP, "HTTP method", true},
	httpUser:             {extract.HTTP, "HTTP user", true},
	httpRedirect:         {extract.HTTP, "HTTP redirect", true},
	fileHash:             {extract.Files, "file", false},
	fileName:             {extract.Files, "name of a file", true},
	tlsName:              {extract.TLS, "TLS server name", true},
	tlsClient:            {extract.TLS, "JA3 of a client", false},
	tlsServer:            {extract.TLS, "JA3S of a server", false},
	tlsJA4:               {extract.TLS, "JA4 of a client", false},
	tlsCertificate:       {extract.TLS, "certificate of a server", false},
	tlsClientCertificate: {extract.TLS, "certificate of a client", false},
	tlsIssuer:            {extract.TLS, "certificate of an issuer", false},
	dnsQuestion:          {extract.DNS, "asked for in DNS", true},
	dnsAbsent:            {extract.DNS, "asked for in DNS and not there", true},
	dnsAnswer:            {extract.DNS, "DNS answer", true},
	dnsAlias:             {extract.DNS, "DNS alias", true},
	dnsServer:            {extract.DNS, "name server in DNS", true},
	dnsText:              {extract.DNS, "text in DNS", true},
	mailSender:           {extract.Mail, "sender of a mail", true},
	mailRecipient:        {extract.Mail, "recipient of a mail", true},
	mailReply:            {extract.Mail, "reply address of a mail", true},
	mailSubject:          {extract.Mail, "subject of a mail", true},
	mailID:               {extract.Mail, "ID of a mail", true},
	mailName:             {extract.Mail, "name of a sender", true},
	mailProgram:          {extract.Mail, "mail program", true},
	mailAttachment:       {extract.Mail, "attachment of a mail", true},
	sshClient:            {extract.SSH, "SSH client", false},
	sshServer:            {extract.SSH, "SSH server", false},
	sshHostKey:           {extract.SSH, "SSH host key", false},
	sshSoftware:          {extract.SSH, "SSH software", true},
	loginUser:            {extract.Logins, "user name", true},
	dhcpName:             {extract.DHCP, "host name in DHCP", true},
	dhcpClass:            {extract.DHCP, "vendor class in DHCP", true},
	hostServer:           {extract.IP, "contacted", false},
	hostClient:           {extract.IP, "came in", false},
	hostHardware:         {extract.Connections, "hardware address", false},
	connService:          {extract.Connections, "contacted", false},
	connID:               {extract.Connections, "Community ID", false},
}

func (o origin) topic() extract.Topic { return originInfo[o].topic }

// origins is a set of origins.
type origins uint64

func originsOf(o origin) origins { return 1 << o }

// first returns the first of them.
func (s origins) first() origin { return origin(bits.TrailingZeros64(uint64(s))) }

// all returns them in their order.
func (s origins) all() iter.Seq[origin] {
	return func(yield func(origin) bool) {
		for left := s; left != 0; left &= left - 1 {
			if !yield(left.first()) {
				return
			}
		}
	}
}

// all maps every observation, in any order, as what comes of them is ordered. What
// a line gives in brackets is a rule: the value is left out under it, unless
// Options say otherwise.
func (m *mapping) all() {
	r := m.report
	for q := range r.Requests() {
		m.request(q)
	}
	for d := range r.Redirects() {
		m.put(httpRedirect, misp.URL, d.To, &d.Fact, m.hostRule(d.Host()))
	}
	for f := range r.Files() {
		m.file(f)
	}
	for s := range r.Sessions() {
		m.name(tlsName, s.ServerName, &s.Fact)
		m.put(tlsClient, misp.JA3, s.JA3, &s.Fact)
		m.put(tlsServer, misp.JA3, s.JA3S, &s.Fact, OnlyInObject)
		m.put(tlsJA4, misp.Text, s.JA4, &s.Fact, OnlyInObject)
	}
	m.certificates()
	for q := range r.Queries() {
		m.query(q)
	}
	for d := range r.Resolutions() {
		m.resolution(d)
	}
	for e := range r.Emails() {
		m.email(e)
	}
	for v := range r.Envelopes() {
		if v.Recipient {
			m.put(mailRecipient, misp.EmailDst, v.Addr, &v.Fact)
		} else {
			m.put(mailSender, misp.EmailSrc, v.Addr, &v.Fact)
		}
	}
	for p := range r.SSHPeers() {
		m.sshPeer(p)
	}
	for g := range r.Logins() {
		m.put(loginUser, misp.Text, g.User, &g.Fact, NoType)
	}
	for s := range r.Leases() {
		m.put(dhcpName, misp.Text, s.HostName, &s.Fact, NoType)
		m.put(dhcpClass, misp.Text, s.VendorClass, &s.Fact, NoType)
		m.put(hostHardware, misp.MACAddress, s.MAC, &s.Fact, HardwareAddr)
	}
	for h := range r.Hosts() {
		if h.Contacted() {
			m.put(hostServer, misp.IPDst, h.Addr.String(), &h.Fact, m.addrRule(h.Addr))
		} else {
			m.put(hostClient, misp.IPSrc, h.Addr.String(), &h.Fact, m.addrRule(h.Addr))
		}
	}
	for k := range r.Links() {
		m.put(hostHardware, misp.MACAddress, k.MAC, &k.Fact, HardwareAddr)
	}
	for c := range r.Connections() {
		m.connection(c)
	}
	if m.options.All {
		for f := range r.Flows() {
			fact := f.Fact
			fact.Evidence = f.ConnEvidence()
			m.put(connID, misp.CommunityID, f.CommunityID, &fact)
		}
	}
	m.putNames()
}

func (m *mapping) request(q *extract.Request) {
	f := &q.Fact
	if q.Method == "CONNECT" {
		m.put(httpRequest, misp.URL, q.URL, f, NoURL)
	} else {
		m.put(httpRequest, misp.URL, q.URL, f, m.hostRule(q.Host))
	}
	if a, passed := q.ForwardedTo(); passed {
		m.put(httpHost, misp.IPDst, q.Host, f, m.addrRule(a)) // no packet shows that it was contacted
	} else {
		m.name(httpHost, q.Host, f)
	}
	m.put(httpAgent, misp.UserAgent, q.UserAgent, f)
	m.put(httpUser, misp.Text, q.User, f, OnlyInObject)
	m.put(httpRequest, misp.URI, q.Target, f, OnlyInObject)
	m.put(httpMethod, misp.HTTPMethod, q.Method, f, OnlyInObject)
}

func (m *mapping) file(f *extract.File) {
	if f.SHA256 == "" {
		m.put(fileName, misp.Filename, baseName(f.Name), &f.Fact, Incomplete)
		return
	}
	rule := contentRule(f)
	name := baseName(f.Name)
	named := name + "|" + f.SHA256
	if _, err := misp.Accept(misp.FilenameSHA256, named); err == nil {
		m.put(fileHash, misp.FilenameSHA256, named, &f.Fact, rule)
	} else { // who names the file is not to hide its hash
		m.put(fileHash, misp.SHA256, f.SHA256, &f.Fact, rule)
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
	own := map[string]origin{}
	for p := range m.report.Presented() {
		if p.Position > 0 {
			continue
		}
		if !p.Client {
			own[p.SHA256] = tlsCertificate
		} else if _, known := own[p.SHA256]; !known {
			own[p.SHA256] = tlsClientCertificate
		}
	}
	for c := range m.report.Certificates() {
		from, known := own[c.SHA256]
		rule := Rule("")
		if !known {
			from, rule = tlsIssuer, IssuerCert
		}
		m.put(from, misp.X509SHA256, c.SHA256, &c.Fact, rule)
		if m.options.All {
			m.put(from, misp.X509SHA1, c.SHA1, &c.Fact)
			m.put(from, misp.X509MD5, c.MD5, &c.Fact)
		}
	}
}

// query maps a name that was asked for. A generator of names asks for many that do
// not exist before one that does.
func (m *mapping) query(q *extract.Query) {
	if q.NXDomain > 0 && q.Answered == 0 {
		m.name(dnsAbsent, q.Name, &q.Fact)
	} else {
		m.name(dnsQuestion, q.Name, &q.Fact)
	}
}

func (m *mapping) resolution(d *extract.Resolution) {
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

func (m *mapping) email(e *extract.Email) {
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

func (m *mapping) sshPeer(p *extract.SSHPeer) {
	switch {
	case p.Kind == extract.SSHSoftware:
		m.put(sshSoftware, misp.Text, p.Value, &p.Fact, OnlyInObject)
	case p.Kind == extract.SSHHostKey:
		m.put(sshHostKey, misp.SSHFingerprint, p.Value, &p.Fact)
	case p.Server:
		m.put(sshServer, misp.HASSHServer, p.Value, &p.Fact)
	default:
		m.put(sshClient, misp.HASSH, p.Value, &p.Fact)
	}
}

// connection maps a port that was contacted and answered, where the port says
// something: most connections go to those of the web and of DNS.
func (m *mapping) connection(c *extract.Connection) {
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
