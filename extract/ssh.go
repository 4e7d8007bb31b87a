package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/ssh"
	"github.com/sightline-go/sightline/layers/stream"
)

// An SSHPeer is a property of an SSH client or server, which it sent before
// encryption started.
type SSHPeer struct {
	Fact
	Addr   netip.AddrPort `json:"addr"` // port 0 for a client
	Server bool           `json:"server,omitempty"`
	Kind   string         `json:"kind"` // SSHSoftware, SSHHASSH or SSHHostKey
	Value  string         `json:"value"`
}

// The kinds of an SSHPeer.
const (
	SSHSoftware = "software" // the identification string (RFC 4253 section 4.2)
	SSHHASSH    = "hassh"    // the HASSH of the algorithms, HASSHServer for a server
	SSHHostKey  = "host-key" // the fingerprint, SHA256: and base64 as OpenSSH prints it
)

func (p *SSHPeer) appendKey(dst []byte) []byte {
	dst = appendText(appendAddrPort(dst, p.Addr), p.Kind, p.Value)
	if p.Server {
		dst = append(dst, 1)
	}
	return dst
}

func (p *SSHPeer) merge(o *SSHPeer) { p.Fact.merge(&o.Fact) }

var sshPeers = handleOf[SSHPeer]()

// SSHPeers returns the properties of SSH clients and servers, in order of their
// addresses.
func (r *Report) SSHPeers() iter.Seq[*SSHPeer] { return sshPeers.all(r) }

func (w *worker) sshIdent(_ *shard, m *stream.Message) {
	if id, err := ssh.ParseIdent(m.Data); err == nil {
		w.sshPeer(m, SSHSoftware, text(id.Bytes()))
	}
}

func (w *worker) sshKexInit(_ *shard, m *stream.Message) {
	if k, err := ssh.ParseKexInit(m.Data); err == nil {
		w.sshPeer(m, SSHHASSH, string(k.AppendHASSH(nil, m.FromClient)))
	}
}

func (w *worker) sshKexReply(_ *shard, m *stream.Message) {
	if r, err := ssh.ParseKexReply(m.Data); err == nil && !m.FromClient {
		w.sshPeer(m, SSHHostKey, string(r.AppendFingerprint(nil)))
	}
}

// sshPeer records a property of the sender of a message.
func (w *worker) sshPeer(m *stream.Message, kind, value string) {
	if !w.fits(value) {
		return
	}
	p := SSHPeer{Server: !m.FromClient, Addr: m.Conn.Flow.Dst, Kind: kind, Value: value}
	if m.FromClient {
		p.Addr = netip.AddrPortFrom(m.Conn.Flow.Src.Addr(), 0)
	}
	sshPeers.observe(w, p, w.byMessage(m))
}
