package pcap_test

import (
	"bufio"
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

// corpus returns the directory of captures with tshark's answers.
func corpus(t *testing.T) string {
	dir := os.Getenv("SIGHTLINE_CORPUS")
	if dir == "" {
		t.Skip("SIGHTLINE_CORPUS names no directory of captures")
	}
	return dir
}

// A frame is what tshark says of a record.
type frame struct {
	Time      string `json:"frame.time_epoch"`
	Len       int    `json:"frame.len"`
	CapLen    int    `json:"frame.cap_len"`
	LinkType  int    `json:"frame.linktype"`
	Interface int    `json:"frame.interface_id"`
}

// tsharkStops are the files of which tshark reads fewer records than there are,
// with the reason.
var tsharkStops = map[string]string{
	"synth/lt-999-unknown.pcap":                          "tshark does not know the link type",
	"tcpdump/dsa-high-vid.pcap":                          "tshark does not know the link type",
	"tcpdump/dsa.pcap":                                   "tshark does not know the link type",
	"tcpdump/edsa-high-vid.pcap":                         "tshark does not know the link type",
	"tcpdump/edsa.pcap":                                  "tshark does not know the link type",
	"tcpdump/frf16_magic_ie-oobr.pcap":                   "tshark does not know the link type",
	"tcpdump/hoobr_juniper3.pcap":                        "tshark takes the FCS bits for a part of the link type",
	"tcpdump/juniper_es_oobr.pcap":                       "tshark takes the FCS bits for a part of the link type",
	"tcpdump/juniper_monitor_invalid_cookie_length.pcap": "tshark does not know the link type",
	"tcpdump/kday6.pcap":                                 "tshark does not know the link type",
	"tcpdump/vtp_asan-2.pcap":                            "tshark does not know the link type",
	"tcpdump/vtp_asan-3.pcap":                            "tshark does not know the link type",
	"tcpdump/vtp_asan.pcap":                              "tshark does not know the link type",
}

// Every record of every capture is as tshark has it, and where tshark finds
// damage there is an error.
func TestCorpus(t *testing.T) {
	dir := corpus(t)
	files := 0
	err := filepath.WalkDir(filepath.Join(dir, "dev"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		name, _ := filepath.Rel(filepath.Join(dir, "dev"), path)
		compareWithTshark(t, dir, filepath.ToSlash(name))
		return nil
	})
	if err != nil || files == 0 {
		t.Fatalf("%d files, %v", files, err)
	}
	t.Logf("%d files", files)
}

func compareWithTshark(t *testing.T, dir, name string) {
	want := frames(t, filepath.Join(dir, "expected", name+".ndjson.gz"))
	got, err := readFrames(filepath.Join(dir, "dev", name))
	if damaged := tsharkError(t, filepath.Join(dir, "expected", name+".indicators.json")); tsharkStops[name] == "" && damaged != (err != nil) {
		t.Errorf("%s: tshark finds damage: %t, we: %v", name, damaged, err)
	}
	if len(got) != len(want) && tsharkStops[name] == "" {
		t.Errorf("%s: %d records, tshark has %d (%v)", name, len(got), len(want), err)
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("%s: record %d is %+v, tshark has %+v", name, i+1, got[i], want[i])
			return
		}
	}
	var e *pcap.Error
	if err != nil && !errors.As(err, &e) {
		t.Errorf("%s: error without a place: %v", name, err)
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
