package dhcp

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// views has every Parse function of the package. Each is truncated at every
// length, mutated and fuzzed, and all methods of its view are called.
var views = []viewtest.View{
	viewtest.Of(ParseV4, request),
	viewtest.Of(ParseV6, v6Solicit),
	viewtest.Of(ParseV6, relayHead+"0009 0004 0b 010203"),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, `
		REQUEST xid 0x3D1D6A2B client 00:00:5e:00:53:01 giaddr 192.0.2.1 requested 192.0.2.100 host "laptop" secs 7
		SOLICIT xid 0x10C2F7 client 000100011C39CF88080027FE8F95 addr 2001:db8::42 host www.com
		RELAY-FORW peer fe80::200:ff:fe00:1: INFORMATION-REQUEST xid 0x010203
	`)
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }
