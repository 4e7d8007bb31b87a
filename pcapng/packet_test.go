package pcapng_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// Flags from the table in section 4.3.1 of the draft.
func TestFlags(t *testing.T) {
	for _, test := range []struct {
		flags                        pcapng.Flags
		direction, reception, errors pcapng.Flags
		fcs                          int
		text                         string
	}{
		{0, 0, 0, 0, 0, ""},
		{0b01, pcapng.FlagInbound, 0, 0, 0, "inbound"},
		{0b00110, pcapng.FlagOutbound, pcapng.FlagUnicast, 0, 0, "outbound, unicast"},
		{0b01001, pcapng.FlagInbound, pcapng.FlagMulticast, 0, 0, "inbound, multicast"},
		{0b01100, 0, pcapng.FlagBroadcast, 0, 0, "broadcast"},
		{0b10000, 0, pcapng.FlagPromiscuous, 0, 0, "promiscuous"},
		{4<<5 | 1, pcapng.FlagInbound, 0, 0, 4, "inbound, FCS of 4 bytes"},
		{1<<9 | 1<<10 | 1<<11, 0, 0, 0, 0, "checksum not ready, checksum valid, segmentation offloaded"},
		{1 << 24, 0, 0, 1 << 24, 0, "CRC error"},
		{0xff << 24, 0, 0, 0xff << 24, 0, "CRC error, too long, too short, wrong inter-frame gap, unaligned, start frame delimiter error, preamble error, symbol error"},
	} {
		f := test.flags
		if f.Direction() != test.direction || f.Reception() != test.reception || f.Errors() != test.errors || f.FCSLen() != test.fcs || f.String() != test.text {
			t.Errorf("%#x: %v %v %v %d %q", uint32(f), f.Direction(), f.Reception(), f.Errors(), f.FCSLen(), f)
		}
		if got := f.WithFCSLen(15).WithFCSLen(test.fcs); got != f {
			t.Errorf("%#x: with its FCS length %#x", uint32(f), uint32(got))
		}
		if got, ok := f.Option().Flags(); got != f || !ok {
			t.Errorf("%#x: its option has %#x", uint32(f), uint32(got))
		}
	}
}

// The hashes of section 4.3 of the draft.
func TestHash(t *testing.T) {
	for _, test := range []struct {
		hex   string
		alg   pcapng.HashAlgorithm
		text  string
		valid bool
	}{
		{"02 ec1d8797", pcapng.HashCRC32, "CRC32", true},
		{"03 456ec2177c101e3c2e996ec29a3d508e", pcapng.HashMD5, "MD5", true},
		{"04 0000000000000000000000000000000000000000", pcapng.HashSHA1, "SHA-1", true},
		{"05 01020304", pcapng.HashToeplitz, "Toeplitz", true},
		{"00 12", pcapng.HashTwosComplement, "2s complement", true},
		{"01", pcapng.HashXOR, "XOR", true},
		{"77 12", 0x77, "hash algorithm 119", true},
		{"02 ec1d87", pcapng.HashCRC32, "CRC32", false},
		{"03 456ec2177c101e3c2e996ec29a3d50", pcapng.HashMD5, "MD5", false},
		{"04 00", pcapng.HashSHA1, "SHA-1", false},
		{"", 0, "2s complement", false},
	} {
		value := unhex(t, test.hex)
		h, ok := pcapng.Option{Code: pcapng.OptPacketHash, Value: value}.Hash()
		if ok != test.valid || h.Algorithm != test.alg || h.Algorithm.String() != test.text {
			t.Errorf("%s: %v %t", test.hex, h, ok)
		}
		if ok {
			if diff := cmp.Diff(value, h.Option().Value); diff != "" {
				t.Errorf("%s: its option:\n%s", test.hex, diff)
			}
		}
		f := new(build.Pcapng).Section().Interface(1, 0).Enhanced(0, 0, nil, opt(3, value...))
		if err := block(t, f, pcapng.EnhancedPacket).Validate(); errors.Is(err, pcapng.ErrOption) == test.valid {
			t.Errorf("%s: %v", test.hex, err)
		}
	}
}

