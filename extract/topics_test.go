package extract_test

import (
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// The tests below check the observations of each topic. The expected values are from
// the description of the captures in testdata/README.md, from tshark's output in
// testdata/golden, or from an RFC.

// observe reads a capture of testdata for one topic only.
func observe(t *testing.T, capture string, topic extract.Topic) *extract.Report {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", capture))
	if err != nil {
		t.Fatal(err)
	}
	return observeBytes(t, b, topic)
}

func observeBytes(t *testing.T, capture []byte, topic extract.Topic) *extract.Report {
	t.Helper()
	r, err := pcap.NewReaderBytes(capture)
	if err != nil {
		t.Fatal(err)
	}
	o := extract.Options{Only: extract.TopicSetOf(topic), Stream: stream.Config{Hash: stream.HashSHA256}}
	rep, err := extract.Read(t.Context(), r, o)
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

// same compares texts without regard to order.
func same(t *testing.T, got, want []string) {
	t.Helper()
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHTTPTopic(t *testing.T) {
	rep := observe(t, "http.pcap", extract.HTTP)
	var requests []string
	for r := range rep.Requests() {
		for status, n := range r.Statuses {
			requests = append(requests, fmt.Sprintf("%dx %s %s %d", n, r.Method, r.URL, status))
		}
	}
	const news, cdn = "http://www.news.example", "http://cdn.badfiles.example"
	same(t, requests, []string{
		"1x GET " + news + "/robots.txt 200", "1x GET " + news + "/ 200", "1x GET " + news + "/live/now.txt 200",
		"1x POST " + news + "/comment?id=7 200", "1x HEAD " + news + "/robots.txt 200", "1x GET " + news + "/robots.txt 304",
		"1x GET " + news + "/missing%20page 404",
		"1x GET " + news + "/old 301", "1x GET " + news + "/index.html 200",
		"1x GET " + cdn + "/get/update.bin 302", "1x GET " + cdn + "/files/9f2c/update.bin 200",
		"1x GET " + cdn + "/files/9f2c/update.bin 206",
		"1x GET " + news + "/robots.txt 200", "1x GET " + news + "/robots.txt?again 200",
	})
	var redirects []string
	for r := range rep.Redirects() {
		redirects = append(redirects, fmt.Sprintf("%s %d %s", r.From, r.Status, r.To))
	}
	same(t, redirects, []string{
		news + "/old 301 " + news + "/index.html",
		cdn + "/get/update.bin 302 " + cdn + "/files/9f2c/update.bin",
	})
}

func TestFilesTopic(t *testing.T) {
	for _, test := range []struct{ capture, name, sha256 string }{
		{"upload.pcap", "Report 7.bin", "a2b1a6ae4ce372b0798bc33f360ff6e1635f3ce866f8955deb5571a0f88b6cf0"},
		{"upload.pcap", "note.txt", "461eb6fe069d407c297912ab2ba68a695c2f6a182d02bd08c582887b906b69a5"},
		{"smtp.pcap", "invoice-4711.pdf.exe", "5d1f2f130b6dd732f061fc44f3a6b6f8915481b5a9e959d5e31f4af15dea454a"},
		{"story.pcapng", "update.bin", "b3c3a7598f4d0a06fde1b83dd8f16a7d22c10d25e850df8f4e29460f291e2dc7"},
	} {
		if !slices.ContainsFunc(slices.Collect(observe(t, test.capture, extract.Files).Files()), func(f *extract.File) bool {
			return f.Name == test.name && f.SHA256 == test.sha256
		}) {
			t.Errorf("%s: no file %s with SHA-256 %s", test.capture, test.name, test.sha256)
		}
	}
	var ftp []string
	for f := range observe(t, "ftp.pcap", extract.Files).Files() {
		ftp = append(ftp, fmt.Sprint(f.Name, " ", f.Size))
	}
	same(t, ftp, []string{"readme.txt 791"})
}

func TestTLSTopic(t *testing.T) {
	rep := observe(t, "tls12.pcap", extract.TLS)
	var sessions, certificates, presented []string
	hashes := map[string]string{}
	for s := range rep.Sessions() {
		sessions = append(sessions, fmt.Sprintf("%s %s offers %s, %s chosen", s.Version, s.ServerName, s.ALPN, s.Selected))
	}
	same(t, sessions, []string{"TLS 1.2 shop.partner.example offers h2,http/1.1, h2 chosen"})
	for c := range rep.Certificates() {
		hashes[c.SHA256] = c.CommonName
		certificates = append(certificates, fmt.Sprintf("%s for %v, CA: %t, %s", c.CommonName, c.Names, c.CA, c.Issuer))
	}
	const issuer = "CN=Lab CA,O=Lab of the example nets"
	same(t, certificates, []string{
		"shop.partner.example for [shop.partner.example], CA: false, " + issuer,
		"Lab CA for [], CA: true, " + issuer,
	})
	for p := range rep.Presented() {
		presented = append(presented, fmt.Sprintf("%s %d %s", p.Server, p.Position, hashes[p.SHA256]))
	}
	same(t, presented, []string{"203.0.113.81:443 0 shop.partner.example", "203.0.113.81:443 1 Lab CA"})
}

func TestDNSTopic(t *testing.T) {
	rep := observe(t, "story.pcapng", extract.DNS)
	var resolutions []string
	for r := range rep.Resolutions() {
		if strings.HasSuffix(r.Name, "badfiles.example") || r.Name == "edge7.hosting.example" || r.Name == "telemetry.quietpanel.example" {
			resolutions = append(resolutions, fmt.Sprintf("%s %s %s", r.Name, r.Type, r.Value))
		}
	}
	same(t, resolutions, []string{
		"cdn.badfiles.example CNAME edge7.hosting.example",
		"edge7.hosting.example A 203.0.113.80", "edge7.hosting.example AAAA 2001:db8:80::80",
		"telemetry.quietpanel.example A 198.51.100.44", // no AAAA
	})
	var failed, asked []string
	for q := range rep.Queries() {
		asked = append(asked, q.Name)
		if q.NXDomain > 0 {
			failed = append(failed, q.Name)
		}
	}
	same(t, failed, []string{"wpad.corp.example"})
	want := slices.DeleteFunc(tshark(t, "story", "dns.qry.name"), func(s string) bool { return s == "" })
	slices.Sort(want)
	same(t, asked, slices.Compact(want))
}

func TestMailTopic(t *testing.T) {
	rep := observe(t, "smtp.pcap", extract.Mail)
	var mails, envelopes []string
	for m := range rep.Emails() {
		mails = append(mails, fmt.Sprint(m.From, m.To, m.Subject))
	}
	same(t, mails, []string{"[billing@badfiles.example] [alice@partner.example bob@partner.example]Invoice 4711 – overdue"})
	for e := range rep.Envelopes() {
		envelopes = append(envelopes, fmt.Sprintf("%s %s", e.Command, e.Addr))
	}
	same(t, envelopes, []string{
		"EHLO ws17.corp.example", "MAIL billing@badfiles.example", "RCPT alice@partner.example", "RCPT bob@partner.example",
	})
}

func TestSSHTopic(t *testing.T) {
	var peers []string
	for p := range observe(t, "ssh.pcap", extract.SSH).SSHPeers() {
		value := p.Value
		switch p.Kind {
		case "software":
			value, _, _ = strings.Cut(value, " ") // the rest is Debian's revision
		default: // different in every capture
			value = fmt.Sprint(len(value), " bytes")
		}
		peers = append(peers, fmt.Sprintf("%s server: %t, %s %s", p.Addr.Addr(), p.Server, p.Kind, value))
	}
	same(t, peers, []string{
		"10.20.30.17 server: false, software SSH-2.0-OpenSSH_9.2p1", "203.0.113.22 server: true, software SSH-2.0-OpenSSH_9.2p1",
		"10.20.30.17 server: false, hassh 32 bytes", "203.0.113.22 server: true, hassh 32 bytes",
		"203.0.113.22 server: true, host-key 50 bytes",
	})
}

// users returns the users of all logins with their counts.
func users(rep *extract.Report) (all []string) {
	for l := range rep.Logins() {
		all = append(all, fmt.Sprintf("%dx %v %s", l.Count, l.Proto, l.User))
	}
	return all
}

func TestLoginsTopic(t *testing.T) {
	rep := observe(t, "ftp.pcap", extract.Logins)
	same(t, users(rep), []string{"2x FTP anonymous"})
	if json := jsonOf(t, rep); strings.Contains(json, "reader@corp.example") {
		t.Error("the report holds the password of FTP")
	}
	// RFC 1939 section 7.
	rep = observeBytes(t, dialogue(110, "S +OK POP3 server ready",
		"C USER frated", "S -ERR sorry, no mailbox for frated here", "C USER mrose", "S +OK mrose is a real hoopy frood",
		"C PASS secret", "S +OK mrose's maildrop has 2 messages (320 octets)"), extract.Logins)
	same(t, users(rep), []string{"1x POP3 frated", "1x POP3 mrose"})
	if strings.Contains(jsonOf(t, rep), "secret") {
		t.Error("the report holds the password of POP3")
	}
}

func TestDHCPTopic(t *testing.T) {
	leases := func(rep *extract.Report) (all []string) {
		for l := range rep.Leases() {
			all = append(all, fmt.Sprintf("%s %q %q %v", l.MAC, l.HostName, l.VendorClass, l.Addr))
		}
		return all
	}
	same(t, leases(observe(t, "dhcp.pcap", extract.DHCP)), []string{ // discover, offer, request, ack
		`02:00:5e:20:30:17 "ws17" "lab" invalid IP`,
		`02:00:5e:20:30:17 "" "" 10.20.30.104`,
		`02:00:5e:20:30:17 "ws17" "lab" 10.20.30.104`,
		`02:00:5e:20:30:17 "ws17" "" 10.20.30.104`,
	})
	request := "03 000001" + // REQUEST (RFC 8415 section 8)
		"0001 000e 0001 0001 2b3c4d5e 02005e203017" + // client identifier: DUID-LLT, Ethernet (section 11.2)
		"0003 0028 00000001 00000000 00000000" + // IA_NA (section 21.4)
		"0005 0018 20010db8003000000000000000000017 00000000 00000000" + // address (section 21.6)
		"0010 000e 00000137 0008 4d53465420352e30" + // vendor class 311, "MSFT 5.0" (section 21.16)
		"0027 0014 00 04 77733137 04 636f7270 07 6578616d706c65 00" // client FQDN (RFC 4704 section 4)
	b, err := hex.DecodeString(strings.ReplaceAll(request, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	var file build.Pcap
	file.Add(noon, build.Ethernet(0x86dd, build.UDP("fe80::5eff:fe20:3017", 546, "ff02::1:2", 547, b)))
	same(t, leases(observeBytes(t, file.Bytes(), extract.DHCP)), []string{
		`02:00:5e:20:30:17 "ws17.corp.example" "MSFT 5.0" 2001:db8:30::17`,
	})
}

// The packets of each address match tshark's count.
func TestIPTopic(t *testing.T) {
	want, got := map[string][2]int64{}, map[string][2]int64{}
	for i, columns := range [][]string{{"ip.src", "ipv6.src"}, {"ip.dst", "ipv6.dst"}} {
		for _, column := range columns {
			for _, addr := range tshark(t, "story", column) {
				if addr != "" {
					n := want[addr]
					n[i]++
					want[addr] = n
				}
			}
		}
	}
	rep := observe(t, "story.pcapng", extract.IP)
	for h := range rep.Hosts() {
		got[h.Addr.String()] = [2]int64{h.Sent.Packets, h.Received.Packets}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	workstation := netip.MustParseAddr("10.20.30.17")
	if !slices.ContainsFunc(slices.Collect(rep.Links()), func(l *extract.Link) bool {
		return l.Addr == workstation && l.MAC == "02:00:5e:20:30:17" && l.Count > l.ARP
	}) {
		t.Error("no IP packet shows the hardware address of the workstation")
	}
}

func TestConnectionsTopic(t *testing.T) {
	rep := observe(t, "story.pcapng", extract.Connections)
	got := map[string]int64{}
	for c := range rep.Connections() {
		if c.Client.String() == "10.20.30.17" && c.Proto == 6 {
			got[c.Server.String()] = c.Ended.Closed
		}
	}
	if diff := cmp.Diff(map[string]int64{"198.51.100.44:443": 5, "203.0.113.80:80": 1, "203.0.113.81:80": 2}, got); diff != "" {
		t.Error(diff)
	}
	ports := map[string]bool{} // of the single connections to one server
	for f := range rep.Flows() {
		if f.Server.String() == "198.51.100.44:443" {
			ports[fmt.Sprint(f.Client.Port())] = true
		}
	}
	want := map[string]bool{}
	from := tshark(t, "story", "tcp.srcport")
	for i, to := range tshark(t, "story", "ip.dst") {
		if to == "198.51.100.44" {
			want[from[i]] = true
		}
	}
	if diff := cmp.Diff(want, ports); diff != "" {
		t.Error(diff)
	}
}

// tshark returns a column of testdata/golden.
func tshark(t *testing.T, capture, column string) (cells []string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "golden", capture+".tsv"))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.Index(rows[0], column)
	for _, row := range rows[1:] {
		cells = append(cells, row[i])
	}
	return cells
}

func jsonOf(t *testing.T, rep *extract.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := rep.WriteJSON(&b, true); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// dialogue returns a capture of one TCP connection to a port in which client and
// server send lines: those of the client begin with "C ", the others with "S ".
func dialogue(port uint16, lines ...string) []byte {
	const client, server = "10.0.0.5", "192.0.2.110"
	var file build.Pcap
	var sent, received uint32 // the next sequence numbers of client and server
	at := noon
	add := func(fromClient bool, flags uint8, data string) {
		s := build.TCP{Src: client, Dst: server, SrcPort: 40000, DstPort: port, Seq: sent, Ack: received, Flags: flags, Data: data}
		if !fromClient {
			s.Src, s.Dst, s.SrcPort, s.DstPort, s.Seq, s.Ack = server, client, port, 40000, received, sent
		}
		file.Add(at, build.Ethernet(0x0800, s.Packet()))
		at = at.Add(time.Second)
	}
	add(true, 0x02, "") // SYN
	sent = 1
	add(false, 0x12, "")
	received = 1
	add(true, 0x10, "")
	for _, line := range lines {
		data := line[2:] + "\r\n"
		add(line[0] == 'C', 0x18, data)
		if line[0] == 'C' {
			sent += uint32(len(data))
		} else {
			received += uint32(len(data))
		}
	}
	return file.Bytes()
}
