package warninglist

import (
	"strconv"
	"strings"
)

// A Class says what it means that a list contains a value. It follows from the list's
// category if it has one, else from its name, and for top lists its type and size.
type Class uint8

// The classes of lists. A list of unknown purpose is Harmless: that is what MISP's
// warninglists are for, and what your own are.
const (
	// Harmless: what is on the list is benign, or says nothing about an incident.
	Harmless Class = iota

	// PublicService: everybody uses it, malware too: public resolvers, services that
	// show a client its address, certificate authorities.
	PublicService

	// Hosting: the list says where something is hosted or how it is reached, not
	// that it is benign: clouds, content delivery, VPNs, dynamic DNS, shorteners.
	Hosting

	// Other: something else that clears nobody, such as scanners, sinkholes and
	// popularity.
	Other

	classCount
)

var classNames = [classCount]string{Harmless: "harmless", PublicService: "public service", Hosting: "hosting", Other: "other"}

// String returns "harmless", "public service", "hosting" or "other".
func (c Class) String() string {
	if c < classCount {
		return classNames[c]
	}
	return "Class(" + strconv.Itoa(int(c)) + ")"
}

// Clears reports whether a list of the class is a reason not to detect its values.
func (c Class) Clears() bool { return c == Harmless || c == PublicService }

// classWords has words in the names of lists, in lower case. The first that occurs
// decides.
var classWords = []struct {
	word  string
	class Class
}{
	// Most certificate authorities share the addresses of content delivery networks.
	{"crl and ocsp ip", Hosting},
	{"crl and ocsp", PublicService},
	{"captive portal", PublicService},
	{"resolvers", PublicService},
	{"external ip", PublicService},
	{"your source ip", PublicService},
	{"what's my ip", PublicService},

	// Scanners connect to everybody. Who was contacted is another matter, and the
	// addresses are often rented.
	{"scan", Other},
	{"crawler", Other},
	{"googlebot", Other},
	{"cloud sensors", Other},
	{"connection-attempt", Other},
	{"check-host.net", Other},
	{"xpanse", Other},
	{"sinkhole", Other}, // who contacts one is infected

	// Sites that anybody can write to are on these.
	{"blog domain", Other},
	{"digitalside", Other},

	{"akamai", Hosting},
	{"amazon aws", Hosting},
	{"cdn", Hosting},
	{"cloud", Hosting}, // Google, Oracle, Cloudflare, Palo Alto, iCloud Private Relay, Defender's proxies
	{"datacenter", Hosting},
	{"disposable email", Hosting},
	{"dynamic dns", Hosting},
	{"fastly", Hosting},
	{"github", Hosting},
	{"gmail sending", Hosting},
	{"hosting", Hosting},
	{"ipfs", Hosting},
	{"link in bio", Hosting},
	{"living off trusted sites", Hosting},
	{"office 365 ip", Hosting}, // OneDrive and SharePoint, too
	{"ovh", Hosting},
	{"parking", Hosting},
	{"shortener", Hosting},
	{"smtp", Hosting},
	{"telegram", Hosting},
	{"vpn", Hosting},
	{"zscaler", Hosting},
}

// maxTop is the most entries of a top list that clears.
const maxTop = 1001 // Cloudflare's thousand has a header

// classify returns the class of a list.
func classify(l *List, category string, entries int) Class {
	switch category { // of lists that a MISP server exports
	case "false_positive":
		return Harmless
	case "known":
		return Other
	}
	name := strings.ToLower(l.Name)
	if strings.HasPrefix(name, "top ") {
		return classifyTop(l, entries)
	}
	for _, w := range classWords {
		if strings.Contains(name, w.word) {
			return w.class
		}
	}
	return Harmless
}

// classifyTop returns the class of a list of the most popular names. Popular is not
// harmless: dynamic DNS and file sharing are popular. Only a name that is itself
// among the first thousand clears, because no network can do without it.
func classifyTop(l *List, entries int) Class {
	if l.Type == String && entries <= maxTop {
		return Harmless
	}
	return Other
}
