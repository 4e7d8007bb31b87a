package event

import (
	"fmt"
	"slices"
	"strings"
)

// judgeCases returns at least one case for each ruling, and cases beside it that it
// must not apply to. Names and addresses are for documentation (RFC 2606, RFC 5737),
// but those of known.tsv.
func judgeCases() []judgeCase {
	return slices.Concat(fileCases(), serviceCases(), networkCases(), sharedCases(), mailCases(), unusedCases(), deadCases(), restCases())
}

const (
	exe  = "application/vnd.microsoft.portable-executable"
	html = "text/html"
	der  = "application/pkix-crl"
)

func fileCases() []judgeCase {
	inside, outside := "10.0.0.5", "203.0.113.25"
	upload := func(sniffed string) scene {
		return scene{}.conn("203.0.113.9:80", "HTTP/1").row("files",
			`"sha256":%q,"name":"a.dat","sniffed":%q,"size":999,"proto":"HTTP/1","from_client":true,"client":"10.0.0.5","server":"203.0.113.9:80"`, sum, sniffed)
	}
	listed := scene{}.row("files", `"sha256":%q,"name":"setup.exe","sniffed":%q,"size":999,"proto":"FTP data"`, strings.Repeat("cd", 32), exe)
	named := func(name string) string { return name + "|" + sum }
	return []judgeCase{
		{"file on a warninglist", listed, "setup.exe|" + strings.Repeat("cd", 32), "context: warninglist match"},
		{"the name alone is not on it", scene{}.get("shop.example", "/setup.exe", exe, 999), named("setup.exe"), "detect: malicious content"},

		{"program", scene{}.get("www.shop.example", "/a.jpg", exe, 999), named("a.jpg"), "detect: malicious content"},
		{"URL of a program", scene{}.get("www.shop.example", "/a.jpg", exe, 999), "http://www.shop.example/a.jpg", "detect: malicious content"},
		{"program of a well-known host", scene{}.get("dns.google", "/a.jpg", exe, 999), "http://dns.google/a.jpg", "detect: malicious content"},
		{"program as certificate", scene{}.get("crl.shop.example", "/a.crl", exe, 999), named("a.crl"), "detect: malicious content"},
		{"program that comes in by mail", scene{}.attachment(outside, inside, "a.exe", exe), named("a.exe"), "detect: malicious content"},
		{"program that leaves by mail", scene{}.attachment(inside, outside, "a.exe", exe), named("a.exe"), "context: upload"},
		{"program that leaves", upload(exe), named("a.dat"), "context: upload"},

		{"page", scene{}.get("www.shop.example", "/a", html, 999), named("a"), "left out: ordinary web content"},
		{"page of an address", scene{}.get("203.0.113.9", "/a", html, 999), named("a"), "detect: downloaded file"},
		{"page beside the same as a file", scene{}.get("www.shop.example", "/a", html, 999).
			row("files", `"sha256":%q,"name":"b","sniffed":%q,"size":999,"proto":"FTP data"`, sum, html), named("a"), "detect: downloaded file"},

		{"upload", upload("application/zip"), named("a.dat"), "context: upload"},
		{"upload and download", upload("application/zip").get("www.shop.example", "/a.dat", "application/zip", 999), named("a.dat"), "detect: downloaded file"},

		{"file of 15 bytes", scene{}.get("www.shop.example", "/a", "application/zip", 15), named("a"), "context: trifling content"},
		{"file of 16 bytes", scene{}.get("www.shop.example", "/a", "application/zip", 16), named("a"), "detect: downloaded file"},
		{"program of 15 bytes", scene{}.get("www.shop.example", "/a", exe, 15), named("a"), "detect: malicious content"},
		{"program in brotli", inState("unsupported encoding"), named("a"), "context: flawed content"},
		{"program with an error", inState("corrupt encoding"), named("a"), "context: flawed content"},
		{"program whose sender ended early", inState("ended early by the sender"), named("a"), "context: flawed content"},
		{"program with a wrong checksum", inState("wrong or missing checksum"), named("a"), "detect: malicious content"},
		{"program in brotli and decoded", inState("unsupported encoding").get("www.shop.example", "/a", "application/zip", 999), named("a"), "detect: malicious content"},
		{"URL of 15 bytes", scene{}.get("www.shop.example", "/a", "application/zip", 15), "http://www.shop.example/a", "detect: requested URL"},

		{"URL of a file", scene{}.get("www.shop.example", "/a", "application/zip", 999), "http://www.shop.example/a", "detect: URL of a downloaded file"},
		{"URL of a page", scene{}.get("www.shop.example", "/a", html, 999), "http://www.shop.example/a", "detect: requested URL"},
	}
}

