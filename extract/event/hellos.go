package event

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// certificateDrafts describes the certificates that servers and clients showed as their own.
func (m *mapping) certificateDrafts() []draft {
	own := map[string]bool{}
	for p := range m.report.Presented() {
		own[p.SHA256] = own[p.SHA256] || p.Position == 0
	}
	var all []draft
	for c := range m.report.Certificates() {
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

func (o *object) fillCertificate(c *extract.Certificate) {
	o.Comment = "certificate of " + c.CommonName
	if c.CommonName == "" {
		o.Comment = "certificate " + abridged(c.SHA256)
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
	ja4 := map[string]*extract.Fact{}
	for s := range m.report.Sessions() {
		if s.JA4 != "" {
			if ja4[s.JA4] == nil {
				ja4[s.JA4] = &extract.Fact{}
			}
			ja4[s.JA4].Merge(&s.Fact)
		}
		if s.JA3 == "" || m.bothLocal(s.Client, s.Server.Addr()) {
			continue
		}
		t := misp.TemplateJA3
		if s.JA3S != "" {
			t = misp.TemplateJA3S
		}
		all = append(all, draft{t, s.Key(), &s.Fact, func(o *object) []reference {
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

func (o *object) fillSession(s *extract.Session) {
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

func serverText(s *extract.Session) string {
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

// sshDrafts describes the SSH servers.
func (m *mapping) sshDrafts() []draft {
	var servers groups[netip.AddrPort, *extract.SSHPeer]
	for p := range m.report.SSHPeers() {
		if rule := m.addrRule(p.Addr.Addr()); p.Server && (rule == "" || m.lifts(rule)) {
			servers.add(p.Addr, p)
		}
	}
	var all []draft
	for server, peers := range servers.all() {
		fact := together(peers, func(p *extract.SSHPeer) *extract.Fact { return &p.Fact })
		all = append(all, draft{misp.TemplatePassiveSSH, server.String(), fact, func(o *object) []reference {
			o.fillSSH(server, peers, fact)
			return nil
		}})
	}
	return all
}

func (o *object) fillSSH(server netip.AddrPort, peers []*extract.SSHPeer, fact *extract.Fact) {
	o.Comment = "SSH server " + server.String()
	o.text("host", server.Addr().String())
	o.number("port", int64(server.Port()))
	for _, p := range peers {
		switch p.Kind {
		case extract.SSHSoftware:
			o.text("banner", p.Value)
		case extract.SSHHASSH:
			o.indicator("hassh", p.Value)
		case extract.SSHHostKey:
			o.indicator("fingerprint", p.Value)
		}
	}
	o.times("first_seen", "last_seen", fact)
}
