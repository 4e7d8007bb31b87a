package extract

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

// A connection is answered if the server sent data, not only packets.
func TestAnswered(t *testing.T) {
	const client, server = "10.0.0.5", "192.0.2.80"
	up := func(seq, ack uint32, flags uint8, data string) []byte {
		return build.TCP{Src: client, Dst: server, SrcPort: 40000, DstPort: 443, Seq: seq, Ack: ack, Flags: flags, Data: data}.Packet()
	}
	down := func(seq, ack uint32, flags uint8, data string) []byte {
		return build.TCP{Src: server, Dst: client, SrcPort: 443, DstPort: 40000, Seq: seq, Ack: ack, Flags: flags, Data: data}.Packet()
	}
	opened := [][]byte{up(1, 0, 2, ""), down(1, 2, 0x12, ""), up(2, 2, 0x10, "")}
	sent := append(opened[:3:3], up(2, 2, 0x18, "\x00raw"), down(2, 6, 0x10, ""))
	for _, test := range []struct {
		name    string
		packets [][]byte
		want    []string
	}{
		{"a handshake", opened, []string{"TCP 0 []"}},
		{"an acknowledgement", sent, []string{"TCP 0 []"}},
		{"data of no known protocol", append(sent[:5:5], down(2, 6, 0x18, "\x01raw")), []string{"TCP 1 []"}},
		{"a datagram", [][]byte{build.UDP(client, 40000, server, 9, []byte("x"))}, []string{"UDP 0 []"}},
		{"an empty answer", [][]byte{
			build.UDP(client, 40000, server, 9, []byte("x")), build.UDP(server, 9, client, 40000, nil),
		}, []string{"UDP 0 []"}},
		{"an answer", [][]byte{
			build.UDP(client, 40000, server, 9, []byte("x")), build.UDP(server, 9, client, 40000, []byte("y")),
		}, []string{"UDP 1 []"}},
	} {
		var c capture
		for _, p := range test.packets {
			c.add(p)
		}
		var got []string
		for row := range c.report(t, Options{}).Connections() {
			got = append(got, fmt.Sprintf("%v %d %v", row.Proto, row.Answered, row.Protos))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
}

// The connections to the ports that FTP announces are marked. tshark shows these in the
// reply 229 and in PORT.
func TestAnnouncedPorts(t *testing.T) {
	var got []string
	for c := range readFile(t, "../testdata/ftp.pcap", Options{}).Connections() {
		got = append(got, fmt.Sprintf("%v %v", c.Server, c.Protos))
	}
	want := []string{"203.0.113.22:21 [FTP]", "203.0.113.22:12383 [FTP data]", "10.20.30.17:34089 [FTP data]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
