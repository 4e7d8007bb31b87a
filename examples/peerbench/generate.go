package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// An input is a capture of one shape, as packets in memory and as files.
type input struct {
	shape        string
	packets      [][]byte
	pcap, pcapng string
}

// A shape makes the packets of a kind of traffic.
type shape struct {
	name string
	next func(r *rand.Rand) []byte
}

var shapes = []shape{{"web", web}, {"mix", mix}, {"small", small}}

// web is mostly full segments from servers, and acknowledgements.
func web(r *rand.Rand) []byte {
	if r.IntN(3) == 0 {
		return segment(r, 0, 0)
	}
	return segment(r, 1200, 1460)
}

// mix is some of everything.
func mix(r *rand.Rand) []byte {
	switch n := r.IntN(100); {
	case n < 40:
		return segment(r, 1000, 1460)
	case n < 60:
		return segment(r, 0, 200)
	case n < 70:
		return query(r)
	case n < 80:
		return build.Ethernet(0x0800, build.UDP("192.0.2.53", 53, host(r), port(r), response(r)))
	case n < 90:
		return build.Ethernet(0x86dd, tcp(r, "2001:db8::1", "2001:db8:1::2", r.IntN(1000)))
	case n < 94:
		return build.Ethernet(0x8100, build.VLAN(7, 0x0800, tcp(r, host(r), "198.51.100.7", r.IntN(600))))
	case n < 97:
		return build.Ethernet(0x0800, build.IP(host(r), "198.51.100.7", 1, make([]byte, 64)))
	}
	return build.Ethernet(0x0806, make([]byte, 28))
}

// small is packets of 54 to 90 bytes: the beginnings of connections, and DNS.
func small(r *rand.Rand) []byte {
	if r.IntN(2) == 0 {
		return query(r)
	}
	return segment(r, 0, 36)
}

// segment returns a TCP segment over IPv4 with from lo to hi bytes of data.
func segment(r *rand.Rand, lo, hi int) []byte {
	return build.Ethernet(0x0800, tcp(r, host(r), "198.51.100.7", lo+r.IntN(hi-lo+1)))
}

func tcp(r *rand.Rand, src, dst string, size int) []byte {
	return build.TCP{Src: src, Dst: dst, SrcPort: port(r), DstPort: 443, Seq: r.Uint32(), Ack: r.Uint32(), Flags: 0x10, Data: string(make([]byte, size))}.Packet()
}

func query(r *rand.Rand) []byte {
	return build.Ethernet(0x0800, build.UDP(host(r), port(r), "192.0.2.53", 53, build.DNSQuery(uint16(r.Uint32()), "www", "example", "com")))
}

func host(r *rand.Rand) string {
	return netip.AddrFrom4([4]byte{10, 0, byte(r.IntN(4)), byte(r.IntN(250))}).String()
}

// port returns a port that no protocol owns (RFC 6335 section 6).
func port(r *rand.Rand) uint16 { return uint16(49152 + r.IntN(16384)) }

// response returns a DNS message with a name's alias and its three addresses.
func response(r *rand.Rand) []byte {
	name, alias := domain(r), domain(r)
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: uint16(r.Uint32()), Response: true},
		Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
		Answers: []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET, TTL: 300},
			Body:   &dnsmessage.CNAMEResource{CNAME: alias},
		}},
	}
	for i := range byte(3) {
		m.Answers = append(m.Answers, dnsmessage.Resource{
			Header: dnsmessage.ResourceHeader{Name: alias, Class: dnsmessage.ClassINET, TTL: 60},
			Body:   &dnsmessage.AResource{A: [4]byte{203, 0, 113, i}},
		})
	}
	b, err := m.Pack()
	if err != nil {
		panic(err) // the names are short enough
	}
	return b
}

// domain returns a name of two to four labels and com.
func domain(r *rand.Rand) dnsmessage.Name {
	var name []byte
	for range 2 + r.IntN(3) {
		for range 3 + r.IntN(10) {
			name = append(name, byte('a'+r.IntN(26)))
		}
		name = append(name, '.')
	}
	return dnsmessage.MustNewName(string(name) + "com.")
}

// generate makes a capture of about size bytes, the same at each run, and
// writes it to files in dir.
func generate(s shape, size int, dir string) (*input, error) {
	in := &input{shape: s.name, pcap: filepath.Join(dir, s.name+".pcap"), pcapng: filepath.Join(dir, s.name+".pcapng")}
	r := rand.New(rand.NewPCG(2026, 11))
	memory := make([]byte, 0, size+1<<16) // one behind the other, as in a file
	for len(memory) < size {
		from := len(memory)
		memory = append(memory, s.next(r)...)
		in.packets = append(in.packets, memory[from:len(memory):len(memory)])
	}
	in.shape = fmt.Sprintf("%s (%d packets of %d bytes on average)", s.name, len(in.packets), len(memory)/len(in.packets))
	if err := writeFile(in.pcap, in.writePcap); err != nil {
		return nil, err
	}
	return in, writeFile(in.pcapng, in.writePcapng)
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
func at(i int) time.Time { return time.Unix(1_772_366_400, int64(i)*1000).UTC() }

func (in *input) writePcap(w *bufio.Writer) error {
	head := make([]byte, pcapHeader)
	binary.LittleEndian.PutUint32(head, 0xa1b2c3d4)
	head[4], head[6], head[20] = 2, 4, 1
	binary.LittleEndian.PutUint32(head[16:], 262144)
	w.Write(head)
	for i, p := range in.packets {
		t := at(i)
		for _, v := range []int{int(t.Unix()), t.Nanosecond() / 1000, len(p), len(p)} {
			binary.Write(w, binary.LittleEndian, uint32(v))
		}
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
		if err := out.Write(&pcap.Record{Time: at(i), Data: p, LinkType: pcap.LinkTypeEthernet}); err != nil {
			return err
		}
	}
	return nil
}
