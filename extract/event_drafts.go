package extract

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract/misp"
)

// fileDrafts describes the files whose hash goes out: each hash once, with all
// its names, and where it came from.
func (m *mapping) fileDrafts() []draft {
	byHash := map[string][]*File{}
	var order []string
	for f := range m.report.files.all() {
		rule := contentRule(f)
		if f.SHA256 == "" || rule != "" && !m.lifts(rule) {
			continue
		}
		if byHash[f.SHA256] == nil {
			order = append(order, f.SHA256)
		}
		byHash[f.SHA256] = append(byHash[f.SHA256], f)
	}
	var all []draft
	for _, hash := range order {
		files := byHash[hash]
		d := draft{misp.TemplateFile, hash, &Fact{}, func(o *object) []reference { return o.fillFile(files) }}
		for _, f := range files {
			d.fact.merge(&f.Fact)
		}
		all = append(all, d)
	}
	return all
}

func (o *object) fillFile(files []*File) (refs []reference) {
	f := files[0]
	o.Comment = "file " + f.SHA256[:16]
	o.indicator("sha256", f.SHA256)
	o.indicator("sha1", f.SHA1)
	o.indicator("md5", f.MD5)
	o.number("size-in-bytes", f.Size)
	o.text("mimetype", f.Sniffed)
	o.text("mimetype", f.Type) // when the bytes tell nothing
	for _, f := range files {
		if f.Name != "" {
			o.Comment = baseName(f.Name)
			o.text("filename", o.Comment)
		}
		if f.URL != "" {
			refs = append(refs, reference{misp.DownloadedFrom, nil, misp.URL, f.URL})
		}
	}
	return refs
}

// emailDrafts describes the mails. They contain their attachments.
func (m *mapping) emailDrafts() []draft {
	attached := map[string][]string{}
	for f := range m.report.files.all() {
		if f.Email != "" && f.SHA256 != "" && !slices.Contains(attached[f.Email], f.SHA256) {
			attached[f.Email] = append(attached[f.Email], f.SHA256)
		}
	}
	names := map[string][]string{}
	for f := range m.report.files.all() {
		if f.Email != "" && f.Name != "" {
			names[f.Email] = append(names[f.Email], baseName(f.Name))
		}
	}
	byKey := map[string]bool{}
	var all []draft
	for e := range m.report.emails.all() {
		key := e.Key()
		if byKey[key] {
			continue // the same mail on its way to another host
		}
		byKey[key] = true
		all = append(all, draft{misp.TemplateEmail, key, &e.Fact, func(o *object) (refs []reference) {
			o.fillEmail(e)
			for _, n := range names[key] {
				o.text("attachment", n)
			}
			for _, hash := range attached[key] {
				refs = append(refs, reference{misp.Contains, misp.TemplateFile, "", hash})
			}
			return refs
		}})
	}
	return all
}

func (o *object) fillEmail(e *Email) {
	o.Comment = "mail: " + e.Subject
	for _, a := range e.From {
		o.indicator("from", a)
	}
	for _, n := range e.FromNames {
		o.text("from-display-name", n)
	}
	for _, a := range e.To {
		o.text("to", a)
	}
	for _, a := range e.Cc {
		o.text("cc", a)
	}
	for _, a := range e.ReplyTo {
		o.text("reply-to", a)
	}
	o.text("subject", e.Subject)
	o.text("message-id", e.MessageID)
	o.text("send-date", e.Date)
	o.text("x-mailer", e.Mailer)
	o.addr("ip-src", e.Client)
}

func requestKey(q *Request) string {
	return strings.Join([]string{q.Method, q.URL, q.UserAgent, q.Referer, q.User, q.Client.String(), q.Server.String()}, "\n")
}

