package event

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/sightline-go/sightline/internal/build"
)

// networkCases are about the network of the capture, and who only claims to be of it.
func networkCases() []judgeCase {
	const addr, other = "203.0.113.9", "203.0.113.10"
	directory := scene{}.query("_ldap._tcp.dc._msdcs.corp.example").conn(other+":80", "")
	client := scene{}.row("connections", `"client":"198.51.100.5","server":"203.0.113.53:53","proto":17,"protos":["DNS"],"ended":{"open":1}`).
		row("resolvers", `"addr":"203.0.113.53","recursive":9,"domains":["shop.example","test.example"]`).row("hosts", `"addr":"198.51.100.5","client":1`)
	visit := func(s scene, client, server string) scene {
		return s.row("requests", `"url":"http://www.shop.example/a.php","method":"POST","target":"/a.php","host":"www.shop.example","client":%q,"server":%q`, client, server+":80")
	}
	upload := func(client, server string) scene {
		return scene{}.row("files", `"sha256":%q,"name":"a.dat","sniffed":%q,"size":999,"state":"complete","proto":"HTTP/1","from_client":true,"client":%q,"server":%q`, sum, exe, client, server+":80")
	}
	claimed := scene{}.get("dns.google", "/a", "application/zip", 999)
	resolving := scene{}.answer("www.shop.example", other).conn(other+":80", "")
	selfSigned := func(name string) scene {
		return scene{}.conn(addr+":443", "TLS").row("sessions", `"server_name":%q,"client":"10.0.0.5","server":"%s:443","proto":"TLS"`, name, addr).
			row("certificates", `"sha256":%q,"self_signed":true`, sum).row("presented", `"sha256":%q,"server":"%s:443"`, sum, addr)
	}
	return []judgeCase{
		{"name below the domain of the network", directory.absent("isatap.corp.example"), "isatap.corp.example", "context: domain of the network"},
		{"host of the domain that is contacted inside", directory.answer("dc.corp.example", "10.0.0.2").conn("10.0.0.2:389", ""), "dc.corp.example", "context: domain of the network"},
		{"host of the domain that is contacted outside", directory.answer("www.corp.example", addr).conn(addr+":443", "TLS"), "www.corp.example", "detect: contacted name"},
		{"name beside the domain of the network", directory.absent("isatap.corp.test.example"), "isatap.corp.test.example", "detect: queried name"},
		{"controllers of a public suffix", scene{}.query("_ldap._tcp.dc._msdcs.com").absent("www.shop.com"), "www.shop.com", "detect: queried name"},

		{"client of a resolver", client, "198.51.100.5", "context: client of the network"},
		{"client of a resolver, contacted, too", client.conn("198.51.100.5:22", "SSH"), "198.51.100.5", "context: client of the network"},
		{"other client", client.row("hosts", `"addr":"198.51.100.6","client":1`), "198.51.100.6", "detect: contacted address"},

		{"URL of a server inside", visit(scene{}, addr, "10.0.0.5"), "http://www.shop.example/a.php", "context: server of the network"},
		{"name of a server inside", visit(scene{}, addr, "10.0.0.5"), "www.shop.example", "context: server of the network"},
		{"URL of a server inside with a public address", visit(client, addr, "198.51.100.5"), "http://www.shop.example/a.php", "context: server of the network"},
		{"URL that is requested from inside, too", visit(visit(scene{}, addr, "10.0.0.5"), "10.0.0.5", addr), "http://www.shop.example/a.php", "detect: requested URL"},
		{"name that is in a hello from inside, too", visit(scene{}, addr, "10.0.0.5").hello("www.shop.example", addr+":443"), "www.shop.example", "detect: contacted name"},
		{"program that a client outside uploads", upload(addr, "10.0.0.5"), "a.dat|" + sum, "detect: malicious content"},
		{"program that a client inside uploads", upload("10.0.0.5", addr), "a.dat|" + sum, "context: upload"},

		{"claim without other evidence", claimed, "203.0.113.9", "context: well-known service"},
		{"claim beside answers for others", merge(claimed, resolving), addr, "detect: contacted address"},
		{"its URL", merge(claimed, resolving), "http://dns.google/a", "detect: URL of a downloaded file"},
		{"its file", merge(claimed, resolving), "a|" + sum, "detect: downloaded file"},
		{"its name", merge(claimed, resolving), "dns.google", "context: well-known service"},
		{"claim with an answer", merge(claimed, resolving).answer("dns.google", addr), addr, "context: well-known service"},
		{"claim in TLS beside answers for others", resolving.hello("dns.google", addr+":443"), addr, "context: well-known service"},
		{"DNS over HTTPS, decrypted, beside answers for others", merge(resolving, scene{}.conn(addr+":443", "DNS").
			row("requests", `"url":"http://dns.google/dns-query","method":"POST","target":"/dns-query","host":"dns.google","client":"10.0.0.5","server":"%s:443"`, addr)), addr, "context: well-known service"},
		{"claim with a self-signed certificate", selfSigned("dns.google"), addr, "detect: contacted address"},
		{"its certificate", selfSigned("dns.google"), sum, "detect: certificate of a contacted server"},
		{"self-signed certificate with an answer", selfSigned("dns.google").answer("dns.google", addr), addr, "context: well-known service"},
	}
}

