package e2e_test

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/sightline-go/sightline/internal/build"
)

// Texts that would run if they were treated as markup.
var payloads = []string{
	`<script>alert(1)</script>`,
	`<img src=x onerror=alert(2)>`,
	`"><svg onload=alert(3)>`,
	`'-alert(4)-'`,
	`javascript:alert(5)`,
	"\u202egpj.exe\u200b",
}

// hostileCapture returns a capture whose names, URLs, user agents, file names
// and content are payloads.
func hostileCapture() []byte {
	var f build.Pcap
	client, server := netip.MustParseAddr("192.0.2.10"), netip.MustParseAddr("198.51.100.20")
	for i, p := range payloads {
		add := func(packet []byte) { f.Add(noon, build.Ethernet(0x0800, packet)) }
		label := p[:min(len(p), 60)]
		add(build.UDP("192.0.2.10", uint16(4000+i), "198.51.100.53", 53, build.DNSQuery(uint16(i), label, "example", "com")))
		port := uint16(50000 + i)
		request := fmt.Sprintf("GET /%s?q=%s HTTP/1.1\r\nHost: evil.example.com\r\nUser-Agent: %s\r\nReferer: %s\r\n\r\n", p, p, p, p)
		response := fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: %s\r\nContent-Type: %s\r\nContent-Disposition: attachment; filename=%q\r\nContent-Length: %d\r\n\r\n%s", p, p, p, len(p), p)
		add(segment(client, server, port, 80, 1000, 0, syn, ""))
		add(segment(server, client, 80, port, 2000, 1001, syn|ack, ""))
		add(segment(client, server, port, 80, 1001, 2001, ack, request))
		add(segment(server, client, 80, port, 2001, 1001+uint32(len(request)), ack, response))
	}
	return f.Bytes()
}

const (
	syn = 0x02
	ack = 0x10
)

// segment returns an IPv4 packet with a TCP segment (RFC 9293 section 3.1).
func segment(src, dst netip.Addr, srcPort, dstPort uint16, seq, next uint32, flags byte, data string) []byte {
	b := binary.BigEndian.AppendUint16(nil, srcPort)
	b = binary.BigEndian.AppendUint16(b, dstPort)
	b = binary.BigEndian.AppendUint32(b, seq)
	b = binary.BigEndian.AppendUint32(b, next)
	b = append(b, 5<<4, flags, 0xff, 0xff, 0, 0, 0, 0)
	return build.IPv4(src, dst, 6, append(b, data...))
}

// TestHostileCapture checks that text from a capture is shown and has no effect.
// Dialogs, exceptions and policy violations fail the test when it ends.
func TestHostileCapture(t *testing.T) {
	name := filepath.Join(t.TempDir(), `<img src=x onerror=alert(6)>.pcap`)
	if err := os.WriteFile(name, hostileCapture(), 0o600); err != nil {
		t.Fatal(err)
	}
	x := open(t, serve(t), wide)
	before := elements(x)
	x.choose(name)
	rows := value[int](x, `document.querySelectorAll(".grid-body .row:not([hidden])").length`)
	if rows < 10 {
		t.Errorf("%d rows", rows)
	}
	for i := range rows {
		x.run(chromedp.Click(fmt.Sprintf("#row-%d .c-value", i), chromedp.ByQuery))
	}
	for _, view := range []string{"connections", "certificates", "files", "left-out", "warninglists", "captures"} {
		x.run(chromedp.Click("#tab-"+view, chromedp.ByQuery))
		x.run(chromedp.Evaluate(`document.querySelectorAll("details").forEach((d) => { d.open = true; })`, nil))
	}
	settle(x)
	if after := elements(x); after != before {
		t.Errorf("active elements: %s before, %s after", before, after)
	}
	text := value[string](x, `document.body.textContent`)
	for _, want := range []string{payloads[0], payloads[1], `<img src=x onerror=alert(6)>.pcap`, `\u202egpj.exe\u200b`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not shown", want)
		}
	}
	if strings.ContainsAny(text, "\u202e\u200b") {
		t.Error("a bidi control character is not escaped")
	}
	event(x)
}

// elements counts the elements and attributes that load, run or send something.
func elements(x *tab) string {
	return value[string](x, `JSON.stringify([document.querySelectorAll("script, img, iframe, object, embed, link, style").length,
		[...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => /^(on.*|.*href|src|srcdoc|action|formaction|data)$/.test(a.name))).length,
		document.querySelectorAll("a, form, input").length - document.querySelectorAll(".row input, .facets input").length])`)
}
