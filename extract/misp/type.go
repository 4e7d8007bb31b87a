package misp

// A Type is the type of an attribute.
type Type string

// The attribute types that this package knows.
const (
	IPSrc     Type = "ip-src"
	IPDst     Type = "ip-dst"
	Hostname  Type = "hostname"
	Domain    Type = "domain"
	DomainIP  Type = "domain|ip"
	URL       Type = "url"
	UserAgent Type = "user-agent"
)

// A Category is the category of an attribute.
type Category string

// NetworkActivity is the default category of the types above.
const NetworkActivity Category = "Network activity"

// A rule is what a MISP server knows of a type: its default category, whether
// it is for detection by default, and the form of its values.
type rule struct {
	category  Category
	toIDS     bool
	normalise func(string) (string, error)
}

func ruleOf(t Type) (rule, bool) {
	switch t {
	case IPSrc, IPDst:
		return rule{NetworkActivity, true, normaliseAddr}, true
	case Hostname:
		return rule{NetworkActivity, true, normaliseHostname}, true
	case Domain:
		return rule{NetworkActivity, true, normaliseDomain}, true
	case DomainIP:
		return rule{NetworkActivity, true, normaliseDomainIP}, true
	case URL:
		return rule{NetworkActivity, true, normaliseURL}, true
	case UserAgent:
		return rule{NetworkActivity, false, oneLine}, true
	}
	return rule{}, false
}
