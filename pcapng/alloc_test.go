package pcapng_test

import (
	"bytes"
	"io"
	"testing"
	"time"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// number decodes an option as each type other than text.
func number(o pcapng.Option) (n uint64) {
	n64, _ := o.Uint64()
	n32, _ := o.Uint32()
	flags, _ := o.Flags()
	hash, _ := o.Hash()
	verdict, _ := o.Verdict()
	process, thread, _ := o.ProcessThread()
	custom, _ := o.Custom()
	return n64 + uint64(n32) + uint64(flags) + uint64(len(hash.Value)) + verdict.Action + uint64(process+thread) + uint64(custom.PEN)
}

// touch reads the content of a block except text.
func touch(b *pcapng.Block) (n uint64) {
	for o := range b.Options() {
		n += number(o)
	}
	for r := range b.Names() {
		addr, _ := r.Addr()
		n += uint64(addr.BitLen())
	}
	for f := range b.Journal() {
		n += uint64(len(f.Value))
	}
	secrets, _ := b.Secrets()
	stats, _ := b.Stats()
	custom, _ := b.Custom()
	drops, _ := b.DropCount()
	if b.Validate() != nil {
		n++
	}
	return n + uint64(len(secrets.Data)) + stats.Received.N + uint64(custom.PEN) + drops
}

// Neither blocks nor options allocate.
func TestNoAllocations(t *testing.T) {
	const runs = 200
	file := everything(false)
	blocks, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	// One section and its interfaces, then the other blocks many times.
	after := blocks[3].Offset
	many := append(bytes.Clone(file[:after]), bytes.Repeat(file[after:], 2*runs)...)
	for name, r := range map[string]*pcapng.Reader{
		"memory": pcapng.NewReaderBytes(many), "stream": pcapng.NewReader(bytes.NewReader(many)),
	} {
		w := pcapng.NewWriter(io.Discard)
		var sum uint64
		next := func() {
			b, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			sum += touch(b)
			if err := w.WriteBlock(b); err != nil {
				t.Fatal(err)
			}
			rec, ok := r.Record(b)
			if !ok {
				return
			}
			for o := range pcapng.PacketOptions(rec) {
				sum += number(o)
			}
			if err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		for range len(blocks) * runs / 2 { // until all buffers have their final size
			next()
		}
		if n := testing.AllocsPerRun(len(blocks)*runs, next); n != 0 {
			t.Errorf("%s: %v allocations a block", name, n)
		}
		if sum == 0 {
			t.Error("nothing was read")
		}
	}
}

func TestWriteDoesNotAllocate(t *testing.T) {
	w := pcapng.NewWriter(io.Discard)
	rec := &pcap.Record{Time: time.Unix(1, 2), Data: make([]byte, 100), WireLen: 100, LinkType: pcap.LinkTypeEthernet}
	opts := []pcapng.Option{pcapng.Comment("hello"), pcapng.FlagInbound.Option()}
	if n := testing.AllocsPerRun(100, func() {
		if err := w.Write(rec, opts...); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a packet", n)
	}
}
