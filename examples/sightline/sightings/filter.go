package sightings

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// A filter selects values to leave out.
type filter struct {
	private  bool // keep addresses and names of local networks
	prefixes []netip.Prefix
	names    []string // with a leading dot
}

// special lists address ranges that are not global unicast, by the special-purpose
// address registries (RFC 6890) and RFC 1112, 3879, 4291 and 5771. It omits
// documentation addresses, which examples and tests use.
var special = parsePrefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
	"224.0.0.0/4", "240.0.0.0/4", "::/127", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")

func parsePrefixes(texts ...string) (list []netip.Prefix) {
	for _, s := range texts {
		list = append(list, netip.MustParsePrefix(s))
	}
	return list
}

// localSuffixes are the suffixes of local names (RFC 6761, RFC 6762, RFC 3172). Names
// without a dot are local too.
var localSuffixes = []string{".local", ".localhost", ".arpa"}

// add adds a network, an address or a name to leave out.
func (f *filter) add(s string) error {
	if p, err := netip.ParsePrefix(s); err == nil {
		f.prefixes = append(f.prefixes, p.Masked())
		return nil
	}
	if a, err := netip.ParseAddr(s); err == nil {
		a = a.Unmap().WithZone("")
		f.prefixes = append(f.prefixes, netip.PrefixFrom(a, a.BitLen()))
		return nil
	}
	n := strings.Trim(strings.TrimPrefix(s, "*"), ".")
	if n == "" || strings.ContainsAny(n, "/:*@ ") {
		return fmt.Errorf("%q is not a network, address or name", s)
	}
	f.names = append(f.names, "."+strings.ToLower(n))
	return nil
}

// skips reports whether v contains a host that is left out.
func (f *filter) skips(v value) bool {
	return slices.ContainsFunc(v.hosts(), f.skipsHost)
}

func (f *filter) skipsHost(host string) bool {
	if a, err := netip.ParseAddr(host); err == nil {
		a = a.Unmap().WithZone("")
		holds := func(p netip.Prefix) bool { return p.Contains(a) }
		return slices.ContainsFunc(f.prefixes, holds) || !f.private && slices.ContainsFunc(special, holds)
	}
	n := "." + strings.ToLower(strings.TrimSuffix(host, "."))
	ends := func(suffix string) bool { return strings.HasSuffix(n, suffix) }
	local := strings.LastIndexByte(n, '.') == 0 || slices.ContainsFunc(localSuffixes, ends)
	return slices.ContainsFunc(f.names, ends) || !f.private && local
}
