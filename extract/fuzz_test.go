package extract

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/pcap"
)

// The report of any capture is written and read back without loss.
func FuzzExtract(f *testing.F) {
	var c capture
	c.add(build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(1, "www", "example")))
	c.request("10.0.0.5", "198.51.100.7", 80, "GET / HTTP/1.1\r\nHost: www.example\r\nUser-Agent: a\r\n\r\n")
	f.Add(c.file.Bytes())
	f.Add(new(build.Pcapng).Section().Interface(101, 0).
		Enhanced(0, 1, build.UDP("2001:db8::1", 5000, "2001:db8::2", 5353, build.DNSQuery(1, "a.b\x00", "local"))).Bytes())
	for _, name := range []string{"dhcp.pcap", "ftp.pcap", "smtp.pcap", "ssh.pcap", "starttls.pcap", "tls12.pcap", "two-interfaces.pcapng", "vxlan.pcap"} {
		b, err := os.ReadFile("../testdata/" + name)
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
		rep, _ := Read(context.Background(), r, Options{MaxValues: 16})
		withinWork(t, "", rep, Options{})
		want := jsonOf(t, rep, true)
		back, err := ReadJSON(strings.NewReader(want))
		if err != nil {
			t.Fatalf("written report cannot be read: %v", err)
		}
		sameText(t, "read back", want, jsonOf(t, back, true))
	})
}