// Verdicts of section 4.3 of the draft, with the names of Linux's pkt_cls.h and
// bpf.h.
func TestVerdict(t *testing.T) {
	for _, test := range []struct {
		hex   string
		want  pcapng.Verdict
		text  string
		valid bool
	}{
		{"02 0000000000000002", pcapng.Verdict{Type: pcapng.VerdictXDP, Action: 2}, "XDP_PASS", true},
		{"02 0000000000000001", pcapng.Verdict{Type: pcapng.VerdictXDP, Action: 1}, "XDP_DROP", true},
		{"02 0000000000000009", pcapng.Verdict{Type: pcapng.VerdictXDP, Action: 9}, "verdict of type 2: 9", true},
		{"01 0000000000000002", pcapng.Verdict{Type: pcapng.VerdictTC, Action: 2}, "TC_ACT_SHOT", true},
		{"01 ffffffffffffffff", pcapng.Verdict{Type: pcapng.VerdictTC, Action: 1<<64 - 1}, "verdict of type 1: -1", true},
		{"00 0102", pcapng.Verdict{Data: []byte{1, 2}}, "verdict of type 0", true},
		{"09 01", pcapng.Verdict{Type: 9, Data: []byte{1}}, "verdict of type 9", true},
		{"02 000002", pcapng.Verdict{Type: pcapng.VerdictXDP}, "XDP_ABORTED", false},
		{"", pcapng.Verdict{}, "verdict of type 0", false},
	} {
		value := unhex(t, test.hex)
		got, ok := pcapng.Option{Code: pcapng.OptPacketVerdict, Value: value, BigEndian: true}.Verdict()
		if diff := cmp.Diff(test.want, got); diff != "" || ok != test.valid || got.String() != test.text {
			t.Errorf("%s: %v %t\n%s", test.hex, got, ok, diff)
		}
		if ok {
			again, _ := got.Option().Verdict()
			if diff := cmp.Diff(got, again); diff != "" {
				t.Errorf("%s: its option:\n%s", test.hex, diff)
			}
		}
		f := build.Pcapng{BigEndian: true}
		f.Section().Interface(1, 0).Enhanced(0, 0, nil, opt(7, value...))
		if err := block(t, &f, pcapng.EnhancedPacket).Validate(); errors.Is(err, pcapng.ErrOption) == test.valid {
			t.Errorf("%s: %v", test.hex, err)
		}
	}
}

func TestProcessThread(t *testing.T) {
	o := pcapng.Option{Code: pcapng.OptPacketProcessThread, Value: unhex(t, "000004d2 00000000"), BigEndian: true} // the draft's example
	if process, thread, ok := o.ProcessThread(); process != 1234 || thread != 0 || !ok {
		t.Errorf("%d %d %t", process, thread, ok)
	}
	o = pcapng.Option{Code: pcapng.OptPacketProcessThread, Value: unhex(t, "d2040000 07000000")}
	if process, thread, ok := o.ProcessThread(); process != 1234 || thread != 7 || !ok {
		t.Errorf("little-endian: %d %d %t", process, thread, ok)
	}
}

func TestDropCount(t *testing.T) {
	both(func(big bool) {
		file := func() *build.Pcapng { return (&build.Pcapng{BigEndian: big}).Section().Interface(1, 0) }
		drops := func(n uint32) []uint32 {
			if !big {
				n <<= 16 // after the 16-bit interface number
			}
			return []uint32{n, 0, 0, 0, 0}
		}
		for i, test := range []struct {
			f    *build.Pcapng
			want uint64
			ok   bool
		}{
			{file().Block(2, drops(7), nil), 7, true},
			{file().Block(2, drops(0xffff), nil), 0, false},
			{file().Enhanced(0, 0, nil, opt(4, order(big, 9, 8)...)), 9, true},
			{file().Enhanced(0, 0, nil, opt(4, 9)), 0, false},
			{file().Enhanced(0, 0, nil), 0, false},
			{file().Simple(0, nil), 0, false},
		} {
			blocks, err := read(test.f.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if n, ok := blocks[2].DropCount(); n != test.want || ok != test.ok {
				t.Errorf("%d, big-endian %t: %d %t, want %d %t", i, big, n, ok, test.want, test.ok)
			}
		}
	})
}

// The check sequence length in epb_flags overrides that of the interface (draft
// section 4.3.1), which is in bits (section 4.2).
func TestPacketFCSLen(t *testing.T) {
	both(func(big bool) {
		var out bytes.Buffer
		w := pcapng.NewWriter(&out)
		err := w.BeginSection(pcapng.Section{BigEndian: big})
		_, addErr := w.AddInterface(pcapng.Interface{LinkType: pcap.LinkTypeRaw, FCSLen: 4})
		rec := &pcap.Record{Time: time.Unix(1, 0), Data: []byte("data!"), LinkType: pcap.LinkTypeRaw}
		for _, f := range []pcapng.Flags{0, pcapng.Flags(0).WithFCSLen(2), pcapng.FlagInbound} {
			err = errors.Join(err, w.Write(rec, f.Option()))
		}
		if err = errors.Join(err, addErr); err != nil {
			t.Fatal(err)
		}
		r, want := pcapng.NewReaderBytes(out.Bytes()), []int{4, 2, 4}
		var got []int
		for b := range r.Blocks() {
			for o := range b.Options() {
				if b.Type == pcapng.InterfaceDescription && o.Code == pcapng.OptIfFCSLen && o.Value[0] != 32 {
					t.Errorf("if_fcslen %d, want 32 bits", o.Value[0])
				}
			}
			if rec, ok := r.Record(b); ok {
				got = append(got, rec.FCSLen)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("big-endian %t:\n%s", big, diff)
		}
	})
}
