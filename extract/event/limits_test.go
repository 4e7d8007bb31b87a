package event

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/build"
)

// An event holds at most MaxAttributes and MaxObjects, and the rest is reported.
func TestEventBounds(t *testing.T) {
	var c capture
	for i := range 400 {
		c.add(build.UDP("10.0.0.5", uint16(4000+i), "198.51.100.7", 53, build.DNSQuery(uint16(i), fmt.Sprint("host", i), "example")))
		c.conversation("198.51.100.7", fmt.Sprintf("GET /%d HTTP/1.1\r\nHost: h%d.example\r\n\r\n", i, i), "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	}
	rep := c.report(t, extract.Options{})
	for _, test := range []struct {
		o                   Options
		attributes, objects int
	}{
		{Options{}, defaultMaxAttributes, defaultMaxObjects},
		{Options{MaxAttributes: 7, MaxObjects: 5}, 7, 5},
	} {
		s := Select(rep, test.o)
		if len(s.Attributes) != test.attributes || len(s.Objects) != test.objects || s.ObjectsLeftOut == 0 {
			t.Errorf("%+v: %d attributes, %d objects, %d left out", test.o, len(s.Attributes), len(s.Objects), s.ObjectsLeftOut)
		}
		beyond := 0
		for _, l := range s.LeftOut {
			if l.Rule == TooMany {
				beyond++
			}
		}
		if beyond == 0 {
			t.Errorf("%+v: attributes beyond the limit not listed", test.o)
		}
	}
	referenced := map[misp.UUID]bool{}
	s := Select(rep, Options{})
	for i := range s.Objects {
		for _, r := range s.Objects[i].References {
			referenced[r.To] = true
		}
	}
	if n := len(referenced); n == 0 || n > maxReferenced {
		t.Errorf("%d objects refer to %d targets", len(s.Objects), n)
	}
}

// Only the first names of an address and of a certificate are kept.
func TestNamesBounds(t *testing.T) {
	x := index{names: map[netip.Addr][]string{}}
	a := netip.MustParseAddr("192.0.2.1")
	for i := range 100 {
		x.addName(a, fmt.Sprintf("host%d.example", i))
	}
	if len(x.names[a]) != maxNames {
		t.Errorf("%d names of an address", len(x.names[a]))
	}
	var c extract.Certificate
	for i := range 2 * maxCertNames {
		c.Names = append(c.Names, fmt.Sprintf("host%d.example", i))
	}
	c.SHA256 = strings.Repeat("0", 64)
	s := newSelector(new(extract.Report), Options{})
	o := object{misp.NewObject(misp.UUID{}, misp.TemplateX509, "key"), s}
	fillCertificate(&o, &c)
	n := 0
	for _, a := range o.Attributes {
		if a.Relation == "dns_names" {
			n++
		}
	}
	if n != maxCertNames {
		t.Errorf("%d names of a certificate", n)
	}
}
