package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// An input is a capture, as packets in memory and as files.
type input struct {
	name         string // of the workload
	packets      [][]byte
	wire         []int // lengths on the wire, nil if no packet is truncated
	pcap, pcapng string
	want         *found // what the generator put into it, nil for real captures
}

// A shape is a kind of generated traffic.
type shape struct {
	name string
	make func(t *traffic, size int)
}

var shapes = []shape{{"web", web}, {"small", small}}

// A traffic is a capture under construction. Its packets are contiguous in
// memory, as in a file.
type traffic struct {
	*rand.Rand
	content

	memory []byte
	ends   []int
	want   found
}

func newTraffic(size int) *traffic {
	t := &traffic{Rand: rand.New(rand.NewPCG(2026, 11)), memory: make([]byte, 0, size+size/8+1<<20)}
	t.content = newContent(t.Rand)
	return t
}

func (t *traffic) put(packet []byte) {
	t.memory = append(t.memory, packet...)
	t.ends = append(t.ends, len(t.memory))
}

func (t *traffic) packets() [][]byte {
	all, from := make([][]byte, len(t.ends)), 0
	for i, to := range t.ends {
		all[i], from = t.memory[from:to:to], to
	}
	return all
}

// generate generates a capture of about size bytes, the same in each run, and
// writes it to files in dir.
func generate(s shape, size int, dir string) (*input, error) {
	t := newTraffic(size)
	s.make(t, size)
	in := &input{name: s.name, packets: t.packets(), want: &t.want}
	return in, in.write(dir)
}

// write writes the capture to files in dir, as pcap and as pcapng.
func (in *input) write(dir string) error {
	in.pcap, in.pcapng = filepath.Join(dir, in.name+".pcap"), filepath.Join(dir, in.name+".pcapng")
	if err := writeFile(in.pcap, in.writePcap); err != nil {
		return err
	}
	return writeFile(in.pcapng, in.writePcapng)
}

// String returns the name and size of the capture.
func (in *input) String() string {
	total := 0
	for _, p := range in.packets {
		total += len(p)
	}
	return fmt.Sprintf("%s: %d packets of %d bytes on average", in.name, len(in.packets), total/max(len(in.packets), 1))
}

func writeFile(name string, write func(w *bufio.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	if err := write(w); err != nil {
		return err
	}
	return w.Flush()
}

// at returns the time of packet i.
func at(i int) time.Time { return time.Unix(1_772_366_400, int64(i)*10_000).UTC() }

func (in *input) wireLen(i int) int {
	if in.wire == nil {
		return len(in.packets[i])
	}
	return in.wire[i]
}

func (in *input) writePcap(w *bufio.Writer) error {
	head := make([]byte, pcapHeader)
	binary.LittleEndian.PutUint32(head, 0xa1b2c3d4)
	head[4], head[6], head[20] = 2, 4, 1
	binary.LittleEndian.PutUint32(head[16:], 262144)
	w.Write(head)
	var record [16]byte
	for i, p := range in.packets {
		t := at(i)
		for j, v := range []int{int(t.Unix()), t.Nanosecond() / 1000, len(p), in.wireLen(i)} {
			binary.LittleEndian.PutUint32(record[4*j:], uint32(v))
		}
		w.Write(record[:])
		w.Write(p)
	}
	return nil // Flush returns the first error
}

func (in *input) writePcapng(w *bufio.Writer) error {
	out := pcapng.NewWriter(w)
	if _, err := out.AddInterface(pcapng.Interface{LinkType: pcap.LinkTypeEthernet}); err != nil {
		return err
	}
	for i, p := range in.packets {
		rec := pcap.Record{Time: at(i), Data: p, WireLen: in.wireLen(i), LinkType: pcap.LinkTypeEthernet}
		if err := out.Write(&rec); err != nil {
			return err
		}
	}
	return nil
}

// join concatenates the captures in a directory tree, in the order of their
// names, up to size bytes. It keeps only Ethernet packets, and of a damaged
// capture those before the damage.
func join(captures string, size int, dir string) (*input, error) {
	in := &input{name: "mix"}
	left := size
	err := filepath.WalkDir(captures, func(name string, e os.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && left > 0 {
			left = in.add(name, left)
		}
		return err
	})
	if err == nil && len(in.packets) == 0 {
		err = fmt.Errorf("%s: no Ethernet captures", captures)
	}
	if err != nil {
		return nil, err
	}
	return in, in.write(dir)
}

// add adds the packets of a file, if it is a capture, up to left bytes, and
// returns what remains of left.
func (in *input) add(name string, left int) int {
	r, err := pcap.Open(name)
	if err != nil {
		return left
	}
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil || left <= 0 {
			break
		}
		if rec.LinkType == pcap.LinkTypeEthernet {
			in.packets = append(in.packets, bytes.Clone(rec.Data))
			in.wire = append(in.wire, max(rec.WireLen, len(rec.Data))) // some readers refuse a smaller length
			left -= len(rec.Data)
		}
	}
	return left
}