// requestDrafts describes the HTTP requests, and where they were sent on to.
func (m *mapping) requestDrafts(x *index) []draft {
	targets := map[string][]string{}
	for d := range m.report.redirects.all() {
		targets[d.From] = append(targets[d.From], x.urls[d.To]...)
	}
	var all []draft
	for q := range m.report.requests.all() {
		if rule := m.hostRule(q.Host); rule != "" && !m.lifts(rule) {
			continue
		}
		key := requestKey(q)
		all = append(all, draft{misp.TemplateHTTPRequest, key, &q.Fact, func(o *object) (refs []reference) {
			o.fillRequest(q)
			for _, to := range targets[q.URL] {
				if to != key {
					refs = append(refs, reference{misp.RedirectsTo, misp.TemplateHTTPRequest, "", to})
				}
			}
			return refs
		}})
	}
	return all
}

func (o *object) fillRequest(q *Request) {
	o.Comment = q.Method + " " + q.URL
	o.text("method", q.Method)
	if q.Method != "CONNECT" {
		o.indicator("url", q.URL)
	}
	o.text("uri", q.Target)
	o.name("host", q.Host)
	o.text("user-agent", q.UserAgent)
	o.text("referer", q.Referer)
	o.text("basicauth-user", q.User)
	o.addr("ip-src", q.Client)
	o.addr("ip-dst", q.Server.Addr())
	o.text("text", statusText(q.Statuses))
}

// statusText tells how often which status code came back.
func statusText(statuses map[int]int64) string {
	var codes []int
	for c := range statuses {
		codes = append(codes, c)
	}
	slices.Sort(codes)
	var parts []string
	for _, c := range codes {
		parts = append(parts, fmt.Sprintf("%d times status %d", statuses[c], c))
	}
	return strings.Join(parts, ", ")
}

// certificateDrafts describes the certificates that servers showed as their own.
func (m *mapping) certificateDrafts() []draft {
	own := map[string]bool{}
	for p := range m.report.chains.all() {
		own[p.SHA256] = own[p.SHA256] || p.Position == 0
	}
	var all []draft
	for c := range m.report.certificates.all() {
		if !own[c.SHA256] && !m.lifts(IssuerCert) {
			continue
		}
		all = append(all, draft{misp.TemplateX509, c.SHA256, &c.Fact, func(o *object) []reference {
			o.fillCertificate(c)
			return nil
		}})
	}
	return all
}

// maxCertNames bounds the names of a certificate that go into its object.
const maxCertNames = 50

func (o *object) fillCertificate(c *Certificate) {
	o.Comment = "certificate of " + c.CommonName
	if c.CommonName == "" {
		o.Comment = "certificate " + c.SHA256[:16]
	}
	o.indicator("x509-fingerprint-sha256", c.SHA256)
	o.indicator("x509-fingerprint-sha1", c.SHA1)
	o.indicator("x509-fingerprint-md5", c.MD5)
	o.text("subject", c.Subject)
	o.text("subject-common-name", c.CommonName)
	o.text("issuer", c.Issuer)
	o.text("serial-number", c.Serial)
	o.time("validity-not-before", c.NotBefore)
	o.time("validity-not-after", c.NotAfter)
	o.text("pubkey-info-algorithm", c.KeyType)
	o.number("pubkey-info-size", int64(c.KeyBits))
	o.text("signature_algorithm", c.Signature)
	if c.Unparsed == "" {
		o.text("self_signed", strconv.FormatBool(c.SelfSigned))
		o.text("is_ca", strconv.FormatBool(c.CA))
	} else {
		o.text("text", c.Unparsed)
	}
	for _, n := range c.Names[:min(len(c.Names), maxCertNames)] {
		if !isAddr(n) && !strings.Contains(n, "@") {
			o.name("dns_names", strings.TrimPrefix(n, "*."))
		}
	}
}

// sessionDrafts describes the fingerprints of TLS.
func (m *mapping) sessionDrafts() []draft {
	var all []draft
	ja4 := map[string]*Fact{}
	for s := range m.report.sessions.all() {
		if s.JA4 != "" {
			if ja4[s.JA4] == nil {
				ja4[s.JA4] = &Fact{}
			}
			ja4[s.JA4].merge(&s.Fact)
		}
		if s.JA3 == "" || m.bothLocal(s.Client, s.Server.Addr()) {
			continue
		}
		t := misp.TemplateJA3
		if s.JA3S != "" {
			t = misp.TemplateJA3S
		}
		all = append(all, draft{t, sessionKey(s), &s.Fact, func(o *object) []reference {
			o.fillSession(s)
			return nil
		}})
	}
	for v, f := range ja4 {
		all = append(all, draft{misp.TemplateJA4Plus, v, f, func(o *object) []reference {
			o.Comment = "JA4 of clients"
			o.text("ja4-fingerprint", v)
			o.text("ja4-type", "JA4")
			return nil
		}})
	}
	return all
}