func serviceCases() []judgeCase {
	const addr = "203.0.113.53"
	checks := scene{}.get("crl.shop.example", "/a.crl", der, 999)
	two := scene{}.resolver(addr, 0, "shop.example", "test.example")
	likely := func(typ string) scene {
		return scene{}.row("files", `"sha256":%q,"type":%q,"sniffed":"application/x-der","size":999,"proto":"HTTP/1","url":"http://crl.shop.example/b.crl","client":"10.0.0.5","server":"203.0.113.9:80"`, sum, typ).
			row("requests", `"url":"http://crl.shop.example/b.crl","method":"GET","target":"/b.crl","host":"crl.shop.example","client":"10.0.0.5","server":"203.0.113.9:80"`)
	}
	offered := scene{}.row("connections", `"client":"10.0.0.5","server":"%s:67","proto":17,"ended":{"open":1}`, addr).
		row("hosts", `"addr":%q,"server":1`, addr).row("services", `"addr":%q,"role":"dhcp"`, addr)
	clock := scene{}.answer("time.shop.example", addr).ntp(addr, 0)
	return []judgeCase{
		{"resolver of two domains", two, addr, "left out: DNS resolver"},
		{"resolver of an odd answer", scene{}.resolver(addr, 1, "shop.example", "test.example"), addr, "detect: contacted address"},
		{"resolver that is a web server, too", two.conn(addr+":80", "HTTP/1"), addr, "detect: contacted address"},
		{"resolver that answered ICMP, too", two.row("connections", `"client":"10.0.0.5","server":"%s:0","proto":1,"ended":{"open":1}`, addr), addr, "left out: DNS resolver"},
		{"resolver with another protocol on its port", two.conn(addr+":53", "SSH"), addr, "detect: contacted address"},
		{"resolver that never answered recursively", scene{}.conn(addr+":53", "DNS").
			row("resolvers", `"addr":%q,"other":9,"domains":["shop.example","test.example"]`, addr), addr, "detect: contacted address"},
		{"resolver of one domain", scene{}.resolver(addr, 0, "shop.example"), addr, "context: DNS resolver of one domain"},
		{"odd resolver of one domain", scene{}.resolver(addr, 1, "shop.example"), addr, "detect: contacted address"},
		{"resolver of one domain, many names", scene{}.times(17, func(s scene, i int) scene { return s.query(fmt.Sprintf("n%d.shop.example", i)) }).
			resolver(addr, 0, "shop.example"), addr, "detect: contacted address"},

		{"time server", clock, addr, "left out: time server"},
		{"name of a time server", clock, "time.shop.example", "left out: time server"},
		{"time server with mode 6", scene{}.ntp(addr, 1), addr, "detect: contacted address"},
		{"time server with TCP on its port", clock.conn(addr+":123", ""), addr, "detect: contacted address"},
		{"time server and web server", clock.conn(addr+":443", "TLS"), addr, "detect: contacted address"},
		{"name of two addresses, one a time server", clock.answer("time.shop.example", "203.0.113.9").conn("203.0.113.9:443", "TLS"), "time.shop.example", "detect: contacted name"},
		{"name of a time server in TLS", clock.hello("time.shop.example", "203.0.113.9:443"), "time.shop.example", "detect: contacted name"},

		{"URL of a revocation list", checks, "http://crl.shop.example/a.crl", "left out: certificate check"},
		{"host of a revocation list", checks, "crl.shop.example", "left out: certificate check"},
		{"address of a revocation list", checks, "203.0.113.9", "left out: certificate check"},
		{"revocation list with something after it", scene{}.get("crl.shop.example", "/a.crl", "application/octet-stream", 999), "http://crl.shop.example/a.crl", "detect: URL of a downloaded file"},
		{"host of a revocation list and a page", checks.get("crl.shop.example", "/", html, 99), "crl.shop.example", "detect: contacted name"},
		{"host of a revocation list, also by TLS", checks.hello("crl.shop.example", "203.0.113.9:443"), "crl.shop.example", "detect: contacted name"},
		{"address of a revocation list, also on another port", checks.conn("203.0.113.9:4444", ""), "203.0.113.9", "detect: contacted address"},

		{"DER that is declared a revocation list", likely("application/pkix-crl"), "http://crl.shop.example/b.crl", "context: likely certificate check"},
		{"DER that is declared a program", likely("application/octet-stream"), "http://crl.shop.example/b.crl", "detect: URL of a downloaded file"},

		{"server of the network", offered, addr, "left out: service of the network"},
		{"server of the network that is a web server, too", offered.conn(addr+":80", "HTTP/1"), addr, "detect: contacted address"},

		{"listed address", scene{}.conn("198.51.100.99:443", "TLS"), "198.51.100.99", "context: warninglist match"},
		{"port of a listed address", scene{}.conn("198.51.100.99:4444", ""), "198.51.100.99|4444", "context: warninglist match"},
		{"address beside it", scene{}.conn("198.51.100.98:443", "TLS"), "198.51.100.98", "detect: contacted address"},

		{"well-known name", scene{}.hello("dns.google", addr+":443"), "dns.google", "context: well-known service"},
		{"name below another's", scene{}.hello("dns.google.shop.example", addr+":443"), "dns.google.shop.example", "detect: contacted name"},
		{"address of a well-known name", scene{}.hello("dns.google", addr+":443"), addr, "context: well-known service"},
		{"port of a well-known name", scene{}.hello("dns.google", addr+":4443"), addr + "|4443", "context: well-known service"},
		{"answer for a well-known name", scene{}.answer("dns.google", addr).conn(addr+":443", "TLS"), "dns.google|" + addr, "context: well-known service"},
		{"address of a well-known name and another", scene{}.hello("dns.google", addr+":443").answer("c2.shop.example", addr), addr, "detect: contacted address"},
		{"address of a listed name", scene{}.hello("listed.example", addr+":443"), addr, "context: well-known service"},
		{"file of a well-known host", scene{}.get("dns.google", "/a", "application/zip", 999), "a|" + sum, "context: well-known service"},
		{"file of a well-known host and another", scene{}.get("dns.google", "/a", "application/zip", 999).get("www.shop.example", "/a", "application/zip", 999), "a|" + sum, "detect: downloaded file"},
		{"alias of a well-known name", scene{}.alias("dns.google", "edge.shop.example", addr).conn(addr+":443", "TLS"), "edge.shop.example", "context: well-known service"},
		{"public resolver by its address", scene{}.conn("8.8.8.8:853", "TLS"), "8.8.8.8", "context: well-known service"},
		{"public resolver by HTTPS", scene{}.conn("8.8.8.8:443", "QUIC"), "8.8.8.8", "context: well-known service"},
		{"public resolver on another port", scene{}.conn("8.8.8.8:4444", ""), "8.8.8.8", "detect: contacted address"},
		{"public resolver by other than TLS", scene{}.conn("8.8.8.8:443", ""), "8.8.8.8", "detect: contacted address"},
	}
}

