package event

import (
	"fmt"
	"strings"
	"testing"
)

// Labels as domain generation algorithms make them, and as people do.
func TestLooksGenerated(t *testing.T) {
	for _, label := range strings.Fields(`lgurqmjleesnimjuwiic stppksweephptliifyts tyimeuewerkvbmewpkqm qxbtvwkjrmnp a1b2c3d4 x7k9q2m4`) {
		if !looksGenerated(label) {
			t.Errorf("%s does not look generated", label)
		}
	}
	for _, label := range strings.Fields(`wikipedia microsoft googleusercontent windowsupdate cloudfront stackoverflow
		paypalobjects doubleclick googletagmanager spamhaus barracudacentral dnswl sorbs surriel example rhythms
		militanttra windows2019 office365 h1n1 xkcd wdrmaus stadtwerke xn--bcher-kva bbcnews 12345678 --------`) {
		if looksGenerated(label) {
			t.Errorf("%s looks generated", label)
		}
	}
}

// A generated-looking name stays for detection, and its comment counts such names.
func TestGenerated(t *testing.T) {
	for n, want := range map[int]string{minGenerated - 1: "", minGenerated: fmt.Sprintf("(one of %d generated-looking names)", minGenerated)} {
		s := scene{}.absent("www.shop.example").absent("qxbtvwkjrmnp.dns.google").
			query("xrtlkqwbvcnm.example").                             // exists
			absent("a.pqrstvwxzkl.test").absent("b.pqrstvwxzkl.test"). // names of one domain
			times(n, func(s scene, i int) scene { return s.absent(fmt.Sprintf("lgurqmjl%csnimj.example", 'a'+i)) })
		comments := map[string]string{}
		for _, a := range Select(s.report(t), Options{}).Attributes {
			if comments[a.Value] = a.Comment; a.Verdict != Detect && !strings.HasSuffix(a.Value, "dns.google") {
				t.Errorf("%s: %s", a.Value, a.Comment)
			}
		}
		if c := comments["lgurqmjlasnimj.example"]; !strings.HasSuffix(c, "detect: queried name "+want) && (want != "" || !strings.HasSuffix(c, "detect: queried name")) {
			t.Errorf("%d names: %s", n, c)
		}
		for _, value := range []string{"www.shop.example", "xrtlkqwbvcnm.example", "a.pqrstvwxzkl.test"} {
			if c := comments[value]; !strings.HasSuffix(c, "detect: queried name") {
				t.Errorf("%s: %s", value, c)
			}
		}
	}
}

// Names of block lists and of systems that do not exist are no more for detection
// than those that do.
func TestAbsentNamesOfServices(t *testing.T) {
	s := scene{}.absent("2.0.0.127.zen.spamhaus.org").absent("2.0.0.127.b.barracudacentral.org").absent("dns.msftncsi.com").
		absent("wpad.shop.example").absent("printer.localdomain").absent("qwzxvbnmkl.local")
	all := judgements(s.report(t), Options{}, -1)
	for value, want := range map[string]string{
		"2.0.0.127.zen.spamhaus.org": "context: well-known service", "2.0.0.127.b.barracudacentral.org": "context: well-known service",
		"dns.msftncsi.com": "context: well-known service", "wpad.shop.example": "left out: WPAD name",
		"printer.localdomain": "left out: .local name", "qwzxvbnmkl.local": "left out: .local name",
	} {
		if all[value] != want {
			t.Errorf("%s: %q, want %q", value, all[value], want)
		}
	}
}
