package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// differences says, for each kind of work, how the programs' work differs.
var differences = map[string]string{
	readPcap: "All give the time and length of each packet. pcapgo.Reader as it comes also copies each " +
		"packet into memory of its own. The floor checks nothing.",
	readPcapng: "All give the time and length of each packet. pcapng.Reader returns all blocks and their " +
		"options. pcapgo.NgReader as it comes also copies each packet. The floor knows one type of block, and " +
		"converts no times.",
	decodeUp: "All read addresses, ports and TCP's sequence number. Sightline also checks the DNS header " +
		"and, on mix, decodes all its link layers and tunnels. DecodingLayerParser fills in every field and TCP's " +
		"options, and stops at a layer that it was not given: here Ethernet, 802.1Q, IPv4, IPv6, TCP, UDP. " +
		"NewPacket has all of gopacket's layers. The floor checks lengths only.",
	decodeNames: "As in the row before, and all read each question and record of DNS over UDP: type, TTL, " +
		"owner name, and the address or name in A, AAAA, CNAME, NS and PTR. gopacket also decodes the data of other " +
		"types. On mix each finds what it can decode, and the names that it finds are counted: the contestants that " +
		"find fewer do less work.",
	countNames: "All find the names in DNS, host, target and agent of HTTP requests, and server names in TLS. " +
		"Sightline also recognises other protocols, DNS over TCP and QUIC, and checks what it frames. gopacket's " +
		"program is made of DecodingLayerParser, tcpassembly, net/http and a parser for TLS server names. On mix each " +
		"finds what it can decode.",
	gatherNames: "Sightline also keeps counts, times and evidence, reads certificates, makes fingerprints, and " +
		"selects and writes indicators. gopacket's program still only counts. tshark prints the same fields as text, " +
		"and does all of its dissection on the way. On mix each finds what it can decode.",
	queryNames: "All read type and name of the question. Sightline checks the header only before that; the " +
		"others decode into structures that are used again. The floor knows no compressed names.",
	responseData: "All read type, TTL and address of four answers. Sightline skips the names; gopacket, dnsmessage " +
		"and miekg/dns decode them in any case. The floor checks lengths only.",
	responseNames: "All read the names too, of questions, owners and CNAME records.",
}

// decodeInMemory are the works that are another one without its file.
var decodeInMemory = map[string]string{decodeUpMem: decodeUp, decodeNamesMem: decodeNames}

// difference says how the programs differ in a kind of work.
func difference(work string) string {
	if of, ok := decodeInMemory[work]; ok {
		return "As in \"" + of + "\", without the file."
	}
	return differences[work]
}

// writeMarkdown writes a section for each kind of work: how the programs differ, and
// a table with a line for each contestant and a column for each input.
func (t *table) writeMarkdown(w io.Writer) error {
	var works []string
	for _, m := range t.rows {
		if !slices.Contains(works, m.work) {
			works = append(works, m.work)
		}
	}
	for _, work := range works {
		rows := slices.DeleteFunc(slices.Clone(t.rows), func(m *measured) bool { return m.work != work })
		if err := writeWork(w, work, rows); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "Measured %s.\n\n- %s\n", t.versions, strings.Join(t.inputs, "\n- "))
	return err
}

// writeWork writes the section of one kind of work.
func writeWork(w io.Writer, work string, rows []*measured) error {
	head, rule := "|", "|---|"
	var names []string
	for _, m := range rows {
		head += " | " + m.input
		rule += "---|"
		for _, e := range m.entries {
			if !slices.Contains(names, e.name) {
				names = append(names, e.name)
			}
		}
	}
	fmt.Fprintf(w, "### %s\n\n%s\n\n%s |\n%s\n", strings.ToUpper(work[:1])+work[1:], difference(work), head, rule)
	for i, name := range names {
		fmt.Fprintf(w, "| %s", name)
		for _, m := range rows {
			fmt.Fprintf(w, " | %s", m.cell(name, i == 0))
		}
		fmt.Fprintln(w, " |")
	}
	_, err := fmt.Fprintln(w)
	return err
}

// cell returns the figure of the first contestant, or the ratio of another to it.
func (m *measured) cell(name string, first bool) string {
	for _, e := range m.entries {
		switch {
		case e.name != name:
		case first:
			return noted(number(e.figure, m.unit)+inMemory(e), e.note)
		default:
			return noted("× "+multiple(e.ratio)+inMemory(e), e.note)
		}
	}
	return ""
}

func inMemory(e entry) string {
	if e.elapsed == 0 {
		return ""
	}
	return ", " + megabytes(e.memory)
}
