package house_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// pages are the Markdown files whose Go code is checked.
func pages(t *testing.T) []string {
	t.Helper()
	root := filepath.Join("..", "..")
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(docs) == 0 {
		t.Fatalf("no pages in docs: %v", err)
	}
	return append(docs, filepath.Join(root, "README.md"))
}

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```$")

// TestPrograms builds the programs of the documentation, and its fragments in a
// function that has what they use.
func TestPrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("compiling takes seconds")
	}
	for _, page := range pages(t) {
		b, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		var fragments []string
		for i, block := range goBlock.FindAllStringSubmatch(string(b), -1) {
			if strings.HasPrefix(block[1], "package main\n") {
				compile(t, fmt.Sprintf("program %d of %s", i+1, page), block[1])
				continue
			}
			fragments = append(fragments, fmt.Sprintf(fragment, i+1, block[1]))
		}
		if len(fragments) > 0 {
			compile(t, "the fragments of "+page, prelude+strings.Join(fragments, ""))
		}
	}
}

// prelude stands before fragments: they may use any of these packages.
const prelude = `package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"sync"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/stix"
	"github.com/sightline-go/sightline/extract/suricata"
	"github.com/sightline-go/sightline/extract/warninglist"
	"github.com/sightline-go/sightline/extract/zeek"
	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/dns"
	"github.com/sightline-go/sightline/layers/http1"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/layers/wire"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

var _ = []any{
	bufio.ScanLines, context.Background, json.Marshal, errors.As, fmt.Println, io.EOF, log.Fatal, os.Open,
	(*sync.WaitGroup).Go, time.Now, extract.Read, event.Of, stix.Of, suricata.Write, zeek.WriteIntel, warninglist.Load, layers.ByUDPPort, dns.ParseMessage,
	http1.ParseRequest, stream.RefOf, tls.ParseClientHello, wire.Short, pcap.Open, pcapng.NewReader,
}

func main() {}
`

// fragment wraps one fragment in a function that declares the usual variables.
const fragment = `
func fragment%d(ctx context.Context, r *pcap.Reader, rec *pcap.Record, m stream.Message, rep *extract.Report) error {
	var d layers.Decoder
	var p layers.Packet
	var a stream.Assembler
	_, _, _ = &d, &p, &a
	{
%s	}
	return nil
}
`

// compile builds a program as a part of this module.
func compile(t *testing.T, name, source string) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte(source), 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "program"), file)
	cmd.Dir = filepath.Join("..", "..")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%s: %v\n%s", name, err, out)
	}
}

// exportedName is an exported name of a package, and perhaps one of its methods or
// fields.
var exportedName = regexp.MustCompile(`\b([a-z][a-z0-9]*)\.([A-Z]\w*)(?:\.([A-Z]\w*))?`)

// TestNames checks that the names in the last column of the tables of
// docs/coming-from.md exist. The first column holds those of others.
func TestNames(t *testing.T) {
	root := filepath.Join("..", "..")
	api, err := os.ReadFile(filepath.Join(root, "api.txt"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs", "coming-from.md"))
	if err != nil {
		t.Fatal(err)
	}
	packages, known := apiNames(string(api))
	checked := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 4 || cells[0] != "" {
			continue
		}
		for _, n := range exportedName.FindAllStringSubmatch(cells[len(cells)-2], -1) {
			if !packages[n[1]] {
				continue
			}
			if checked++; !known[n[0]] {
				t.Errorf("no %s in api.txt", n[0])
			}
		}
	}
	if checked == 0 {
		t.Error("no name found")
	}
}

// apiNames returns the names of all packages, and what they export: pkg.Name,
// pkg.Type.Method and pkg.Type.Field.
func apiNames(api string) (packages, known map[string]bool) {
	packages, known = map[string]bool{}, map[string]bool{}
	method := regexp.MustCompile(`^func \(\*?(\w+)\) (\w+)`)
	member := regexp.MustCompile(`^type (\w+) \w+, (\w+)`)
	other := regexp.MustCompile(`^(?:func|type|const|var) (\w+)`)
	for line := range strings.Lines(api) {
		path, rest, _ := strings.Cut(line, ": ")
		pkg := path[strings.LastIndexByte(path, '/')+1:]
		packages[pkg] = true
		switch {
		case method.MatchString(rest):
			n := method.FindStringSubmatch(rest)
			known[pkg+"."+n[1]+"."+n[2]] = true
		case member.MatchString(rest):
			n := member.FindStringSubmatch(rest)
			known[pkg+"."+n[1]+"."+n[2]] = true
		case other.MatchString(rest):
			known[pkg+"."+other.FindStringSubmatch(rest)[1]] = true
		}
	}
	return packages, known
}