// merge returns the rows of both scenes.
func merge(a, b scene) scene {
	all := scene{}
	for _, s := range []scene{a, b} {
		for table, rows := range s {
			all[table] = append(all[table], rows...)
		}
	}
	return all
}

// sharedCases are about services on which anybody can publish.
func sharedCases() []judgeCase {
	const addr = "203.0.113.9"
	paste := scene{}.get("pastebin.com", "/raw/abc", "text/plain", 999)
	return []judgeCase{
		{"shared name", paste, "pastebin.com", "context: shared service"},
		{"address of a shared name", paste, addr, "context: shared service"},
		{"answer for a shared name", paste.answer("pastebin.com", addr), "pastebin.com|" + addr, "context: shared service"},
		{"URL of a shared name", paste, "http://pastebin.com/raw/abc", "detect: requested URL"},
		{"program of a shared name", scene{}.get("cdn.discordapp.com", "/a.exe", exe, 999), "http://cdn.discordapp.com/a.exe", "detect: malicious content"},
		{"address of a shared name and a well-known one", paste.hello("dns.google", addr+":443"), addr, "context: shared service"},
		{"address of a shared name and another", paste.hello("c2.shop.example", addr+":443"), addr, "detect: contacted address"},
		{"certificate of a shared name", scene{}.hello("pastebin.com", addr+":443"), sum, "context: only on well-known hosts"},
		{"claim of a shared name", merge(paste, scene{}.answer("www.shop.example", "203.0.113.10")), addr, "detect: contacted address"},
		{"name of a customer", scene{}.hello("evil.github.io", addr+":443"), "evil.github.io", "detect: contacted name"},
		{"name of a machine of a customer", scene{}.hello("9.113.0.203.bc.googleusercontent.com", addr+":443"), "9.113.0.203.bc.googleusercontent.com", "detect: contacted name"},
	}
}

// mailCases are about clients that send mail to strangers.
func mailCases() []judgeCase {
	spam := func(n int) scene {
		return scene{}.times(n, func(s scene, i int) scene {
			domain, server := fmt.Sprintf("d%d.example", i), fmt.Sprintf("198.51.100.%d", i)
			return s.query(domain).row("resolutions", `"name":%q,"type":"MX","value":"mx.%s"`, domain, domain).
				answer("mx."+domain, server).conn(server+":25", "SMTP")
		}).row("envelopes", `"command":"MAIL","addr":"a@shop.example","client":"10.0.0.5","server":"198.51.100.1:25"`)
	}
	mail := func(s scene, client, from, to string) scene {
		return s.row("emails", `"from":[%q],"to":[%q],"proto":"SMTP","client":%q,"server":"203.0.113.25:25"`, from, to, client)
	}
	return []judgeCase{
		{"one of 17 mail servers", spam(17), "198.51.100.7", "left out: one of many mail servers"},
		{"name of one of 17 mail servers", spam(17), "mx.d7.example", "left out: one of many mail servers"},
		{"domain of one of 17 mail servers", spam(17), "d7.example", "left out: one of many mail servers"},
		{"name without MX records", spam(17).query("www.shop.example"), "www.shop.example", "detect: queried name"},
		{"one of 17 mail servers that is a web server, too", spam(17).conn("198.51.100.7:80", "HTTP/1"), "198.51.100.7", "detect: contacted address"},
		{"its name", spam(17).conn("198.51.100.7:80", "HTTP/1"), "mx.d7.example", "detect: contacted name"},
		{"one of 16 mail servers", spam(16), "198.51.100.7", "detect: contacted address"},
		{"domain of one of 16 mail servers", spam(16), "d7.example", "detect: queried name"},
		{"sender of spam", spam(17), "a@shop.example", "context: sender of mass mail"},
		{"sender of spam and other mail", mail(spam(17), "10.0.0.6", "a@shop.example", "b@test.example"), "a@shop.example", "detect: observed"},
		{"sender of other mail", spam(16), "a@shop.example", "detect: observed"},

		{"only recipient of a client inside", mail(scene{}, "10.0.0.5", "a@shop.example", "b@test.example"), "b@test.example", "detect: observed"},
		{"recipient of a client outside", mail(scene{}, "203.0.113.9", "a@shop.example", "b@test.example"), "b@test.example", "context: recipient"},
		{"one of two recipients", mail(mail(scene{}, "10.0.0.5", "a@shop.example", "b@test.example"), "10.0.0.5", "a@shop.example", "c@test.example"), "b@test.example", "context: recipient"},
	}
}

