package event

import (
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"github.com/sightline-go/sightline/extract"
)

// hosting lists domains of hosting, content delivery and dynamic DNS, shared lists
// domains with content of their users beside services of the operator.
var (
	hosting = strings.Fields(`akadns.net akamai.net akamaiedge.net akamaihd.net akamaized.net amazonaws.com appspot.com
		azure.com azureedge.net azurefd.net azurewebsites.net bit.ly blogspot.com cloudapp.net cloudflare.net cloudfront.net
		core.windows.net ddns.net discord.com discordapp.com docs.google.com drive.google.com dropbox.com
		dropboxusercontent.com duckdns.org dyndns.com dyndns.org edgekey.net edgesuite.net fastly.net firebaseapp.com
		firebaseio.com github.com github.io githubusercontent.com gitlab.io googleapis.com googleusercontent.com
		herokuapp.com icloud-content.com mediafire.com mega.nz netlify.app no-ip.com onedrive.com onedrive.live.com
		onrender.com outlook.com pages.dev paste.ee pastebin.com r2.dev sharepoint.com sites.google.com storage.live.com
		t-msedge.net t.me telegram.org trafficmanager.net vercel.app visualstudio.com web.app workers.dev`)
	shared = strings.Fields(`addons.mozilla.org apple.com cdn.mozilla.net cloudflare.com google.com icloud.com live.com
		live.net microsoft.com mozilla.org office.com opendns.com ubuntu.com windows.net`)
)

// operated lists hosts of an operator in a domain where it rents out others.
var operated = strings.Fields(`ajax.googleapis.com android.googleapis.com aratea-pa.googleapis.com checkip.amazonaws.com checkip.dyndns.com
	checkip.dyndns.org clients2.googleusercontent.com clientservices.googleapis.com content-autofill.googleapis.com
	crashlyticsreports-pa.googleapis.com firebaseinstallations.googleapis.com fonts.googleapis.com oauth2.googleapis.com
	optimizationguide-pa.googleapis.com play-fe.googleapis.com play.googleapis.com safebrowsing.googleapis.com update.googleapis.com whoami.akamai.net
	www.googleapis.com youtubei.googleapis.com`)

// below reports whether name is domain or a name below it.
func below(name, domain string) bool {
	return name == domain || strings.HasSuffix(name, "."+domain)
}

func TestKnownTable(t *testing.T) {
	var last string
	for line := range strings.Lines(knownTSV) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(columns) != 3 {
			t.Errorf("%q has %d columns", line, len(columns))
			continue
		}
		service, kind, source := columns[0], columns[1], columns[2]
		if service <= last {
			t.Errorf("%s is not after %s", service, last)
		}
		last = service
		if kind == "" || kind != strings.TrimSpace(kind) {
			t.Errorf("%s: kind %q", service, kind)
		}
		if u, err := url.Parse(source); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: source %q", service, source)
		}
		if a, err := netip.ParseAddr(service); err == nil {
			if a.String() != service || addrRule(a) != "" {
				t.Errorf("%s is not a public address in its shortest form", service)
			}
			continue
		}
		if name, exact := strings.CutPrefix(service, "="); exact {
			checkName(t, name)
			continue
		}
		checkKnownName(t, service)
	}
}

func checkName(t *testing.T, name string) {
	if ascii, err := idna.Registration.ToASCII(name); err != nil || ascii != name {
		t.Errorf("%s: not a name in lower case: %v", name, err)
	}
}

func checkKnownName(t *testing.T, name string) {
	checkName(t, name)
	switch suffix, icann := publicsuffix.PublicSuffix(name); {
	case suffix == name:
		t.Errorf("%s is a public suffix", name)
	case !icann && strings.Contains(suffix, ".") && !slices.Contains(operated, name):
		t.Errorf("%s: anybody can have a name below %s", name, suffix)
	}
	for _, domain := range slices.Concat(hosting, shared) {
		if below(domain, name) {
			t.Errorf("%s includes %s", name, domain)
		}
	}
	for _, domain := range hosting {
		if below(name, domain) && !slices.Contains(operated, name) {
			t.Errorf("%s is below %s", name, domain)
		}
	}
	_, parent, _ := strings.Cut(name, ".")
	if kind, ok := wellKnown("any." + parent); ok {
		own, _ := wellKnown(name)
		if own == kind {
			t.Errorf("%s: its parent has the same kind", name)
		}
	}
}

func TestWellKnown(t *testing.T) {
	for name, want := range map[string]string{
		"www.msftconnecttest.com":                "connectivity check",
		"MSFTNCSI.com.":                          "connectivity check",
		"0.pool.ntp.org":                         "time service",
		"au.download.windowsupdate.com":          "operating system update",
		"ctldl.windowsupdate.com":                "certificate services",
		"r3.o.lencr.org":                         "certificate services",
		"2.0.0.127.zen.spamhaus.org":             "DNS block list",
		"api.ipify.org":                          "IP address lookup",
		"dns.google":                             "public resolver",
		strings.Repeat("a.", 120) + "dns.google": "public resolver",
		"":                                       "",
		".":                                      "",
		"..":                                     "",
		"org":                                    "",
		"evil-lencr.org":                         "",
		"lencr.org.evil.example":                 "",
		"google.com":                             "connectivity check",
		"evil.google.com":                        "",
		"drive.google.com":                       "",
		"storage.googleapis.com":                 "",
		"s3.amazonaws.com":                       "",
		"evil.cloudapp.net":                      "",
		"example.blob.core.windows.net":          "",
		"e1234.dscd.akamaiedge.net":              "",
		"evil.duckdns.org":                       "",
		"cdn.discordapp.com":                     "",
		strings.Repeat("dns.google.", 20) + "evil.test": "",
	} {
		if got, ok := wellKnown(name); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", name, got, ok)
		}
	}
	for addr, want := range map[string]string{"8.8.8.8": "public resolver", "::ffff:1.1.1.1": "public resolver", "2620:fe::fe": "public resolver", "8.8.8.9": ""} {
		if got, ok := wellKnownAddr(netip.MustParseAddr(addr)); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v", addr, got, ok)
		}
	}
}

func TestNoKnown(t *testing.T) {
	for _, off := range []bool{false, true} {
		j := newJudge(newSelector(&extract.Report{}, Options{NoKnown: off}))
		if kind, ok := j.service("time.windows.com"); ok == off || (kind == "time service") == off {
			t.Errorf("NoKnown %v: %q, %v", off, kind, ok)
		}
	}
}
