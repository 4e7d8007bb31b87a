package pcapng_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// Section 4.8 of the draft. 32473 is the enterprise number for examples (RFC
// 5612).
func TestCustomBlock(t *testing.T) {
	both(func(big bool) {
		for _, noCopy := range []bool{false, true} {
			var file bytes.Buffer
			w := pcapng.NewWriter(&file)
			want := pcapng.CustomData{PEN: 32473, NoCopy: noCopy, Data: []byte("mine")}
			if err := errors.Join(w.BeginSection(pcapng.Section{BigEndian: big}), w.WriteCustom(want)); err != nil {
				t.Fatal(err)
			}
			blocks, err := read(file.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			got, ok := blocks[1].Custom()
			if diff := cmp.Diff(want, got); diff != "" || !ok || blocks[1].Validate() != nil {
				t.Error(ok, diff)
			}
			typ := pcapng.Custom
			if noCopy {
				typ = pcapng.CustomNoCopy
			}
			if pen := blocks[1].Body[:4]; blocks[1].Type != typ || !bytes.Equal(pen, order(big, 32473, 4)) {
				t.Errorf("type %v, number %x", blocks[1].Type, pen)
			}
		}
	})
	b := block(t, new(build.Pcapng).Section().Block(0xbad, nil, nil), pcapng.Custom)
	if _, ok := b.Custom(); ok || !errors.Is(b.Validate(), pcap.ErrFormat) {
		t.Error("decoded a custom block without number")
	}
}

// Section 3.5.1 of the draft.
func TestCustomOption(t *testing.T) {
	for code, want := range map[uint16]pcapng.CustomData{
		2988:  {PEN: 32473, Text: true, Data: []byte("x")},
		2989:  {PEN: 32473, Data: []byte("x")},
		19372: {PEN: 32473, Text: true, NoCopy: true, Data: []byte("x")},
		19373: {PEN: 32473, NoCopy: true, Data: []byte("x")},
	} {
		both(func(big bool) {
			o := pcapng.Option{Code: code, Value: append(order(big, 32473, 4), 'x'), BigEndian: big}
			got, ok := o.Custom()
			if diff := cmp.Diff(want, got); diff != "" || !ok {
				t.Error(code, ok, diff)
			}
			again, ok := got.Option().Custom()
			if diff := cmp.Diff(want, again); diff != "" || !ok || got.Option().Code != code {
				t.Error(code, ok, diff)
			}
			o.Value = o.Value[:3]
			if _, ok := o.Custom(); ok {
				t.Errorf("%d: 3 bytes", code)
			}
		})
	}
	if _, ok := (pcapng.Option{Code: 1, Value: make([]byte, 8)}).Custom(); ok {
		t.Error("decoded a comment as custom")
	}
}
