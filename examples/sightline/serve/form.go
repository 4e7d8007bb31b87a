package serve

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
)

// An option is a choice of the analyst. MISP's form shows the label, which is also the
// key in the request; key is the name of the site setting of the expansion module, and
// works in requests to the API too.
type option struct{ label, key string }

var (
	optionDetail       = option{"What to propose", "detail"}
	optionInclude      = option{"Look for", "include"}
	optionInternal     = option{"Own networks", "internal_networks"}
	optionPrivate      = option{"Local addresses too", "private"}
	optionWarninglists = option{"Use warninglists", "warninglists"}
	optionHashes       = option{"Hash files", "hashes"}
	optionTags         = option{"Tags for the event", "tags"}
	optionRows         = option{"Most rows", "most_rows"}
	optionObjects      = option{"Most objects", "most_objects"}
)

// in returns the choice in a form or in settings, or "".
func (o option) in(form map[string]string) string {
	if s, ok := form[o.label]; ok {
		return s
	}
	return form[o.key]
}

// A field is a field of MISP's form. A text is mandatory unless Validation is "0".
// MISP refuses Validation with other types.
type field struct {
	label      string
	Type       string   `json:"type"`
	Message    string   `json:"message"`
	Validation string   `json:"validation,omitempty"`
	Checked    string   `json:"checked,omitempty"`
	Options    []string `json:"options,omitempty"`
}

// A form is the fields in the order in which MISP shows them.
type form []field

// MarshalJSON returns an object whose keys are the labels.
func (f form) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, field := range f {
		value, err := json.Marshal(field)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%c%q:%s", "{,"[min(i, 1)], field.label, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func textField(o option, message string) field {
	return field{label: o.label, Type: "String", Message: message, Validation: "0"}
}

func boxField(o option, checked, message string) field {
	return field{label: o.label, Type: "Boolean", Message: message, Checked: checked}
}

// details are the choices of what to propose. MISP sends the index.
var details = []struct {
	text   string
	detail event.Detail
}{
	{"Attributes and objects", event.Both},
	{"Attributes only", event.Indicators},
	{"Objects only", event.Objects},
}

// importForm returns the form of the import module.
func importForm(hashes, warninglists bool) form {
	what := field{
		label: optionDetail.label, Type: "Select",
		Message: "Attributes are single values, such as addresses and URLs. Objects describe connections, requests, files and certificates.",
	}
	for _, d := range details {
		what.Options = append(what.Options, d.text)
	}
	f := form{
		what,
		textField(optionInclude, "Topics, separated by commas: "+topicList()+". Empty: everything."),
		textField(optionInternal, "Your networks, such as 192.0.2.0/24, separated by commas. Their addresses are left out, as private addresses always are."),
		boxField(optionPrivate, "", "Also propose private, multicast and hardware addresses, and local names such as printer.local."),
	}
	if warninglists {
		f = append(f, boxField(optionWarninglists, "true", "Values on a warninglist are not marked for detection, and their comments name the list."))
	}
	if hashes {
		f = append(f, boxField(optionHashes, "true", "Propose the hashes of the files that were transferred. Without them, a large capture takes a third less time."))
	}
	return append(f,
		textField(optionTags, "Tags to add to the event, separated by commas, such as tlp:amber, source:pcap."),
		textField(optionRows, fmt.Sprintf("How many rows to review, at most %d. Each attribute is a row, those of objects too. Empty: %d.", maxRows, defaultRows)),
		textField(optionObjects, fmt.Sprintf("How many of the rows may be objects. Empty: %d objects.", defaultObjects)),
	)
}

func topicList() string {
	var names []string
	for _, t := range extract.Topics() {
		names = append(names, t.String())
	}
	return strings.Join(names, ", ")
}

const (
	// defaultRows is the number of rows that a person can review on MISP's page,
	// and maxRows the number that the page can handle.
	defaultRows = 500
	maxRows     = 3000

	defaultObjects = 200
)

// Limits on the tags of a query. MISP stores 255 characters of a name.
const (
	maxTags   = 64
	maxTagLen = 255
)

// choices are what an analyst chose in MISP's form, or an administrator in the site
// settings.
type choices struct {
	options      event.Options
	rows         int
	unhashed     bool // files are not hashed
	warninglists bool
	asked        bool // for warninglists
	tags         []string
}

// readChoices parses the form as MISP sends it. Missing keys, as in requests to
// MISP's API, have their defaults.
func readChoices(form map[string]string) (c choices, err error) {
	lists, hashes := optionWarninglists.in(form), optionHashes.in(form)
	c.asked = checked(lists)
	c.warninglists = lists == "" || c.asked
	c.unhashed = hashes != "" && !checked(hashes)
	c.options.Private = checked(optionPrivate.in(form))
	if c.options.Internal, err = networks(optionInternal.in(form)); err != nil {
		return c, err
	}
	if c.options.Only, err = topicsOf(optionInclude.in(form)); err != nil {
		return c, err
	}
	if c.options.Detail, err = detailOf(optionDetail.in(form)); err != nil {
		return c, err
	}
	if c.tags, err = tagsOf(optionTags.in(form)); err != nil {
		return c, err
	}
	if c.rows, err = number(optionRows, form, defaultRows); err != nil {
		return c, err
	}
	c.options.MaxObjects, err = number(optionObjects, form, defaultObjects)
	return c, err
}

// checked reports whether a checkbox is set. MISP's API passes values on unchanged.
func checked(s string) bool { return s == "1" || s == "true" || s == "on" }

func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || r <= ' ' })
}

