package warninglist_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sightline-go/sightline/extract/warninglist"
)

// Lists of misp-warninglists by class, as their names and types were in August 2026.
var classes = map[warninglist.Class]string{
	warninglist.Harmless: `string|List of known hashes for empty files
cidr|List of RFC 1918 CIDR blocks
cidr|List of known Apple IP ranges
string|Fingerprint of trusted CA certificates
hostname|List of known bank domains
string|List of known Windows 10 connection endpoints
string|List of known Office 365 URLs
string|List of Azure Applicaiton IDs
string|Top 1000 websites from Cisco Umbrella
hostname|Hosts of ours`,
	warninglist.PublicService: `cidr|List of known IPv4 public DNS resolvers
hostname|List of known public DNS resolvers expressed as hostname
hostname|List of known domains to know external IP
hostname|List of known hostname used for querying your source IP. This can be used as exclusion for your Passive DNS lookup.
string|CRL and OCSP domains
string|Captive Portal Detection Hostnames`,
	warninglist.Hosting: `cidr|Specialized list of vpn-ipv4 addresses belonging to common VPN providers and datacenters
cidr|Specialized list of IPv6 addresses belonging to common VPN providers and datacenters
hostname|List of known dynamic DNS domains
cidr|List of known Amazon AWS IP address ranges
cidr|List of known GCP (Google Cloud Platform) IP address ranges
cidr|List of known Microsoft Azure Datacenter IP Ranges
cidr|List of known Cloudflare IP ranges
cidr|List of known Akamai IP ranges
cidr|List of known Fastly IP address ranges
cidr|List of known GitHub IP ranges (https://api.github.com/meta)
cidr|List of known OVH Cluster IPs
cidr|List of known Office 365 IP address ranges
cidr|List of known Telegram IP address ranges
cidr|List of known SMTP sending IP ranges
cidr|List of known iCloud Private Relay egress IP address ranges
cidr|CRL and OCSP IP addresses
cidr|Parking domains
hostname|List of known URL Shorteners domains
hostname|List of known link in Bio domains
hostname|List of LOTS (Living Off Trusted Sites) Project Domains
string|List of known public IPFS gateways
substring|List of disposable email domains
hostname|List of known Microsoft Defender for Cloud Apps (MDCA/MCAS) proxy hostnames`,
	warninglist.Other: `cidr|List of known sinkholes
cidr|Shodan IP Ranges Used for Scanning
cidr|List of known Tenable Cloud Sensors IPv4
cidr|List of known Googlebot IP ranges (https://developers.google.com/search/apis/ipranges/googlebot.json)
hostname|Top 1000 website from Alexa
hostname|Top 10K most-used sites from Tranco
hostname|OSINT.DigitalSide.IT Warning List
hostname|List of known security providers/vendors blog domain`,
}

// load returns the list of a file with these fields.
func load(t *testing.T, fields string) *warninglist.List {
	set, err := warninglist.Load(fstest.MapFS{"list.json": {Data: []byte("{" + fields + "}")}})
	if err != nil {
		t.Fatal(err)
	}
	return set.Lists()[0]
}

func TestClass(t *testing.T) {
	for want, lists := range classes {
		for line := range strings.Lines(lists) {
			typ, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "|")
			l := load(t, fmt.Sprintf(`"name":%q,"type":%q,"list":["192.0.2.1"]`, name, typ))
			if l.Class != want {
				t.Errorf("%s: %v, want %v", name, l.Class, want)
			}
			if l.Class.Clears() != (want == warninglist.Harmless || want == warninglist.PublicService) {
				t.Errorf("%v: Clears is %v", l.Class, l.Class.Clears())
			}
		}
	}
}

// A list of more than the thousand most popular names clears none.
func TestClassTop(t *testing.T) {
	for n, want := range map[int]warninglist.Class{1001: warninglist.Harmless, 1002: warninglist.Other} {
		names := strings.Repeat(`"a.example",`, n-1) + `"b.example"`
		if l := load(t, `"name":"Top names","type":"string","list":[`+names+`]`); l.Class != want {
			t.Errorf("%d names: %v", n, l.Class)
		}
	}
}

// The category that a MISP server exports goes before the name.
func TestClassCategory(t *testing.T) {
	for category, want := range map[string]warninglist.Class{
		"false_positive": warninglist.Harmless, "known": warninglist.Other, "": warninglist.Hosting, "x": warninglist.Hosting,
	} {
		if l := load(t, fmt.Sprintf(`"name":"Our VPN","category":%q,"list":["192.0.2.1"]`, category)); l.Class != want {
			t.Errorf("category %q: %v", category, l.Class)
		}
	}
}

func TestClassString(t *testing.T) {
	for c, want := range []string{"harmless", "public service", "hosting", "other", "Class(4)"} {
		if got := warninglist.Class(c).String(); got != want {
			t.Errorf("%d: %s", c, got)
		}
	}
}

func TestConfigLists(t *testing.T) {
	for names, want := range map[string]string{
		"popular":                   "Popular names",
		"POPULAR names":             "Popular names",
		"documentation,popular":     "Networks for documentation,Popular names",
		"Networks":                  "",
		"popular,missing":           "",
		"numbers,Telephone numbers": "Telephone numbers",
	} {
		set, err := warninglist.Config{Lists: strings.Split(names, ",")}.Load(checkout())
		var got []string
		for _, l := range set.Lists() {
			got = append(got, l.Name)
		}
		if strings.Join(got, ",") != want || errors.Is(err, warninglist.ErrNoLists) != (want == "") {
			t.Errorf("%s: %q, %v", names, got, err)
		}
	}
}
