package event

import (
	"context"
	"encoding/csv"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// golden returns the columns of tshark's output for a capture in testdata, by
// name.
func golden(t *testing.T, capture string) map[string][]string {
	t.Helper()
	name, _, _ := strings.Cut(filepath.Base(capture), ".")
	f, err := os.Open(filepath.Join("..", "..", "testdata", "golden", name+".tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	columns := map[string][]string{}
	for i, name := range rows[0] {
		for _, row := range rows[1:] {
			columns[name] = append(columns[name], row[i])
		}
	}
	return columns
}

// Every indicator that tshark finds in the captures of testdata is an attribute
// or excluded by a rule.
func TestEverythingThatTsharkFinds(t *testing.T) {
	captures, err := filepath.Glob("../../testdata/*.pcap*")
	if err != nil || len(captures) == 0 {
		t.Fatal("no captures", err)
	}
	total := 0
	for _, capture := range captures {
		r, err := pcap.Open(capture)
		if err != nil {
			t.Fatal(err)
		}
		rep, err := extract.Read(context.Background(), r, extract.Options{})
		r.Close()
		if err != nil {
			t.Errorf("%s: %v", capture, err)
		}
		columns := golden(t, capture)
		if packets := int64(len(columns["frame.number"])); rep.Packets != packets {
			t.Errorf("%s: %d packets, tshark reads %d", capture, rep.Packets, packets)
		}
		have := known(rep)
		for _, name := range []string{
			"ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "dns.qry.name", "dns.a", "dns.aaaa",
			"http.host", "http.request.full_uri", "http.user_agent", "tls.handshake.extensions_server_name",
		} {
			for i, cell := range columns[name] {
				for _, v := range cells(name, cell) {
					total++
					if !have[v] {
						t.Errorf("%s packet %d: %s %q neither in the event nor left out", capture, i+1, name, v)
					}
				}
			}
		}
	}
	if total < 500 {
		t.Errorf("only %d values in the golden files", total)
	}
}

// known returns every value in the event or left out, and the parts of composite
// values.
func known(rep *extract.Report) map[string]bool {
	s := Select(rep, Options{})
	have := map[string]bool{}
	add := func(value string) {
		have[plain(value)] = true
		for _, part := range strings.Split(plain(value), "|") {
			have[part] = true
		}
		for _, part := range append(strings.Split(value, "|"), value) {
			have[part] = true
		}
	}
	for _, a := range s.Attributes {
		add(a.Value)
	}
	for _, l := range s.LeftOut {
		add(l.Value)
	}
	return have
}

// cells returns the values of a cell in the form of attributes. Of several
// addresses only the first is the packet's: the rest are quoted by ICMP errors.
func cells(column, cell string) []string {
	if cell == "" {
		return nil
	}
	switch column {
	case "http.request.full_uri": // one per request in the packet
		return strings.Split(strings.ReplaceAll(cell, ",http://", "\nhttp://"), "\n")
	case "http.user_agent":
		return strings.Split(cell, ",")
	case "ip.src", "ip.dst", "ipv6.src", "ipv6.dst":
		first, _, _ := strings.Cut(cell, ",")
		return []string{first}
	}
	parts := strings.Split(strings.ToLower(cell), ",")
	for i, p := range parts {
		if column == "http.host" {
			parts[i], _, _ = strings.Cut(p, ":") // no capture has an IPv6 address there
		}
		parts[i] = strings.TrimSuffix(parts[i], ".")
	}
	return parts
}

// Every value is an attribute or in the list of what was left out.
func TestNothingIsSilentlyAbsent(t *testing.T) {
	names := withCorpus(t)
	total := 0
	for _, name := range names {
		rep := readFile(t, name, extract.Options{Stream: stream.Config{Hash: stream.HashSHA256}})
		have := known(rep)
		for _, a := range Select(rep, Options{All: true, Detail: Indicators}).Attributes {
			switch a.Type {
			case misp.CommunityID, misp.SHA1, misp.MD5, misp.X509SHA1, misp.X509MD5:
				continue // other forms of values in the event
			}
			total++
			for _, part := range strings.Split(plain(a.Value), "|") {
				if !have[part] && !have[plain(a.Value)] {
					t.Errorf("%s: %s %q neither in the event nor left out", name, a.Type, a.Value)
				}
			}
		}
	}
	t.Logf("%d values of %d captures", total, len(names))
	if total < 500 {
		t.Errorf("only %d values", total)
	}
}

// plain undoes the changes of MISP's form: case, final dots, surrounding blanks,
// and the separator of address and port.
func plain(s string) string {
	if a, err := netip.ParseAddrPort(s); err == nil {
		s = a.Addr().String() + "|" + strconv.Itoa(int(a.Port()))
	}
	return strings.TrimSuffix(strings.TrimSpace(strings.ToLower(s)), ".")
}
