package serve

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
)

// moduleName is the module's name in MISP's settings and URLs.
const moduleName = "pcap_import"

// A module is the entry of a module in what GET /modules answers.
type module struct {
	Name           string         `json:"name"`
	Type           string         `json:"type"`
	MISPAttributes mispAttributes `json:"mispattributes"`
	Meta           meta           `json:"meta"`
}

type mispAttributes struct {
	InputSource []string         `json:"inputSource"`
	UserConfig  map[string]field `json:"userConfig"`
	Format      string           `json:"format"`
}

type meta struct {
	Version     string   `json:"version"`
	Author      string   `json:"author"`
	Description string   `json:"description"`
	ModuleType  []string `json:"module-type"`
	Name        string   `json:"name"`
	Logo        string   `json:"logo"`
	Reqs        []string `json:"requirements"`
	Features    string   `json:"features"`
	References  []string `json:"references"`
	Input       string   `json:"input"`
	Output      string   `json:"output"`
	Config      []string `json:"config"`
}

// A field is one of MISP's form. A text is mandatory unless Validation is "0",
// and that is refused with every other type.
type field struct {
	Type       string   `json:"type"`
	Message    string   `json:"message"`
	Validation string   `json:"validation,omitempty"`
	Checked    string   `json:"checked,omitempty"`
	Options    []string `json:"options,omitempty"`
}

func optional(message string) field { return field{Type: "String", Message: message, Validation: "0"} }

// details are the choices of detail. MISP sends the index.
var details = []struct {
	text   string
	detail event.Detail
}{
	{"Attributes and objects", event.Both},
	{"Attributes only", event.Indicators},
	{"Objects only", event.Objects},
}

// moduleList returns what GET /modules answers.
func moduleList(version string, hashes, warninglists bool) []module {
	var choices []string
	for _, d := range details {
		choices = append(choices, d.text)
	}
	form := map[string]field{
		"internal_networks": optional("Your own networks, whose addresses are left out: CIDRs, such as 192.0.2.0/24, separated by commas or blanks. Private networks need not be named."),
		"private":           {Type: "Boolean", Message: "Also take what is of local networks: private, multicast and hardware addresses, names such as printer.local."},
		"include":           optional("What to look for, separated by commas: " + topicList() + ". Empty: everything."),
		"detail":            {Type: "Select", Message: "What to propose.", Options: choices},
		"most_rows":         optional(fmt.Sprintf("How many rows to propose at most. Empty: %d. No more than %d.", defaultRows, maxRows)),
		"most_objects":      optional("How many objects to propose at most. Empty: as many as there are rows for, up to 200."),
	}
	if hashes {
		form["hashes"] = field{Type: "Boolean", Message: "Give files by their hashes. Without, a large capture takes two thirds of the time.", Checked: "true"}
	}
	if warninglists {
		form["warninglists"] = field{Type: "Boolean", Message: "Look values up in the warninglists: those that are on one are marked, and not for detection.", Checked: "true"}
	}
	return []module{{
		Name: moduleName, Type: "import_mod",
		MISPAttributes: mispAttributes{InputSource: []string{"file"}, UserConfig: form, Format: "misp_standard"},
		Meta: meta{
			Version: version, Author: "The Sightline authors", Name: "PCAP import", ModuleType: []string{"import"},
			Description: "Import the indicators of a packet capture (pcap or pcapng, plain or gzipped).",
			Features:    "Addresses, names, URLs, files, certificates, fingerprints and connections, with times and the packets that show them.",
			Input:       "A packet capture.", Output: "Attributes and objects of MISP.",
			Reqs: []string{}, References: []string{}, Config: []string{},
		},
	}}
}

func topicList() string {
	var names []string
	for _, t := range extract.Topics() {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}

const (
	// defaultRows is how many rows a person reviews on MISP's page, and maxRows
	// how many the page bears.
	defaultRows = 500
	maxRows     = 3000

	defaultObjects = 200
)

// choices are what the user has put into MISP's form.
type choices struct {
	options      event.Options
	rows         int
	unhashed     bool // files are not hashed
	warninglists bool
}

// readChoices reads what MISP sends of the form. Keys that are missing, as with
// its API, have their defaults.
func readChoices(form map[string]string) (c choices, err error) {
	c.rows = defaultRows
	c.options.Private = checked(form["private"])
	c.warninglists = checked(form["warninglists"])
	c.unhashed = form["hashes"] != "" && !checked(form["hashes"])
	if c.options.Internal, err = networks(form["internal_networks"]); err != nil {
		return c, err
	}
	if c.options.Only, err = topicsOf(form["include"]); err != nil {
		return c, err
	}
	if s := form["detail"]; s != "" {
		i, err := strconv.Atoi(s)
		if err != nil || i < 0 || i >= len(details) {
			return c, queryError(fmt.Sprintf("detail: %q is not one of 0 to %d.", short(s), len(details)-1))
		}
		c.options.Detail = details[i].detail
	}
	if c.rows, err = number("most_rows", form["most_rows"], defaultRows, maxRows); err != nil {
		return c, err
	}
	c.options.MaxObjects, err = number("most_objects", form["most_objects"], defaultObjects, maxRows)
	return c, err
}

// checked reports whether a box is checked. The API passes on what it gets.
func checked(s string) bool { return s == "1" || s == "true" || s == "on" }

// list returns the words of a text.
func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' })
}

// networks reads CIDRs. An address stands for itself.
func networks(s string) (all []netip.Prefix, err error) {
	for _, word := range list(s) {
		p, err := netip.ParsePrefix(word)
		if a, addrErr := netip.ParseAddr(word); addrErr == nil && a.Zone() == "" {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil {
			return nil, queryError(fmt.Sprintf("Own networks: %q is not a network such as 192.0.2.0/24.", short(word)))
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

func topicsOf(s string) (all extract.TopicSet, err error) {
	for _, word := range list(s) {
		var t extract.Topic
		if t.UnmarshalText([]byte(strings.ToLower(word))) != nil {
			return 0, queryError(fmt.Sprintf("What to look for: there is no %q; there are %s.", short(word), topicList()))
		}
		all |= extract.TopicSetOf(t)
	}
	return all, nil
}

// number reads a number from 1. What is above the most stands for it.
func number(key, s string, def, most int) (int, error) {
	s = strings.TrimSpace(s)
	if s == "" || s == "0" { // MISP takes "0" for empty
		return def, nil
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0, queryError(fmt.Sprintf("%s: %q is not a number from 1.", key, short(s)))
	}
	return min(int(n), most), nil
}
