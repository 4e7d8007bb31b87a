package extract

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/build"
)

// A request and a reply in the form of RFC 5905 figure 8.
var (
	ntpRequest = append([]byte{0x23}, make([]byte, 47)...)
	ntpReply   = append([]byte{0x24, 2, 6, 0xe9}, make([]byte, 44)...)
)

// changed returns a copy of b with the byte at an offset changed.
func changed(b []byte, at int, to byte) []byte {
	b = bytes.Clone(b)
	b[at] = to
	return b
}

// A time server receives requests and sends replies; anything else is not NTP that a
// client and a server exchange.
func TestTimeServers(t *testing.T) {
	const client, server = "10.0.0.5", "192.0.2.123"
	unique, err := hex.DecodeString("01040024" + "0000000000000000000000000000000000000000000000000000000000000000") // RFC 8915 section 5.3
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name     string
		from, to uint16
		data     []byte
		want     []string
	}{
		{"request", 40000, 123, ntpRequest, []string{server + " 1 0 0"}},
		{"request of a daemon", 123, 123, ntpRequest, []string{server + " 1 0 0"}},
		{"version 1", 40000, 123, changed(ntpRequest, 0, 0x0b), []string{server + " 1 0 0"}},
		{"extension field", 40000, 123, append(bytes.Clone(ntpRequest), unique...), []string{server + " 1 0 0"}},
		{"digest", 40000, 123, append(bytes.Clone(ntpRequest), make([]byte, 20)...), []string{server + " 1 0 0"}},
		{"request from the port", 123, 40000, ntpRequest, []string{client + " 0 0 1"}},
		{"control", 40000, 123, []byte{0x16, 2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0}, []string{server + " 0 0 1"}},
		{"symmetric", 123, 123, changed(ntpRequest, 0, 0x21), []string{client + " 0 0 1", server + " 0 0 1"}},
		{"version 0", 40000, 123, changed(ntpRequest, 0, 0x03), []string{server + " 0 0 1"}},
		{"version 7", 40000, 123, changed(ntpRequest, 0, 0x3b), []string{server + " 0 0 1"}},
		{"stratum 17", 40000, 123, changed(ntpRequest, 1, 17), []string{server + " 0 0 1"}},
		{"half a header", 40000, 123, ntpRequest[:24], []string{server + " 0 0 1"}},
		{"empty", 40000, 123, nil, []string{server + " 0 0 1"}},
		{"text", 40000, 123, []byte("cmd: whoami"), []string{server + " 0 0 1"}},
		{"text after the header", 40000, 123, append(bytes.Clone(ntpRequest), "cmd: whoami and more"[:19]...), []string{server + " 0 0 1"}},
		{"another port", 40000, 124, ntpRequest, nil},
	} {
		var c capture
		c.add(build.UDP(client, test.from, server, test.to, test.data))
		if diff := cmp.Diff(test.want, timeServersOf(c.report(t, Options{}))); diff != "" {
			t.Errorf("%s: %s", test.name, diff)
		}
	}
	var c capture
	c.add(build.UDP(client, 40000, server, 123, ntpRequest)).add(build.UDP(server, 123, client, 40000, ntpReply))
	if diff := cmp.Diff([]string{server + " 1 1 0"}, timeServersOf(c.report(t, Options{}))); diff != "" {
		t.Error(diff)
	}
}

func timeServersOf(rep *Report) (all []string) {
	for s := range rep.TimeServers() {
		all = append(all, fmt.Sprintf("%s %d %d %d", s.Addr, s.Requests, s.Replies, s.Other))
	}
	return all
}
