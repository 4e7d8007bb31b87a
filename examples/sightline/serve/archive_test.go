package serve

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// aKeyLog is the key log in the archives of zip_samples_test.go.
var aKeyLog = fmt.Sprintf("CLIENT_RANDOM %064d %096d\n", 1, 2)

// filesOf returns the files of an archive, in order, with their names.
func filesOf(src io.Reader) (files []string, err error) {
	a := newArchive(src)
	for {
		name, c, err := a.next()
		if err == io.EOF {
			return files, nil
		}
		if err != nil {
			return files, err
		}
		b, err := io.ReadAll(c)
		if err != nil {
			return files, err
		}
		files = append(files, name, string(b))
	}
}

// The archives of other programs have these files, however the bytes arrive.
func TestArchives(t *testing.T) {
	pcap := string(requests(1))
	for name, test := range map[string]struct {
		archive []byte
		want    []string
	}{
		"Info-ZIP, piped":         {unhex(t, pipedArchive), []string{"a.pcap", pcap, "sslkeylog.log", aKeyLog}},
		"Info-ZIP, piped, stored": {unhex(t, pipedStored), []string{"a.pcap", pcap, "sslkeylog.log", aKeyLog}},
		"Python, piped":           {unhex(t, pythonArchive), []string{"a.pcap", pcap, "sslkeylog.log", aKeyLog}},
		"Python, 64 bits":         {unhex(t, python64), []string{"a.pcap", pcap, "k.log", aKeyLog}},
		"archive/zip":             {zipOf(t, "d/", "", "d/x", "1", "empty", "", "y", pcap), []string{"d/x", "1", "empty", "", "y", pcap}},
	} {
		for way, src := range map[string]io.Reader{"at once": bytes.NewReader(test.archive), "byte by byte": iotest.OneByteReader(bytes.NewReader(test.archive))} {
			files, err := filesOf(src)
			if diff := cmp.Diff(test.want, files); diff != "" || err != nil {
				t.Errorf("%s, %s: %v %s", name, way, err, diff)
			}
		}
		// The files of an archive are found whether the ones before them are read or not.
		a := newArchive(bytes.NewReader(test.archive))
		var names []string
		for {
			name, _, err := a.next()
			if err != nil {
				break
			}
			names = append(names, name)
		}
		if len(names) != len(test.want)/2 {
			t.Errorf("%s: %q", name, names)
		}
		// A truncated archive has an error, unless all files are there.
		for n := range test.archive {
			files, err := filesOf(bytes.NewReader(test.archive[:n]))
			if diff := cmp.Diff(test.want, files); err == nil && diff != "" {
				t.Errorf("%s, the first %d bytes: %s", name, n, diff)
			}
		}
	}
}

// A file that cannot be read does not hide those after it.
func TestArchiveWithBadFiles(t *testing.T) {
	v := start(t)
	k := talk(t, tls.VersionTLS12, "bad.example")
	good := closed(zipped{name: "a", method: methodStored, content: k.capture}, zipped{name: "b", method: methodStored, content: []byte(k.log)})
	with := func(files ...[]byte) []byte { return append(bytes.Join(files, nil), good...) }
	const unread = "Not read because they are encrypted, damaged or too many: 1 file of the archive."
	for name, test := range map[string]struct {
		archive []byte
		want    string
	}{
		"encrypted":         {with(rawEncrypted("x", []byte("0123456789abcdef"))), unread},
		"a strange method":  {with(rawArchive("x", 12, []byte("BZh9"), 4)), unread},
		"a damaged key log": {with(archiveOf(zipped{name: "x", method: methodStored, content: []byte(aKeyLog), crc: 1})), unread},
		"a broken archive":  {with(archiveOf(zipped{name: "x", method: methodStored, content: unhex(t, pipedArchive)[:localLen+3]})), unread},
		"a hidden text":     {with(archiveOf(zipped{name: "x.gz", method: methodStored, content: gzipped("no capture")})), "Neither captures nor key logs: 1 file of the archive."},
	} {
		a := v.query(body(test.archive, ""))
		if !a.values()[k.url] || !strings.Contains(a.Error, test.want) || strings.Contains(a.Error, "The capture is damaged") {
			t.Errorf("%s: %q", name, a.Error)
		}
	}
	for name, test := range map[string]struct {
		archive []byte
		want    string
	}{
		"encrypted":    {append(rawEncrypted("x", []byte("0123456789abcdef")), closed()...), "the zip archive is encrypted."},
		"no capture":   {zipOf(t, "readme", "read me"), "the zip archive has no capture."},
		"only keys":    {zipOf(t, "keys", k.log), "the zip archive has keys, but no capture."},
		"only folders": {zipOf(t, "a/", ""), "the zip archive has no capture."},
		"truncated":    {good[:localLen+1], "the zip archive is truncated."},
		"no end":       {rawUnsized("x", methodStored), "the zip archive does not say where its content ends."},
		"a bad end":    {rawUnsized("x", methodDeflated)[:localLen+3], "the zip archive is truncated."},
	} {
		if a := v.query(body(test.archive, "")); a.Error != "The data is not a readable capture: "+test.want {
			t.Errorf("%s: %q", name, a.Error)
		}
	}
	// A damaged capture gives what comes before the damage, and the next one all of it.
	cut := closed(zipped{name: "a", method: methodStored, content: requests(3)[:400]}, zipped{name: "b", method: methodStored, content: k.capture}, zipped{name: "c", method: methodStored, content: []byte(k.log)})
	a := v.query(body(cut, ""))
	if !a.values()["http://host0.example/0"] || !a.values()[k.url] || !strings.HasPrefix(a.Error, "The capture is damaged (pcap: offset") {
		t.Errorf("a truncated capture: %q", a.Error)
	}
	if a = v.query(body(good[:len(good)-len(k.log)-60], "")); a.rows() == 0 || !strings.HasPrefix(a.Error, "The capture is damaged (the zip archive is truncated)") {
		t.Errorf("a truncated archive: %q", a.Error)
	}
}

