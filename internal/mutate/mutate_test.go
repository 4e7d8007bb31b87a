package mutate

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/layers"
)

// testdata returns the captures of this project.
func testdata(t *testing.T) (out []*Capture) {
	t.Helper()
	names, err := filepath.Glob("../../testdata/*.pcap*")
	if err != nil || len(names) == 0 {
		t.Fatal("no captures", err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := Read(b); err == nil {
			out = append(out, c)
		}
	}
	return out
}

// wrong counts the checksums that are wrong.
func (c *Capture) wrong() (n int) {
	for i := range c.Records {
		c.decode(i)
		for _, k := range []layers.Kind{layers.KindIPv4, layers.KindTCP, layers.KindUDP} {
			if c.packet.Checksum(k) == layers.ChecksumBad {
				n++
			}
		}
	}
	return n
}

// What changes a payload leaves packets whose checksums and lengths are right.
func TestRepair(t *testing.T) {
	for _, c := range testdata(t) {
		for i := range c.Records {
			c.repair(i) // captures of senders that leave checksums to the network card have wrong ones
		}
		if n := c.wrong(); n > 0 {
			t.Errorf("%d wrong checksums after a repair", n)
		}
		for _, op := range []func(*Capture, step){
			(*Capture).garble, (*Capture).cut, (*Capture).insert, (*Capture).splice, (*Capture).split, (*Capture).turn, (*Capture).recode,
		} {
			for i := range c.Records {
				op(c, step{i % len(c.Records), 7 * i, i})
			}
			if n := c.wrong(); n > 0 {
				t.Errorf("%d wrong checksums after a change", n)
			}
		}
	}
}

// A split segment has the bytes of the whole one.
func TestSplit(t *testing.T) {
	for _, c := range testdata(t) {
		c.Records = c.Records[:min(len(c.Records), recordCap-1)]
		for i := range c.Records {
			start, data := c.payload(i)
			if _, ok := c.packet.TCP(); !ok || start == len(data) {
				continue
			}
			want := string(data[start:])
			c.split(step{i, len(want) / 2, 0})
			a, first := c.payload(i)
			first = first[a:]
			one, _ := c.packet.TCP()
			seq := one.Seq()
			b, second := c.payload(i + 1)
			two, _ := c.packet.TCP()
			if got := string(first) + string(second[b:]); got != want || two.Seq() != seq+uint32(len(first)) {
				t.Errorf("%q in two segments is %q", want, got)
			}
			break
		}
	}
}

// Any program leaves a capture that both formats hold.
func TestApply(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		for _, c := range testdata(t) {
			program := make([]byte, 6*stepCap)
			for i := range program {
				program[i] = byte(random.Uint32())
			}
			c.Apply(program)
			for _, b := range [][]byte{c.Pcap(), c.Pcapng()} {
				back, err := Read(b)
				if err != nil || len(back.Records) != len(c.Records) {
					t.Fatalf("%d records, read back %d: %v", len(c.Records), len(back.Records), err)
				}
			}
		}
	}
}
