package pcap_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/pcap"
)

// corpus returns the directory of captures with tshark's output.
func corpus(t *testing.T) string {
	dir := os.Getenv("SIGHTLINE_CORPUS")
	if dir == "" {
		t.Skip("SIGHTLINE_CORPUS is not set")
	}
	return dir
}

// A frame is tshark's output for a record.
type frame struct {
	Time      string `json:"frame.time_epoch"`
	Len       int    `json:"frame.len"`
	CapLen    int    `json:"frame.cap_len"`
	LinkType  int    `json:"frame.linktype"`
	Interface int    `json:"frame.interface_id"`
}

// Why tshark's output differs for some files.
const (
	unknownLink = "tshark does not know the link type"
	fcsBits     = "tshark reads the FCS bits as part of the link type"
	badOptions  = "tshark checks a packet's options, which is up to the caller here"
	otherHeader = "tshark guesses that the records have a longer header"
	overflow    = "tshark's arithmetic overflows"
	noCarry     = "tshark writes a fraction of 1,000,000 microseconds as it is"
)

// otherCount lists the files in which tshark reads more or fewer records.
var otherCount = map[string]string{
	"suricata/bug-6875-01-fuzz.pcap":                     otherHeader,
	"synth/lt-999-unknown.pcap":                          unknownLink,
	"synth/ng-be-option-too-long.pcapng":                 badOptions,
	"synth/ng-le-option-too-long.pcapng":                 badOptions,
	"tcpdump/dsa-high-vid.pcap":                          unknownLink,
	"tcpdump/dsa.pcap":                                   unknownLink,
	"tcpdump/edsa-high-vid.pcap":                         unknownLink,
	"tcpdump/edsa.pcap":                                  unknownLink,
	"tcpdump/frf16_magic_ie-oobr.pcap":                   unknownLink,
	"tcpdump/hoobr_juniper3.pcap":                        fcsBits,
	"tcpdump/juniper_es_oobr.pcap":                       fcsBits,
	"tcpdump/juniper_monitor_invalid_cookie_length.pcap": unknownLink,
	"tcpdump/kday6.pcap":                                 unknownLink,
	"tcpdump/vtp_asan-2.pcap":                            unknownLink,
	"tcpdump/vtp_asan-3.pcap":                            unknownLink,
	"tcpdump/vtp_asan.pcap":                              unknownLink,
}

// otherTime lists the files in which tshark has other times.
var otherTime = map[string]string{
	"synth/ng-be-tsresol.pcapng":           overflow,
	"synth/ng-le-tsresol.pcapng":           overflow,
	"tcpdump/rx_serviceid_oobr.pcap":       overflow,
	"tcpdump/timestamp_invalid_micro.pcap": noCarry,
	"tcpdump/timestamp_invalid_nano.pcap":  noCarry,
}

// Every record of every capture agrees with tshark, and where tshark finds
// damage, we return an error.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	for _, name := range corpusFiles(t, dir) {
		compareWithTshark(t, dir, name)
	}
}

// With Resync and in ranges, every capture is read to its end, with the same
// result, and without losing a record that reading without Resync returns.
func TestCorpusInRanges(t *testing.T) {
	dir := corpus(t)
	for _, name := range corpusFiles(t, dir) {
		b, err := os.ReadFile(filepath.Join(dir, "dev", name))
		if err != nil {
			t.Fatal(err)
		}
		plain, resynced := sequential(pcap.Config{}, b), sequential(resync, b)
		if len(resynced.Records) < len(plain.Records) {
			t.Errorf("%s: %d records with Resync, %d without", name, len(resynced.Records), len(plain.Records))
		}
		if plain.Err == "" && (resynced.Err != "" || len(resynced.Gaps) > 0) {
			t.Errorf("%s: with Resync there are gaps %v and %q", name, resynced.Gaps, resynced.Err)
		}
		for _, c := range []pcap.Config{{}, resync} {
			if ranges, err := c.Ranges(bytes.NewReader(b), int64(len(b)), 4); err == nil {
				checkRanges(t, name, c, b, ranges)
			}
		}
	}
}

func corpusFiles(t *testing.T, dir string) (names []string) {
	root := filepath.Join(dir, "dev")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		names = append(names, filepath.ToSlash(name))
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	return names
}

func compareWithTshark(t *testing.T, dir, name string) {
	want := frames(t, filepath.Join(dir, "expected", name+".ndjson.gz"))
	got, err := readFrames(filepath.Join(dir, "dev", name))
	if otherCount[name] == "" {
		if damaged := tsharkError(t, filepath.Join(dir, "expected", name+".indicators.json")); damaged != (err != nil) {
			t.Errorf("%s: tshark finds damage: %t, we: %v", name, damaged, err)
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d records, tshark has %d (%v)", name, len(got), len(want), err)
		}
	}
	for i := range min(len(got), len(want)) {
		if otherTime[name] != "" {
			got[i].Time, want[i].Time = "", ""
		}
		if got[i] != want[i] {
			t.Errorf("%s: record %d is %+v, tshark has %+v", name, i+1, got[i], want[i])
			return
		}
	}
	var e *pcap.Error
	if err != nil && !errors.As(err, &e) {
		t.Errorf("%s: error without a location: %v", name, err)
	}
}

func readFrames(path string) (out []frame, err error) {
	r, err := pcap.Open(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for rec, err := range r.All() {
		if err != nil {
			return out, err
		}
		f := frame{"", rec.WireLen, len(rec.Data), int(rec.LinkType), rec.Interface}
		if !rec.Time.IsZero() {
			f.Time = fmt.Sprintf("%d.%09d", rec.Time.Unix(), rec.Time.Nanosecond())
		}
		out = append(out, f)
	}
	return out, nil
}

func frames(t *testing.T, path string) (out []frame) {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(bufio.NewReader(z)); ; {
		var one frame
		if err := d.Decode(&one); err == io.EOF {
			return out
		} else if err != nil {
			t.Fatal(path, err)
		}
		out = append(out, one)
	}
}

func tsharkError(t *testing.T, path string) bool {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		File struct {
			Exit int `json:"tshark_exit"`
		}
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v.File.Exit != 0
}
