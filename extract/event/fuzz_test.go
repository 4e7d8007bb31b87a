package event

import (
	"bytes"
	"os"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// MISP stores the event of any capture unchanged.
func FuzzEvent(f *testing.F) {
	var c capture
	c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(1, "www", "example")))
	c.request("10.0.0.5", "198.51.100.7", 80, "GET / HTTP/1.1\r\nHost: www.example\r\nUser-Agent: a\r\n\r\n")
	f.Add(c.file.Bytes())
	f.Add(new(build.Pcapng).Section().Interface(101, 0).
		Enhanced(0, 1, build.UDP("2001:db8::1", 5000, "2001:db8::2", 5353, build.DNSQuery(1, "a.b\x00", "local"))).Bytes())
	for _, name := range []string{"dhcp.pcap", "ftp.pcap", "smtp.pcap", "ssh.pcap", "starttls.pcap", "tls12.pcap", "two-interfaces.pcapng", "vxlan.pcap"} {
		b, err := os.ReadFile("../../testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := pcap.NewReaderBytes(b)
		if err != nil {
			return
		}
		rep, _ := extract.Read(t.Context(), r, extract.Options{MaxValues: 16})
		for _, o := range []Options{{}, {Private: true}, {All: true}} {
			acceptable(t, Of(rep, o))
		}
	})
}

// MISP stores the event of a tampered report unchanged.
func FuzzReport(f *testing.F) {
	for _, name := range []string{"story.pcapng", "smtp.pcap"} {
		rep := readFile(f, "../../testdata/"+name, extract.Options{Stream: stream.Config{Hash: stream.HashAll}})
		var b bytes.Buffer
		if err := rep.WriteJSON(&b, true); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	f.Add([]byte(`{"captures":[{},{}]}`)) // equal captures
	f.Fuzz(func(t *testing.T, b []byte) {
		rep, err := extract.ReadJSON(bytes.NewReader(b))
		if err != nil {
			return
		}
		acceptable(t, Of(rep, Options{}))
		acceptable(t, Of(rep, Options{All: true}))
	})
}
