package event

import (
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

func certificateAttributes(m *mapping) {
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

// certificateObjects drafts the end-entity certificates of servers and clients;
// with Options.All, of issuers too.
func certificateObjects(d *drafts) {
	own := map[string]bool{}
	for p := range d.report.Presented() {
		own[p.SHA256] = own[p.SHA256] || p.Position == 0
	}
	for c := range d.report.Certificates() {
		if !own[c.SHA256] && d.excludes(IssuerCert) {
			continue
		}
		d.add(misp.TemplateX509, c.SHA256, &c.Fact, func(o *object) []reference {
			fillCertificate(o, c)
			return nil
		})
	}
}

// maxCertNames limits the subject alternative names in a certificate's object.
const maxCertNames = 50

func fillCertificate(o *object, c *extract.Certificate) {
	o.Comment = "certificate for " + c.CommonName
	if c.CommonName == "" {
		o.Comment = "certificate " + abridged(c.SHA256)
	}
	detect := o.s.detects(misp.X509SHA256, c.SHA256)
	o.indicator("x509-fingerprint-sha256", c.SHA256, detect)
	o.indicator("x509-fingerprint-sha1", c.SHA1, detect)
	o.indicator("x509-fingerprint-md5", c.MD5, detect)
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
