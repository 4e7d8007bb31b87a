package extract

import (
	"iter"
	"net/netip"

	"github.com/sightline-go/sightline/layers/ssh"
	"github.com/sightline-go/sightline/layers/stream"
)

// An SSHPeer is something that one side of SSH said of itself before it
// encrypted.
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
	SSHHASSH    = "hassh"    // of the algorithms; of a server what is called HASSH server
	SSHHostKey  = "host-key" // SHA256: and the base64 of the key's hash, as OpenSSH prints it
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

// SSHPeers returns what SSH clients and servers said before they encrypted.
func (r *Report) SSHPeers() iter.Seq[*SSHPeer] { return sshPeers.all(r) }

// ssh notes what a message shows of its sender.
func (w *worker) ssh(_ *shard, m *stream.Message) {
	p := SSHPeer{Server: !m.FromClient, Addr: m.Conn.Flow.Dst}
	if m.FromClient {
		p.Addr = netip.AddrPortFrom(m.Conn.Flow.Src.Addr(), 0)
	}
	if id, err := ssh.ParseIdent(m.Data); err == nil {
		p.Kind, p.Value = SSHSoftware, text(id.Bytes())
	} else if k, err := ssh.ParseKexInit(m.Data); err == nil {
		p.Kind, p.Value = SSHHASSH, string(k.AppendHASSH(nil, m.FromClient))
	} else if r, err := ssh.ParseKexReply(m.Data); err == nil && !m.FromClient {
		p.Kind, p.Value = SSHHostKey, string(r.AppendFingerprint(nil))
	}
	if p.Kind != "" && w.fits(p.Value) {
		sshPeers.observe(w, p, byMessage(m))
	}
}
