package layers

import (
	"errors"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
)

// Each Kind has its own name, a step that accepts the sample of its view, and
// the text of that view.
func TestKinds(t *testing.T) {
	names := map[string]Kind{}
	for k := KindPayload; k < kindCount; k++ {
		if other, ok := names[k.String()]; ok || k.String() == "" || strings.HasPrefix(k.String(), "Kind(") {
			t.Errorf("Kind %d is called %q, as is %d", k, k, other)
		}
		names[k.String()] = k
		if k != KindPayload {
			t.Run(k.String(), func(t *testing.T) { checkKind(t, k) })
		}
	}
}

func checkKind(t *testing.T, k Kind) {
	v := kindViews[k]
	if v.Parse == nil {
		t.Fatal("no view")
	}
	sample := viewtest.Unhex(t, v.Sample)
	var d Decoder
	if err := d.Bind(k, ByLinkType(pcap.LinkTypeUser0)); err != nil {
		t.Fatal(err)
	}
	var p Packet
	d.DecodeBytes(&p, pcap.LinkTypeUser0, sample)
	l, ok := firstLayer(&p)
	if !ok || l.Kind != k {
		t.Fatalf("decoded as %v", &p)
	}
	x, err := v.Parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := x.(interface{ AppendText([]byte) ([]byte, error) }).AppendText([]byte(" "))
	if got := p.appendLayer(nil, l); string(got) != string(text) || len(text) < 3 {
		t.Errorf("text of the Packet %q, of the view %q", got, text)
	}
	d.DecodeBytes(&p, pcap.LinkTypeUser0, nil)
	var e *wire.Error
	if !errors.As(p.Err(), &e) || e.Reason != wire.Short {
		t.Errorf("decoding no bytes: %v", p.Err())
	}
}

func firstLayer(p *Packet) (Layer, bool) {
	for l := range p.Layers() {
		return l, true
	}
	return Layer{}, false
}
