package pcapng_test

import (
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// sameNet lets cmp compare addresses.
var sameNet = cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })

// uplink is interface 0 in all tests. Its values are the examples of section
// 4.2 of the draft.
var uplink = pcapng.Interface{
	LinkType: pcap.LinkTypeEthernet, SnapLen: 262144, Name: "eth0", Description: "first card",
	Addrs:      []netip.Prefix{netip.MustParsePrefix("192.168.1.1/24"), netip.MustParsePrefix("2001:db8:85a3:8d3:1319:8a2e:370:7344/64")},
	MAC:        pcapng.EUI48{0, 1, 2, 3, 4, 5},
	EUI:        pcapng.EUI64{0x02, 0x34, 0x56, 0xff, 0xfe, 0x78, 0x9a, 0xbc},
	Speed:      100_000_000,
	Resolution: pcapng.Nanoseconds,
	TZone:      3600,
	Filter:     pcapng.Filter{Data: "tcp port 23 and host 192.0.2.5"},
	OS:         "openSUSE 10.2",
	FCSLen:     4,
	Offset:     -10,
	Hardware:   "Broadcom NetXtreme",
	TXSpeed:    1024000,
	RXSpeed:    8192000,
	TZName:     "Europe/Berlin",
	Comments:   []string{"uplink"},
}

func TestInterface(t *testing.T) {
	want := []pcapng.Interface{uplink, {LinkType: pcap.LinkTypeRaw, Resolution: pcapng.Microseconds}}
	both(func(big bool) {
		r := pcapng.NewReaderBytes(everything(big))
		var of []pcapng.Interface
		for b, err := range r.Blocks() {
			if err != nil {
				t.Fatal(err)
			}
			if i, ok := b.Interface(); ok {
				of = append(of, i)
			}
		}
		for name, got := range map[string][]pcapng.Interface{"reader": r.Interfaces(), "blocks": of} {
			if diff := cmp.Diff(want, got, sameNet); diff != "" {
				t.Errorf("%s, big-endian %t:\n%s", name, big, diff)
			}
		}
	})
	if got := uplink.MAC.String() + " " + uplink.EUI.String(); got != "00:01:02:03:04:05 02:34:56:ff:fe:78:9a:bc" {
		t.Error(got)
	}
}

func TestNetmask(t *testing.T) {
	for _, test := range []struct {
		mask  []byte
		bits  int
		valid bool
	}{
		{[]byte{255, 255, 255, 255}, 32, true},
		{[]byte{255, 255, 240, 0}, 20, true},
		{[]byte{0, 0, 0, 0}, 0, true},
		{[]byte{255, 0, 255, 0}, -1, false},
		{[]byte{0, 0, 0, 255}, -1, false},
	} {
		f := new(build.Pcapng).Section().Interface(1, 0, opt(4, append([]byte{192, 0, 2, 1}, test.mask...)...))
		b := block(t, f, pcapng.InterfaceDescription)
		i, _ := b.Interface()
		if p := i.Addrs[0]; p.Addr() != netip.MustParseAddr("192.0.2.1") || p.Bits() != test.bits {
			t.Errorf("netmask %v: %v with %d bits, want %d", test.mask, p.Addr(), p.Bits(), test.bits)
		}
		if err := b.Validate(); (err == nil) != test.valid {
			t.Errorf("netmask %v: %v", test.mask, err)
		}
	}
	f := new(build.Pcapng).Section().Interface(1, 0, opt(5, append(make([]byte, 16), 129)...))
	if err := block(t, f, pcapng.InterfaceDescription).Validate(); !errors.Is(err, pcap.ErrFormat) {
		t.Errorf("prefix of 129 bits: %v", err)
	}
}

// if_tsresol (draft section 4.2).
func TestResolution(t *testing.T) {
	for _, test := range []struct {
		stored []byte
		want   pcapng.Resolution
		text   string
		ts     uint64
		at     time.Time
	}{
		{nil, pcapng.Microseconds, "10^-6", 1_700_000_000_000_001, time.Unix(1_700_000_000, 1000)},
		{[]byte{0}, pcapng.Seconds, "2^-0", 1_700_000_000, time.Unix(1_700_000_000, 0)},
		{[]byte{0x80}, pcapng.Seconds, "2^-0", 1_700_000_000, time.Unix(1_700_000_000, 0)},
		{[]byte{3}, pcapng.Milliseconds, "10^-3", 1_700_000_000_123, time.Unix(1_700_000_000, 123e6)},
		{[]byte{9}, pcapng.Nanoseconds, "10^-9", 1_700_000_000_123_456_789, time.Unix(1_700_000_000, 123456789)},
		{[]byte{0x8a}, 0x8a, "2^-10", 1_700_000_000<<10 | 512, time.Unix(1_700_000_000, 5e8)},
		{[]byte{1, 2}, pcapng.Microseconds, "10^-6", 0, time.Unix(0, 0)},
	} {
		f := new(build.Pcapng).Section()
		if test.stored == nil {
			f.Interface(1, 0)
		} else {
			f.Interface(1, 0, opt(9, test.stored...))
		}
		i, _ := block(t, f, pcapng.InterfaceDescription).Interface()
		if i.Resolution != test.want || i.Resolution.String() != test.text {
			t.Errorf("if_tsresol %v: %#x, %v", test.stored, uint8(i.Resolution), i.Resolution)
		}
		if at := i.Time(test.ts); !at.Equal(test.at) {
			t.Errorf("if_tsresol %v: %d is %v, want %v", test.stored, test.ts, at, test.at.UTC())
		}
		if ts, ok := i.Timestamp(test.at); ts != test.ts || !ok {
			t.Errorf("if_tsresol %v: %v is %d, want %d", test.stored, test.at.UTC(), ts, test.ts)
		}
	}
	var zero pcapng.Interface
	if at := zero.Time(1); !at.Equal(time.Unix(0, 1)) {
		t.Errorf("the zero Resolution is not nanoseconds: %v", at)
	}
}
