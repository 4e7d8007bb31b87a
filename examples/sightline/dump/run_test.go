package dump

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

var start = time.Date(2026, 3, 4, 5, 6, 7, 8000, time.UTC)

func dumped(t *testing.T, file []byte, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	status = run(context.Background(), append(args, "-"), bytes.NewReader(file), &out, &errs)
	return status, out.String(), errs.String()
}

// query is an IP packet with a DNS query, frame its Ethernet frame.
var (
	query = build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(7, "www", "example"))
	frame = build.Ethernet(0x8100, build.VLAN(0x6005, 0x0800, query))
)

func TestText(t *testing.T) {
	var f build.Pcap
	f.Add(start, frame).AddCut(start, frame[:30], len(frame))
	_, got, _ := dumped(t, f.Bytes())
	want := `1 2026-03-04T05:06:07.000008Z 75 Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 802.1Q, VLAN id 5, ` +
		`IPv4 10.0.0.5 > 192.0.2.53, UDP 5000 > 53 len 29, DNS id 7 query A www.example
2 2026-03-04T05:06:07.000008Z 75/30 Ethernet 02:00:00:00:00:01 > 02:00:00:00:00:02 802.1Q, VLAN id 5, ` +
		`!IPv4 at byte 18: truncated by the capture (have 12, need 20)
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// Names and values are those of tshark 4.0.
func TestNDJSON(t *testing.T) {
	tcp := build.TCP{Src: "2001:db8::1", Dst: "2001:db8::2", SrcPort: 4000, DstPort: 80, Seq: 9, Ack: 3, Flags: 0x12,
		Options: []byte{2, 4, 5, 0xb4, 3, 3, 7, 0}}.Packet()
	unreachable := build.IP("192.0.2.53", "10.0.0.5", 1, append([]byte{3, 3, 0, 0, 0, 0, 0, 0}, query...))
	file := new(build.Pcapng).Section().Interface(1, 0).Interface(101, 0).
		Enhanced(0, 1e6, frame, build.Option{Code: 1, Value: []byte("first")}, build.Option{Code: 1, Value: []byte("second")}).
		Enhanced(1, 2e6, tcp).Enhanced(1, 3e6, unreachable).Enhanced(1, 4e6, query[:23]).Bytes()
	_, got, _ := dumped(t, file, "-o", "ndjson")
	ip := `"ip.version":4,"ip.hdr_len":20,"ip.dsfield":0,"ip.len":57,"ip.id":0,"ip.flags":0,"ip.frag_offset":0,"ip.ttl":64,"ip.proto":17,` +
		`"ip.src":"10.0.0.5","ip.dst":"192.0.2.53"`
	dns := `"udp.srcport":5000,"udp.dstport":53,"udp.length":37,"dns.id":7,"dns.flags.response":false,"dns.flags.opcode":0,` +
		`"dns.count.queries":1,"dns.count.answers":0,"dns.count.auth_rr":0,"dns.count.add_rr":0,"dns.qry.name":"www.example","dns.qry.type":1`
	want := []string{
		`{"frame.number":1,"frame.time_epoch":"1.000000000","frame.len":75,"frame.cap_len":75,"frame.linktype":1,"frame.interface_id":0,` +
			`"frame.comment":["first","second"],"eth.dst":"02:00:00:00:00:02","eth.src":"02:00:00:00:00:01","eth.type":33024,` +
			`"vlan.id":5,"vlan.priority":3,"vlan.etype":2048,` + ip + `,` + dns + `}`,
		`{"frame.number":2,"frame.time_epoch":"2.000000000","frame.len":68,"frame.cap_len":68,"frame.linktype":101,"frame.interface_id":1,` +
			`"ip.version":6,"ipv6.tclass":0,"ipv6.flow":0,"ipv6.plen":28,"ipv6.nxt":6,"ipv6.hlim":64,"ipv6.src":"2001:db8::1","ipv6.dst":"2001:db8::2",` +
			`"tcp.srcport":4000,"tcp.dstport":80,"tcp.seq":9,"tcp.ack":3,"tcp.hdr_len":28,"tcp.flags":18,"tcp.window_size_value":65535,"tcp.len":0,` +
			`"tcp.options.mss_val":1460,"tcp.options.wscale.shift":7}`,
		`{"frame.number":3,"frame.time_epoch":"3.000000000","frame.len":85,"frame.cap_len":85,"frame.linktype":101,"frame.interface_id":1,` +
			`"ip.version":[4,4],"ip.hdr_len":[20,20],"ip.dsfield":[0,0],"ip.len":[85,57],"ip.id":[0,0],"ip.flags":[0,0],"ip.frag_offset":[0,0],` +
			`"ip.ttl":[64,64],"ip.proto":[1,17],"ip.src":["192.0.2.53","10.0.0.5"],"ip.dst":["10.0.0.5","192.0.2.53"],"icmp.type":3,"icmp.code":3,` + dns + `}`,
		`{"frame.number":4,"frame.time_epoch":"4.000000000","frame.len":23,"frame.cap_len":23,"frame.linktype":101,"frame.interface_id":1,` +
			ip + `,"malformed":"UDP"}`,
	}
	if diff := cmp.Diff(want, strings.Split(strings.TrimSpace(got), "\n")); diff != "" {
		t.Error(diff)
	}
}

func TestIndicators(t *testing.T) {
	var f build.Pcap
	f.Add(start, frame)
	f.Add(start, build.Ethernet(0x0800, build.TCP{Src: "10.0.0.5", Dst: "198.51.100.7", SrcPort: 4000, DstPort: 80, Seq: 1, Flags: 0x18,
		Data: "GET /a HTTP/1.1\r\nHost: www.example\r\nUser-Agent: x\r\n\r\n"}.Packet()))
	f.Add(start, build.Ethernet(0x0800, build.TCP{Src: "198.51.100.7", Dst: "10.0.0.5", SrcPort: 80, DstPort: 4000, Seq: 1, Flags: 0x18,
		Data: "HTTP/1.1 204 No Content\r\nServer: s\r\n\r\n"}.Packet()))
	_, got, _ := dumped(t, f.Bytes(), "-o", "indicators")
	for _, want := range []string{
		`"packets":3`, `"dns_queries":{"www.example":1}`,
		`{"frame":2,"method":"GET","host":"www.example","uri":"/a","full_uri":"http://www.example/a","user_agent":"x","version":"HTTP/1.1"}`,
		`{"frame":3,"code":204,"server":"s"}`,
		`"ip":{"10.0.0.5":3,"192.0.2.53":1,"198.51.100.7":2}`,
		`"tcp":[{"a":"10.0.0.5","a_port":4000,"b":"198.51.100.7","b_port":80,"packets_ab":1,"bytes_ab":107,"packets_ba":1,"bytes_ba":92,"community_id":"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
}

// An attacker's text is harmless on a terminal, in every format.
func TestDefused(t *testing.T) {
	hostile := "a\x1b[2J\u009b2J\u202e"
	file := new(build.Pcapng).Section().Interface(101, 0).
		Enhanced(0, 1e6, build.UDP("10.0.0.5", 5000, "192.0.2.53", 53, build.DNSQuery(7, hostile, "example")),
			build.Option{Code: 1, Value: []byte(hostile)}).Bytes()
	for format := range printers {
		_, got, _ := dumped(t, file, "-o", format)
		if !strings.Contains(got, "2J") || strings.ContainsAny(got, "\x1b\u009b\u202e") {
			t.Errorf("-o %s: %q", format, got)
		}
	}
}

func TestStatus(t *testing.T) {
	var f build.Pcap
	f.Add(start, frame).Add(start, frame)
	b := f.Bytes()
	if status, stdout, stderr := dumped(t, b[:len(b)-1]); status != 1 || strings.Count(stdout, "\n") != 1 || !strings.Contains(stderr, "offset 115") {
		t.Errorf("truncated capture: status %d, %q, %q", status, stdout, stderr)
	}
	for _, args := range [][]string{{"-o", "xml"}, {"-x"}} {
		if status, _, stderr := dumped(t, b, args...); status != 2 || !strings.Contains(stderr, "sightline dump -h") {
			t.Errorf("%q: status %d, %q", args, status, stderr)
		}
	}
	if status := run(context.Background(), nil, nil, &bytes.Buffer{}, &bytes.Buffer{}); status != 2 {
		t.Errorf("no file: status %d", status)
	}
	if status, stdout, _ := dumped(t, nil, "-h"); status != 0 || stdout != usage {
		t.Errorf("-h: status %d", status)
	}
}

// Only a GTP header of version 1 has a tunnel endpoint at byte 4.
func TestNDJSONGTP(t *testing.T) {
	for header, want := range map[string]bool{
		"\x30\x01\x00\x04\x00\x00\x00\x07seq.":                          true,
		"\x30\x01\x00\x04\x00\x00\x00\x07":                              true,  // truncated
		"\x10\x01\x00\x00\x00\x01\x00\x07\xff\xff\xff\xff" + "12345678": false, // version 0: sequence number, flow label
		"\x2e\x01\x00\x02\x00\x01\x00\x07":                              false, // GTP'
		"\x48\x01\x00\x08\x00\x00\x00\x07\x00\x00\x00\x00":              false, // version 2: gtpv2.teid
	} {
		var f build.Pcap
		f.Add(start, build.Ethernet(0x0800, build.UDP("10.0.0.5", 3386, "192.0.2.53", 3386, []byte(header))))
		if _, got, _ := dumped(t, f.Bytes(), "-o", "ndjson"); strings.Contains(got, `"gtp.teid":7`) != want || strings.Contains(got, "gtp.teid") != want {
			t.Errorf("%q: %s", header, got)
		}
	}
}

// RFC 3339 has no years after 9999.
func TestFarTimes(t *testing.T) {
	file := new(build.Pcapng).Section().Interface(1, 0, build.Option{Code: 9, Value: []byte{0}}).Enhanced(0, 300_000_000_000, frame).Bytes()
	if _, got, _ := dumped(t, file); !strings.HasPrefix(got, "1 - ") {
		t.Error(got)
	}
}