func (o *object) fillSession(s *Session) {
	o.Comment = "TLS to " + serverText(s)
	o.indicator("ja3-fingerprint-md5", s.JA3)
	if s.JA3S != "" {
		o.text("ja3s-fingerprint-md5", s.JA3S)
		o.name("hostname", s.ServerName)
	}
	o.addr("ip-src", s.Client)
	o.addr("ip-dst", s.Server.Addr())
	o.times("first-seen", "last-seen", &s.Fact)
	o.text("description", strings.Join(slices.DeleteFunc([]string{s.ServerName, s.Version, s.Selected, s.ALPN},
		func(t string) bool { return t == "" }), ", "))
}

func sessionKey(s *Session) string { return string(s.appendKey(nil)) }

func serverText(s *Session) string {
	if s.ServerName != "" {
		return s.ServerName
	}
	return s.Server.String()
}

// bothLocal reports whether rules leave both addresses out.
func (m *mapping) bothLocal(a, b netip.Addr) bool {
	ra, rb := m.addrRule(a), m.addrRule(b)
	return ra != "" && rb != "" && !m.lifts(ra) && !m.lifts(rb)
}

// resolutionDrafts describes the names that DNS resolved, each with all that it
// was resolved to.
func (m *mapping) resolutionDrafts() []draft {
	byName := map[string][]*Resolution{}
	var order []string
	for d := range m.report.resolutions.all() {
		if rule := nameRule(d.Name); rule != "" && !m.lifts(rule) {
			continue
		}
		if byName[d.Name] == nil {
			order = append(order, d.Name)
		}
		byName[d.Name] = append(byName[d.Name], d)
	}
	var all []draft
	for _, name := range order {
		d := draft{misp.TemplateDNSRecord, name, &Fact{}, func(o *object) (refs []reference) {
			o.Comment = name
			o.indicator("queried-domain", name)
			for _, r := range byName[name] {
				o.resolution(r)
				if isAddr(r.Value) {
					refs = append(refs, reference{misp.ResolvedTo, nil, misp.IPDst, r.Value})
				}
			}
			return refs
		}}
		for _, r := range byName[name] {
			d.fact.merge(&r.Fact)
		}
		all = append(all, d)
	}
	return all
}

// resolution adds what a name was resolved to.
func (o *object) resolution(r *Resolution) {
	relation := strings.ToLower(r.Type) + "-record"
	if a, err := netip.ParseAddr(r.Value); err == nil && (r.Type == "A" || r.Type == "AAAA") {
		o.addr(relation, a)
	} else {
		o.text(relation, r.Value)
	}
}

func connKey(c *Connection) string {
	return connectionKey(c.Client, c.Server) + " " + strconv.Itoa(int(c.Proto))
}

// connectionDrafts describes who spoke to whom.
func (m *mapping) connectionDrafts(x *index) []draft {
	var all []draft
	for c := range m.report.connections.all() {
		if m.bothLocal(c.Client, c.Server.Addr()) || c.Ended.Unanswered+c.Ended.Refused == c.Count && !m.lifts(Unanswered) {
			continue
		}
		all = append(all, draft{misp.TemplateNetworkConnection, connKey(c), &c.Fact, func(o *object) []reference {
			o.Comment = m.connectionLabel(c)
			o.fillConnection(c, x)
			return x.around(c)
		}})
	}
	return all
}

