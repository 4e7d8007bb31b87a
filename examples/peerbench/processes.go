package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os/exec"
)

// A processRow measures whole processes on one capture.
type processRow struct {
	title
	in        *input
	processes []process
}

// endToEnd returns the rows of a whole task: from a file to the names, targets
// and user agents in it. The first row counts them; the second records how
// often, when and where each was seen, selects the indicators and writes them.
// gopacket has nothing for that, so it only counts in both rows.
func endToEnd(in *input, others []process) []measurer {
	gopacket := process{name: "gopacket, tcpassembly, net/http, counting only", role: roleGopacket, count: own}
	return []measurer{
		&processRow{title{in.name, countNames, seconds}, in, []process{
			{name: "sightline layers/stream", role: roleMessages, count: own},
			gopacket,
		}},
		&processRow{title{in.name, gatherNames, seconds}, in, append([]process{
			{name: "sightline extract", role: roleExtract, count: own},
			{name: "sightline extract, one worker per CPU", role: roleWorkers, count: own},
			gopacket,
		}, others...)},
	}
}

const seconds = "s"

// tools returns the other programs that are installed, and the names of those
// that are not. They find the same values in their own way; only tshark's are
// counted.
func tools() (have []process, missing []string) {
	for _, p := range []process{
		{name: "tshark", argv: append([]string{"tshark", "-n", "-T", "fields"}, tsharkFields...), count: countTshark},
		{name: "ndpiReader -v 2", argv: []string{"ndpiReader", "-v", "2", "-i"}, count: nothing},
	} {
		if _, err := exec.LookPath(p.argv[0]); err != nil {
			missing = append(missing, p.argv[0])
			continue
		}
		have = append(have, p)
	}
	return have, missing
}

// tsharkFields are arguments of tshark. The last is the option for the name of
// the capture. The first four fields, the addresses, are not counted.
var tsharkFields = []string{
	"-e", "ip.src", "-e", "ip.dst", "-e", "ipv6.src", "-e", "ipv6.dst",
	"-e", "dns.qry.name", "-e", "http.request.method", "-e", "http.host", "-e", "http.request.uri", "-e", "http.user_agent",
	"-e", "tls.handshake.extensions_server_name", "-r",
}

// countTshark counts the values in tshark's output. Commas separate several
// values of a field.
func countTshark(stdout io.Reader) (f found, err error) {
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, 1<<20)
	count := func(field []byte) int {
		if len(field) == 0 {
			return 0
		}
		return 1 + bytes.Count(field, []byte(","))
	}
	for lines.Scan() {
		fields := bytes.Split(lines.Bytes(), []byte("\t"))
		if len(fields) != 10 {
			return f, fmt.Errorf("tshark wrote %d fields, want 10", len(fields))
		}
		f.Questions += count(fields[4])
		f.Requests += count(fields[5])
		f.Hellos += count(fields[9])
	}
	return f, lines.Err()
}

func nothing(stdout io.Reader) (found, error) {
	_, err := io.Copy(io.Discard, stdout)
	return found{}, err
}

func (r *processRow) measure(rounds int) (*measured, error) {
	notes, err := r.check()
	if err != nil {
		return nil, err
	}
	n := len(r.processes)
	cpu, elapsed, memory := newTimes(n, rounds), newTimes(n, rounds), newTimes(n, rounds)
	for round := range rounds {
		for i := range n {
			i = (i + round) % n // so that none is always first
			u, _, err := r.processes[i].measure(r.in.pcap)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.processes[i].name, err)
			}
			cpu[i][round], elapsed[i][round], memory[i][round] = u.CPU.Seconds(), u.Elapsed.Seconds(), float64(u.Memory)
		}
	}
	m := &measured{title: r.title}
	for i := range n {
		m.entries = append(m.entries, entry{
			name: r.processes[i].name, figure: median(cpu[i]), ratio: ratio(cpu[i], cpu[0]),
			elapsed: median(elapsed[i]), memory: median(memory[i]), note: notes[i],
		})
	}
	return m, nil
}

// check runs each process once, which also brings the file into the cache, and
// returns notes about the results.
func (r *processRow) check() (notes []string, err error) {
	finds := make([]found, len(r.processes))
	for i := range r.processes {
		p, note := &r.processes[i], ""
		if _, finds[i], err = p.measure(r.in.pcap); err != nil {
			return nil, fmt.Errorf("%s: %w", p.name, err)
		}
		if r.in.want != nil {
			note, err = p.judge(finds[i], *r.in.want)
		} else if i == 0 || finds[i].String() != finds[0].String() {
			note = p.says(finds[i])
		}
		if err != nil {
			return nil, err
		}
		notes = append(notes, note)
	}
	return notes, nil
}

// says describes what a process found, or returns "" if it was not counted.
func (p *process) says(f found) string {
	if f == (found{}) {
		return ""
	}
	return "finds " + f.String()
}

// judge describes the share of all that a process missed. It returns an error if
// a process of this program missed anything.
func (p *process) judge(f, all found) (string, error) {
	if p.argv == nil && f != all {
		return "", fmt.Errorf("%s found %v (%d bytes) of %v (%d bytes)", p.name, f, f.Bytes, all, all.Bytes)
	}
	missed := all.Questions + all.Requests + all.Hellos - f.Questions - f.Requests - f.Hellos
	if f == (found{}) || missed == 0 {
		return "", nil
	}
	return fmt.Sprintf("misses %.1f %%", 100*float64(missed)/float64(all.Questions+all.Requests+all.Hellos)), nil
}
