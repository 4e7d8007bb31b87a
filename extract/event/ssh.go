package event

import (
	"net/netip"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

func sshAttributes(m *mapping) {
	for p := range m.report.SSHPeers() {
		putSSHPeer(m, p)
	}
}

func putSSHPeer(m *mapping, p *extract.SSHPeer) {
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

// sshObjects drafts the SSH servers.
func sshObjects(d *drafts) {
	var servers groups[netip.AddrPort, *extract.SSHPeer]
	for p := range d.report.SSHPeers() {
		if p.Server && !d.excludes(d.addrRule(p.Addr.Addr())) {
			servers.add(p.Addr, p, &p.Fact)
		}
	}
	for server, peers := range servers.all() {
		d.add(misp.TemplatePassiveSSH, server.String(), peers.fact, func(o *object) []reference {
			fillSSH(o, server, peers.rows)
			return nil
		})
	}
}

func fillSSH(o *object, server netip.AddrPort, peers []*extract.SSHPeer) {
	o.Comment = "SSH server " + server.String()
	o.text("host", server.Addr().String())
	o.number("port", int64(server.Port()))
	for _, p := range peers {
		switch p.Kind {
		case extract.SSHSoftware:
			o.text("banner", p.Value)
		case extract.SSHHASSH:
			o.indicator("hassh", p.Value, false)
		case extract.SSHHostKey:
			o.indicator("fingerprint", p.Value, o.s.detects(misp.SSHFingerprint, p.Value))
		}
	}
}