// around returns references to what a connection carries.
func (x *index) around(c *Connection) (refs []reference) {
	key := connectionKey(c.Client, c.Server)
	for _, hash := range x.certs[c.Server] {
		refs = append(refs, reference{misp.Uses, misp.TemplateX509, "", hash})
	}
	for _, q := range x.requests[key] {
		refs = append(refs, reference{misp.Contains, misp.TemplateHTTPRequest, "", requestKey(q)})
	}
	for _, s := range x.sessions[key] {
		refs = append(refs,
			reference{misp.CharacterizedBy, misp.TemplateJA3S, "", sessionKey(s)},
			reference{misp.CharacterizedBy, misp.TemplateJA3, "", sessionKey(s)})
	}
	return refs
}

func (m *mapping) connectionLabel(c *Connection) string {
	label := "to " + c.Server.String() + " " + strings.Join(protoNames(c), ", ")
	if c.Server.Port() == 0 {
		label = "to " + c.Server.Addr().String() + " " + strings.Join(protoNames(c), ", ")
	}
	if rule := m.addrRule(c.Client); rule == "" || m.lifts(rule) {
		return c.Client.String() + " " + label
	}
	return label
}

func protoNames(c *Connection) []string {
	names := make([]string, 0, len(c.Protos)+1)
	for _, p := range c.Protos {
		names = append(names, p.String())
	}
	if len(names) == 0 {
		names = append(names, c.Proto.String())
	}
	return names
}

func (o *object) fillConnection(c *Connection, x *index) {
	o.addr("ip-src", c.Client)
	o.addr("ip-dst", c.Server.Addr())
	o.number("dst-port", int64(c.Server.Port()))
	if f := x.flows[connKey(c)]; f != nil {
		o.number("src-port", int64(f.Client.Port()))
		o.text("community-id", f.CommunityID)
	}
	if names := x.names[c.Server.Addr()]; len(names) > 0 {
		o.name("hostname-dst", names[0])
	}
	if mac := x.macs[c.Client]; mac != "" && o.m.lifts(HardwareAddr) {
		o.text("mac-src", mac)
	}
	if mac := x.macs[c.Server.Addr()]; mac != "" && o.m.lifts(HardwareAddr) {
		o.text("mac-dst", mac)
	}
	network := "IPv4"
	if c.Client.Is6() {
		network = "IPv6"
	}
	o.text("layer3-protocol", network)
	o.text("layer4-protocol", c.Proto.String())
	for _, p := range c.Protos {
		o.text("layer7-protocol", p.String())
	}
	o.number("count", c.Count)
	o.number("src-packets-count", c.Sent.Packets)
	o.number("src-bytes-count", c.Sent.Bytes)
	o.number("dst-packets-count", c.Received.Packets)
	o.number("dst-bytes-count", c.Received.Bytes)
	o.times("first-packet-seen", "last-packet-seen", &c.Fact)
}

// sshDrafts describes the SSH servers.
func (m *mapping) sshDrafts() []draft {
	servers := map[netip.AddrPort][]*SSHPeer{}
	var order []netip.AddrPort
	for p := range m.report.ssh.all() {
		if rule := m.addrRule(p.Addr.Addr()); !p.Server || rule != "" && !m.lifts(rule) {
			continue
		}
		if servers[p.Addr] == nil {
			order = append(order, p.Addr)
		}
		servers[p.Addr] = append(servers[p.Addr], p)
	}
	var all []draft
	for _, server := range order {
		fact := &Fact{}
		for _, p := range servers[server] {
			fact.merge(&p.Fact)
		}
		all = append(all, draft{misp.TemplatePassiveSSH, server.String(), fact, func(o *object) []reference {
			o.fillSSH(server, servers[server], fact)
			return nil
		}})
	}
	return all
}

func (o *object) fillSSH(server netip.AddrPort, peers []*SSHPeer, fact *Fact) {
	o.Comment = "SSH server " + server.String()
	o.text("host", server.Addr().String())
	o.number("port", int64(server.Port()))
	for _, p := range peers {
		switch p.Kind {
		case SSHSoftware:
			o.text("banner", p.Value)
		case SSHHASSH:
			o.indicator("hassh", p.Value)
		case SSHHostKey:
			o.indicator("fingerprint", p.Value)
		}
	}
	o.times("first_seen", "last_seen", fact)
}
