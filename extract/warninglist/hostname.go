package warninglist

import (
	"bytes"
	"fmt"
	"strings"
)

// maxName is the most bytes of a name (RFC 1035 section 2.3.4). It also limits the
// lookups of a value.
const maxName = 255

func (l *loader) addName(list *List, entry string) error {
	name := strings.Trim(entry, ".")
	switch {
	case name == "":
		return fmt.Errorf("%w: no name", ErrEntry)
	case len(name) > maxName:
		return fmt.Errorf("%w: name longer than %d bytes", ErrTooLarge, maxName)
	}
	var buffer [maxName]byte
	if lower := lowerTo(&buffer, name); string(lower) != name {
		name = string(lower)
	}
	l.set.names[name] = l.chain(list, l.set.names[name])
	return nil
}

// matchNames adds the lists with the host of the value or a parent domain. Of an
// overlong name, it looks up only the last labels, up to maxName bytes.
func (h *hits) matchNames() {
	host := strings.TrimRight(hostOf(h.value), ".")
	if long := len(host) - maxName; long > 0 {
		_, host, _ = strings.Cut(host[long-1:], ".")
	}
	var buffer [maxName]byte
	name := lowerTo(&buffer, host)
	for more := len(name) > 0; more; {
		if chain := h.set.names[string(name)]; chain != 0 && h.wanted(chain) {
			h.addChain(chain, string(name))
		}
		_, name, more = bytes.Cut(name, []byte("."))
	}
}

// hostOf returns the host of a URL, without user and port, or the text before the
// first slash of any other value.
func hostOf(value string) string {
	slash := strings.IndexByte(value, '/')
	if slash < 0 {
		return value
	}
	if !strings.HasPrefix(value[slash+1:], "/") {
		return value[:slash]
	}
	host := value[slash+2:] // RFC 3986 section 3.2
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end]
	}
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		host = host[at+1:]
	}
	if strings.HasPrefix(host, "[") {
		host, _, _ = strings.Cut(host[1:], "]")
		return host
	}
	host, _, _ = strings.Cut(host, ":")
	return host
}

// lowerTo copies s, of at most maxName bytes, to b, with ASCII letters in lower case.
func lowerTo(b *[maxName]byte, s string) []byte {
	lower := b[:copy(b[:], s)]
	for i, c := range lower {
		if c >= 'A' && c <= 'Z' {
			lower[i] = c + 'a' - 'A'
		}
	}
	return lower
}