func unusedCases() []judgeCase {
	const addr, other = "203.0.113.9", "203.0.113.10"
	below := func(n int) scene {
		return scene{}.conn(other+":80", "").times(n, func(s scene, i int) scene { return s.query(fmt.Sprintf("n%d.shop.example", i)) })
	}
	sweep := func(n int) scene {
		return scene{}.times(n, func(s scene, i int) scene { return s.silent(fmt.Sprintf("198.51.100.%d:22", i)) })
	}
	unused := scene{}.answer("www.shop.example", addr).conn(other+":80", "")
	aliased := scene{}.alias("www.shop.example", "edge.test.example", addr).conn(addr+":443", "TLS")
	return []judgeCase{
		{"one of 17 names", below(17), "n0.shop.example", "left out: one of many names of a domain"},
		{"domain of 17 names", below(17), "shop.example", "detect: domain of many queried names"},
		{"one of 16 names", below(16), "n0.shop.example", "detect: queried name"},
		{"one of 17 names that led to contact", below(17).answer("n0.shop.example", other), "n0.shop.example", "detect: contacted name"},

		{"alias", aliased, "edge.test.example", "context: alias"},
		{"name with an alias", aliased, "www.shop.example", "detect: contacted name"},
		{"alias that is queried, too", aliased.answer("edge.test.example", addr), "edge.test.example", "detect: contacted name"},
		{"alias of a well-known name and another", scene{}.alias("dns.google", "edge.test.example", addr).alias("www.shop.example", "edge.test.example", addr).conn(addr+":443", "TLS"), "edge.test.example", "context: alias"},
		{"queried alias of a well-known name and another", scene{}.alias("dns.google", "edge.test.example", addr).alias("www.shop.example", "edge.test.example", addr).conn(addr+":443", "TLS").
			query("edge.test.example"), "edge.test.example", "detect: queried name"},

		{"name whose address nobody contacted", unused, "www.shop.example", "context: not contacted"},
		{"its address", unused, "www.shop.example|" + addr, "context: not contacted"},
		{"name without an address", scene{}.query("www.shop.example").conn(other+":80", ""), "www.shop.example", "detect: queried name"},
		{"name without connections in the report", scene{}.answer("www.shop.example", addr), "www.shop.example", "detect: queried name"},
		{"name whose address a client contacted", unused.conn(addr+":80", ""), "www.shop.example", "detect: contacted name"},
		{"name that a client sent elsewhere", unused.hello("www.shop.example", "203.0.113.11:443"), "www.shop.example", "detect: contacted name"},

		{"one of 40 without an answer", sweep(40), "198.51.100.7", "left out: sweep"},
		{"one of 40 that answers", sweep(40).conn("198.51.100.7:80", "HTTP/1"), "198.51.100.7", "detect: contacted address"},
		{"one of 40 that a name led to", sweep(40).answer("www.shop.example", "198.51.100.7"), "198.51.100.7", "context: address without an answer"},
		{"one of 32 without an answer", sweep(32), "198.51.100.7", "detect: contacted address"},
		{"40 ports of an address", scene{}.times(40, func(s scene, i int) scene { return s.silent(fmt.Sprintf("198.51.100.7:%d", 1+i)) }), "198.51.100.7", "detect: contacted address"},

		{"tail of an old connection", scene{}.ended(addr+":443", "", `"bare":1,"reset":1`), addr, "context: no data"},
		{"tail of an old connection, and a new one", scene{}.ended(addr+":443", "", `"bare":1,"reset":1`).conn(addr+":443", "TLS"), addr, "detect: contacted address"},

		{"address without an answer that a name led to", scene{}.answer("www.shop.example", addr).silent(addr + ":443"), addr, "context: address without an answer"},
		{"its name", scene{}.answer("www.shop.example", addr).silent(addr + ":443"), "www.shop.example", "detect: contacted name"},
		{"address without an answer that no name led to", scene{}.silent(addr + ":443"), addr, "detect: contacted address"},
	}
}