// deadCases are about names that lead nowhere, and top-level domains that do not exist.
func deadCases() []judgeCase {
	contact := scene{}.conn("203.0.113.10:80", "")
	tunnel := func(n int) scene {
		return contact.times(n, func(s scene, i int) scene { return s.query(fmt.Sprintf("dnscat.%02dabcdef", i)) })
	}
	return []judgeCase{
		{"name that leads to no address", contact.answer("c2.shop.example", "0.0.0.0"), "c2.shop.example", "detect: queried name"},
		{"name that leads to the client", contact.answer("c2.shop.example", "127.0.0.1"), "c2.shop.example", "detect: queried name"},
		{"name on a block list", contact.answer("2.0.0.127.bl.shop.example", "127.0.0.2"), "2.0.0.127.bl.shop.example", "context: not contacted"},
		{"name that leads to the client and elsewhere", contact.answer("c2.shop.example", "127.0.0.1").answer("c2.shop.example", "203.0.113.9"), "c2.shop.example", "context: not contacted"},
		{"one of 17 top-level domains that do not exist", tunnel(17), "dnscat.07abcdef", "left out: one of many names of a domain"},
		{"one of 16 top-level domains that do not exist", tunnel(16), "dnscat.07abcdef", "detect: queried name"},
		{"name beside them", tunnel(17).query("shop.test"), "shop.test", "left out: one of many names of a domain"},
		{"two names of a top-level domain beside them", tunnel(17).query("a.bazar").query("b.bazar"), "a.bazar", "detect: queried name"},
		{"name below a public suffix beside them", tunnel(17).query("shop.com"), "shop.com", "detect: queried name"},
		{"one of 40 names of a top-level domain that does not exist", contact.times(40, func(s scene, i int) scene { return s.query(fmt.Sprintf("n%d.bazar", i)) }), "n7.bazar", "detect: queried name"},
	}
}

// A beacon that names a well-known service to an address of its own is not of it.
func TestImpersonation(t *testing.T) {
	var c capture
	c.add(build.UDP("192.0.2.53", 53, "10.0.0.5", 5000, dns(t, "www.shop.example.", &dnsmessage.AResource{A: [4]byte{203, 0, 113, 10}})))
	c.conversation("203.0.113.9", "GET /s/ref HTTP/1.1\r\nHost: update.microsoft.com\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	wantJudgements(t, &c, map[string]string{
		"203.0.113.9": "detect: contacted address", "http://update.microsoft.com/s/ref": "detect: requested URL",
		"update.microsoft.com": "context: well-known service",
	})
}

// A spam bot's victims are not for detection, its command server is.
func TestSpamBot(t *testing.T) {
	var c capture
	for i := range maxMailServers + 1 {
		server := fmt.Sprintf("198.51.100.%d", i)
		c.add(build.TCP{Src: "10.0.0.5", Dst: server, SrcPort: 40000, DstPort: 25, Seq: 1, Flags: 0x18, Data: "EHLO pc\r\nMAIL FROM:<a@shop.example>\r\n"}.Packet())
		c.add(build.TCP{Src: server, Dst: "10.0.0.5", SrcPort: 25, DstPort: 40000, Seq: 1, Ack: 38, Flags: 0x18, Data: "220 mx\r\n"}.Packet())
	}
	c.add(build.TCP{Src: "10.0.0.5", Dst: "203.0.113.9", SrcPort: 40000, DstPort: 443, Seq: 1, Flags: 0x18, Data: "hello"}.Packet())
	wantJudgements(t, &c, map[string]string{
		"198.51.100.7": "left out: one of many mail servers", "a@shop.example": "context: sender of mass mail", "203.0.113.9": "detect: contacted address",
	})
}

// A host with a public address that queries a resolver is of the network.
func TestPublicClient(t *testing.T) {
	var c capture
	answer := dns(t, "www.shop.example.", &dnsmessage.AResource{A: [4]byte{203, 0, 113, 9}})
	answer[2], answer[3] = answer[2]|1, answer[3]|0x80
	c.add(build.UDP("198.51.100.5", 5000, "203.0.113.53", 53, build.DNSQuery(1, "www", "shop", "example")))
	c.add(build.UDP("203.0.113.53", 53, "198.51.100.5", 5000, answer))
	c.answered("198.51.100.5", "203.0.113.9", 4444, "hello", "world")
	wantJudgements(t, &c, map[string]string{"198.51.100.5": "context: client of the network", "203.0.113.9|4444": "detect: contacted address"})
}

// -no-known ignores the table of shared services, too.
func TestNoShared(t *testing.T) {
	rep := scene{}.get("pastebin.com", "/raw/abc", "text/plain", 999).report(t)
	if got := judgements(rep, Options{NoKnown: true}, -1)["pastebin.com"]; got != "detect: contacted name" {
		t.Error(got)
	}
}

func TestSharedTable(t *testing.T) {
	var last string
	for line := range strings.Lines(sharedTSV) {
		columns := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(columns) != 3 || columns[0] <= last || columns[1] == "" || !strings.HasPrefix(columns[2], "https://") {
			t.Errorf("%q after %q", line, last)
			continue
		}
		last = columns[0]
		name := strings.TrimPrefix(last, "=")
		checkName(t, name)
		if kind, ok := wellKnown("any." + name); ok {
			t.Errorf("%s is a well-known service, too: %s", name, kind)
		}
	}
}
