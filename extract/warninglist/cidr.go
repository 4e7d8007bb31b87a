package warninglist

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// A node is a network of the cidr lists. Networks are disjoint or nested. Sorted by
// first address, wider networks first, the narrowest network that contains an address
// is the last one that begins at or before the address, or one of those around it.
type node struct {
	addr   netip.Addr // first address
	bits   uint8
	around int32 // index into Set.networks of the narrowest network around this one; -1: none
	chain  int32
}

func (n *node) prefix() netip.Prefix { return netip.PrefixFrom(n.addr, int(n.bits)) }

// text is prefix().String() with a single allocation.
func (n *node) text() string {
	var b [len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128")]byte
	return string(n.prefix().AppendTo(b[:0]))
}

func (l *loader) addNetwork(list *List, entry string) error {
	a, bits, ok := parseNetwork(entry)
	if !ok {
		return fmt.Errorf("%w: neither an address nor a network", ErrEntry)
	}
	p := netip.PrefixFrom(a, bits).Masked()
	if a.Is4() && p.Addr() != a {
		return fmt.Errorf("%w: %v has host bits set, which a MISP server never matches; use %v", ErrEntry, a, p)
	}
	l.networks[p] = l.chain(list, l.networks[p])
	return nil
}

func sortNetworks(chains map[netip.Prefix]int32) []node {
	sorted := slices.SortedFunc(maps.Keys(chains), netip.Prefix.Compare)
	nodes := make([]node, len(sorted))
	for i, p := range sorted {
		around := int32(i) - 1
		for around >= 0 && !nodes[around].prefix().Contains(p.Addr()) {
			around = nodes[around].around
		}
		nodes[i] = node{addr: p.Addr(), bits: uint8(p.Bits()), around: around, chain: chains[p]}
	}
	return nodes
}

// matchNetworks adds the lists with a network that contains the value.
func (h *hits) matchNetworks() {
	a, bits, ok := parseNetwork(h.value)
	if !ok {
		return
	}
	nodes := h.set.networks
	for i := lastUpTo(nodes, a); i >= 0; i = nodes[i].around {
		n := &nodes[i]
		if int(n.bits) <= bits && n.prefix().Contains(a) && h.wanted(n.chain) {
			h.addChain(n.chain, n.text())
		}
	}
}

// lastUpTo returns the index of the last network that begins at or before a, or -1.
func lastUpTo(nodes []node, a netip.Addr) int32 {
	low, high := 0, len(nodes)
	for low < high {
		if middle := int(uint(low+high) / 2); nodes[middle].addr.Compare(a) <= 0 {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return int32(low) - 1
}

// parseNetwork parses an address, whose bits are its full length, or a network,
// address/bits.
func parseNetwork(s string) (a netip.Addr, bits int, ok bool) {
	s, length, network := strings.Cut(s, "/")
	if !likeAddr(s) {
		return a, 0, false
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return a, 0, false
	}
	if !network {
		return a, a.BitLen(), true
	}
	bits, ok = parseBits(length)
	return a, bits, ok && bits <= a.BitLen()
}

// parseBits parses a prefix length: at most three digits, without leading zeros.
func parseBits(s string) (n int, ok bool) {
	if s == "" || len(s) > 3 || s[0] == '0' && len(s) > 1 {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = 10*n + int(s[i]-'0')
	}
	return n, true
}

// likeAddr reports whether s resembles an address. Most values do not, and this check
// saves the allocation of netip's error. Addresses in MISP have no zone.
func likeAddr(s string) bool {
	if len(s) > len("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255") {
		return false
	}
	dots, colons, short, letters := 0, 0, false, false
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			dots++
		case c == ':':
			colons++
			short = short || i > 0 && s[i-1] == ':'
		case c >= '0' && c <= '9':
		case c >= 'a' && c <= 'f', c >= 'A' && c <= 'F':
			letters = true
		default:
			return false
		}
	}
	if colons == 0 {
		return dots == 3 && !letters
	}
	return short || colons == 7 || colons == 6 && dots == 3
}