// networks parses CIDRs and single addresses.
func networks(s string) (all []netip.Prefix, err error) {
	for _, word := range list(s) {
		p, err := netip.ParsePrefix(word)
		if a, addrErr := netip.ParseAddr(word); addrErr == nil && a.Zone() == "" {
			p, err = a.Prefix(a.BitLen())
		}
		if err != nil {
			return nil, queryError(fmt.Sprintf("%s: %q is not a network such as 192.0.2.0/24.", optionInternal.label, short(word)))
		}
		all = append(all, p.Masked())
	}
	return all, nil
}

func topicsOf(s string) (all extract.TopicSet, err error) {
	for _, word := range list(s) {
		var t extract.Topic
		if t.UnmarshalText([]byte(strings.ToLower(word))) != nil {
			return 0, queryError(fmt.Sprintf("%s: %q is not a topic: use %s.", optionInclude.label, short(word), topicList()))
		}
		all |= extract.TopicSetOf(t)
	}
	return all, nil
}

// detailOf parses the index or the text of a choice. A site setting is a text.
func detailOf(s string) (event.Detail, error) {
	for i, d := range details {
		if s == "" || s == strconv.Itoa(i) || strings.EqualFold(s, d.text) {
			return d.detail, nil
		}
	}
	return 0, queryError(fmt.Sprintf("%s: %q is not a number from 0 to %d.", optionDetail.label, short(s), len(details)-1))
}

// tagsOf parses tags separated by commas. They may contain blanks.
func tagsOf(s string) (tags []string, err error) {
	for tag := range strings.SplitSeq(s, ",") {
		tag = strings.TrimSpace(tag)
		switch {
		case tag == "":
			continue
		case len(tag) > maxTagLen || strings.ContainsFunc(tag, func(r rune) bool { return r < ' ' || r == 0x7f || r > 0xffff }):
			return nil, queryError(fmt.Sprintf("%s: MISP cannot store the tag %q.", optionTags.label, short(tag)))
		case len(tags) == maxTags:
			return nil, queryError(fmt.Sprintf("%s: there are more than %d.", optionTags.label, maxTags))
		}
		tags = append(tags, tag)
	}
	return tags, nil
}

// number parses a positive number and reduces it to maxRows.
func number(o option, form map[string]string, def int) (int, error) {
	s := strings.TrimSpace(o.in(form))
	if s == "" || s == "0" { // MISP treats "0" as empty
		return def, nil
	}
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		return 0, queryError(fmt.Sprintf("%s: %q is not a positive number.", o.label, short(s)))
	}
	return min(int(n), maxRows), nil
}