func restCases() []judgeCase {
	const addr = "203.0.113.9"
	inside, outside := "10.0.0.5", "203.0.113.25"
	mail := scene{}.row("emails", `"from":["a@shop.example"],"to":["b@test.example"],"reply_to":["c@shop.example"],"subject":"Invoice","proto":"SMTP"`)
	return []judgeCase{
		{"recipient", mail, "b@test.example", "context: recipient"},
		{"subject", mail, "Invoice", "context: recipient"},
		{"sender", mail, "a@shop.example", "detect: observed"},
		{"name of an attachment that leaves", scene{}.attachment(inside, outside, "a.zip", "application/zip"), "a.zip", "context: recipient"},
		{"name of an attachment that comes in", scene{}.attachment(outside, inside, "a.zip", "application/zip"), "a.zip", "detect: observed"},
		{"name of an attachment that leaves, and comes in", scene{}.attachment(inside, outside, "a.zip", "application/zip").attachment(outside, inside, "a.zip", "application/zip"), "a.zip", "detect: observed"},

		{"JA3", scene{}.hello("c2.shop.example", addr+":443"), sum[:32], "context: client fingerprint"},
		{"certificate", scene{}.hello("c2.shop.example", addr+":443"), sum, "detect: certificate of a contacted server"},
		{"certificate of a well-known name", scene{}.hello("dns.google", addr+":443"), sum, "context: only on well-known hosts"},
		{"certificate of a well-known name and another", scene{}.hello("dns.google", addr+":443").hello("c2.shop.example", "203.0.113.10:443"), sum, "detect: certificate of a contacted server"},
		{"certificate of a public resolver", scene{}.hello("", "8.8.8.8:853"), sum, "context: only on well-known hosts"},
		{"certificate of a public resolver by HTTPS", scene{}.hello("", "8.8.8.8:443"), sum, "context: only on well-known hosts"},
		{"certificate of a resolver", scene{}.resolver(addr, 0, "shop.example", "test.example").hello("", addr+":853"), sum, "context: only on well-known hosts"},
		{"certificate of an unknown server on that port", scene{}.hello("", addr+":853"), sum, "detect: certificate of a contacted server"},
		{"certificate of a listed address", scene{}.hello("c2.shop.example", "198.51.100.99:443"), sum, "context: only on well-known hosts"},
		{"certificate of a listed address and another", scene{}.hello("", "198.51.100.99:443").hello("", addr+":443"), sum, "detect: certificate of a contacted server"},

		{"file", scene{}.row("files", `"sha256":%q,"name":"a.zip","size":999,"proto":"FTP data"`, sum), "a.zip|" + sum, "detect: downloaded file"},
		{"redirect", scene{}.row("redirects", `"from":"http://www.shop.example/","to":"http://www.test.example/","status":302`), "http://www.test.example/", "detect: requested URL"},
		{"contacted port", scene{}.conn(addr+":4444", ""), addr + "|4444", "detect: contacted address"},
		{"name that does not exist", scene{}.absent("www.shop.example"), "www.shop.example", "detect: queried name"},
	}
}
