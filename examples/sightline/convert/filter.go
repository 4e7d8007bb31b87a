package convert

import (
	"errors"
	"flag"
	"net/netip"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/pcap"
)

// A filter selects packets. The zero filter selects all.
type filter struct {
	host     netip.Prefix
	port     uint16
	from, to time.Time
}

// newFilter returns a filter that flags of f will set.
func newFilter(f *flag.FlagSet) *filter {
	var k filter
	f.Func("host", "", func(s string) (err error) {
		k.host, err = netip.ParsePrefix(s)
		if addr, addrErr := netip.ParseAddr(s); addrErr == nil {
			k.host, err = netip.PrefixFrom(addr, addr.BitLen()), nil
		}
		return err
	})
	f.Func("port", "", func(s string) error {
		n, err := strconv.ParseUint(s, 10, 16)
		if n == 0 || err != nil {
			return errors.New("must be a number from 1 to 65535")
		}
		k.port = uint16(n)
		return nil
	})
	for name, at := range map[string]*time.Time{"from": &k.from, "to": &k.to} {
		f.Func(name, "", func(s string) (err error) {
			*at, err = time.Parse(time.RFC3339, s)
			return err
		})
	}
	return &k
}

// all reports whether every packet is kept.
func (k *filter) all() bool { return *k == filter{} }

// keeps reports whether to keep rec, whose layers are p.
func (k *filter) keeps(p *layers.Packet, rec *pcap.Record) bool {
	switch {
	case !k.from.IsZero() && (rec.Time.IsZero() || rec.Time.Before(k.from)):
		return false
	case !k.to.IsZero() && (rec.Time.IsZero() || !rec.Time.Before(k.to)):
		return false
	case k.host.IsValid() && !k.hasHost(p):
		return false
	}
	flow, ok := p.Flow()
	return k.port == 0 || ok && (flow.Src.Port() == k.port || flow.Dst.Port() == k.port)
}

// hasHost reports whether any IP layer of p, tunnelled or not, is from or to the
// host.
func (k *filter) hasHost(p *layers.Packet) bool {
	for l := range p.Layers() {
		var src, dst netip.Addr
		switch l.Kind {
		case layers.KindIPv4:
			h, _ := layers.ParseIPv4(l.Bytes)
			src, dst = h.Src(), h.Dst()
		case layers.KindIPv6:
			h, _ := layers.ParseIPv6(l.Bytes)
			src, dst = h.Src(), h.Dst()
		default:
			continue
		}
		if k.host.Contains(src) || k.host.Contains(dst) {
			return true
		}
	}
	return false
}