// closed returns an archive with the end of its directory, which is empty.
func closed(entries ...zipped) []byte {
	return append(archiveOf(entries...), "PK\x05\x06"+strings.Repeat("\x00", 18)...)
}

func gzipped(text string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = io.WriteString(z, text)
	_ = z.Close()
	return b.Bytes()
}

func rawEncrypted(name string, data []byte) []byte {
	b := rawArchive(name, methodStored, data, uint32(len(data)-12))
	b[6] |= flagEncrypted
	return b
}

// rawUnsized returns an entry of which only a descriptor would have the size.
func rawUnsized(name string, method uint16) []byte {
	b := rawArchive(name, method, deflatedCapture(nil, []byte("x"), 0), 0)
	b[6] |= flagDescriptor
	binary.LittleEndian.PutUint32(b[18:], 0)
	return b
}

// Captures beyond the limit are counted.
func TestMaxArchived(t *testing.T) {
	var all []zipped
	for range maxArchived + 2 {
		all = append(all, zipped{name: "x", method: methodStored, content: requests(1)})
	}
	_, a := start(t).analyze("?name=all.zip", closed(all...))
	if len(a.Captures) != maxArchived || a.Captures[0].Name != "all.zip/x" || !strings.Contains(strings.Join(a.Summary.Notes, " "), "too many: 2 files") {
		t.Errorf("%d captures, %q", len(a.Captures), a.Summary.Notes)
	}
}

// Key logs are read as far as there is room, and a key log after an archive that is too
// large is not used. Both are reported.
func TestKeyRoom(t *testing.T) {
	v := start(t, "-memory", "64") // of which an import has 16 MiB
	k := talk(t, tls.VersionTLS12, "room.example")
	filler := strings.Repeat("# "+strings.Repeat("x", 997)+"\n", 3<<11)
	a := v.query(body(zipOf(t, "keys", k.log+filler, "a", string(k.capture)), ""))
	if !a.values()[k.url] || !strings.Contains(a.Error, "Key logs have no room beyond 2.1 MB: the rest was not read.") {
		t.Errorf("keys in the beginning: %q", a.Error)
	}
	a = v.query(body(zipOf(t, "keys", filler+k.log, "a", string(k.capture)), ""))
	if a.values()[k.url] {
		t.Errorf("keys in the end: %q", a.Error)
	}
	for _, name := range []string{"before", "after"} {
		a := v.query(body(largeArchive(k, name == "after"), `"private":"0"`))
		if late := strings.Contains(a.Error, "A key log comes after captures, in an archive that is too large to be read again"); late != (name == "after") || a.values()[k.url] == late {
			t.Errorf("%s: %q", name, a.Error)
		}
	}
}

// largeArchive returns an archive of a capture, followed by 9 MiB of empty packets, and
// its key log, which comes after it or before.
func largeArchive(k keyed, after bool) []byte {
	files := []zipped{
		{name: "k", method: methodStored, content: []byte(k.log)},
		{name: "a", method: methodStored, content: append(bytes.Clone(k.capture), make([]byte, 9<<20)...)},
	}
	if after {
		slices.Reverse(files)
	}
	return closed(files...)
}

// An archive that grows a thousandfold is read until the budget is spent.
func TestArchiveBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until the budget is spent")
	}
	v := start(t, "-budget", "1s")
	for name, line := range map[string]string{"a key log": aKeyLog, "zeros": "\x00", "a long line": "x", "comments": "#\n"} {
		deflated := deflatedCapture(nil, []byte(line), 512<<20)
		archive := rawArchive("x", methodDeflated, deflated, 512<<20)
		begin := time.Now()
		a := v.query(body(archive, `"private":"0"`))
		if took := time.Since(begin); took > time.Second+2*answerTime || a.Error == "" {
			t.Errorf("%s: %d bytes took %v: %s", name, len(archive), took, a.Error)
		}
	}
}

// FuzzArchive changes archives. Any way to read one gives the same files, and what they
// have is not more than they can.
func FuzzArchive(f *testing.F) {
	for _, s := range []string{pipedArchive, pipedStored, pythonArchive, python64, infozipSample, libzipSample} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		files, err := filesOf(io.LimitReader(bytes.NewReader(b), 1<<16))
		again, slow := filesOf(iotest.OneByteReader(io.LimitReader(bytes.NewReader(b), 1<<16)))
		if diff := cmp.Diff(files, again); diff != "" || text(err) != text(slow) {
			t.Fatalf("%v, byte by byte %v: %s", err, slow, diff)
		}
		var wrong sampleError
		var corrupt flate.CorruptInputError
		if err != nil && !errors.As(err, &wrong) && !errors.As(err, &corrupt) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
	})
}
