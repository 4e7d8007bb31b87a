package extract

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
)

// firstFragment returns the first 84 bytes of an IPv4 packet as a fragment.
func firstFragment(ip []byte) []byte {
	b := append([]byte(nil), ip[:84]...)
	binary.BigEndian.PutUint16(b[2:], uint16(len(b)))
	b[6] = 0x20 // more fragments
	return b
}

// A datagram of which only the first fragment arrived has the observations of one
// that the capture cut, at the time and with the packet of that fragment, whether a
// later packet or the end of the captures ends the wait.
func TestLostDatagram(t *testing.T) {
	query := append(build.DNSQuery(1, "www", "example"), make([]byte, 200)...)
	ip := build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, query)
	for _, later := range []bool{false, true} {
		var c capture
		c.add(firstFragment(ip))
		if later {
			other := build.UDP("10.0.0.6", 5000, "192.0.2.54", 4000, query)
			for i := range 2 {
				c.at(start.Add(time.Duration(i+2)*time.Minute), build.Ethernet(0x0800, firstFragment(other)))
			}
		}
		rep := c.report(t, Options{})
		queries, conns := 0, 0
		for q := range rep.Queries() {
			queries++
			e, _ := q.Evidence.First()
			if q.Name != "www.example" || q.Count != 1 || e.First.Number != 1 || e.Last.Number != 1 || !e.Last.Time.Equal(start) {
				t.Errorf("%+v", q)
			}
		}
		for x := range rep.Connections() {
			if x.Server.Port() == 53 {
				conns++
				if _, last, _ := x.Seen(); !last.Equal(start) || x.Count != 1 {
					t.Errorf("%+v", x)
				}
			}
		}
		if queries != 1 || conns != 1 || rep.Unseen.Stream.Defrag.Incomplete == 0 {
			t.Errorf("later %v: %d queries, %d connections, %+v", later, queries, conns, rep.Unseen.Stream.Defrag)
		}
	}
}
