package carve

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
)

// The download of the story is carved whole: its SHA-256 is in
// testdata/README.md, from sha256sum of the file that the server had.
func TestCarve(t *testing.T) {
	const sum = "b3c3a7598f4d0a06fde1b83dd8f16a7d22c10d25e850df8f4e29460f291e2dc7"
	dir := filepath.Join(t.TempDir(), "out")
	var out bytes.Buffer
	for range 2 { // carving again changes nothing
		if err := carve(&out, "../../../testdata/story.pcapng", dir); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(filepath.Join(dir, sum))
	if got := sha256.Sum256(b); err != nil || hex.EncodeToString(got[:]) != sum {
		t.Errorf("%x, %v", got, err)
	}
	if !strings.Contains(out.String(), sum+` 24061 bytes, "update.bin", "application/octet-stream"`) {
		t.Error(out.String())
	}
}

// The files that curl uploads in a form are carved: their SHA-256 are in
// testdata/README.md, from sha256sum.
func TestUploads(t *testing.T) {
	var out bytes.Buffer
	if err := carve(&out, "../../../testdata/upload.pcap", t.TempDir()); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`a2b1a6ae4ce372b0798bc33f360ff6e1635f3ce866f8955deb5571a0f88b6cf0 3061 bytes, "Report 7.bin", "application/octet-stream"`,
		`461eb6fe069d407c297912ab2ba68a695c2f6a182d02bd08c582887b906b69a5 14 bytes, "note.txt", "text/plain"`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %s in\n%s", want, out.String())
		}
	}
}

// What lies in the directory under the name of a file, such as a link to somewhere
// else, is not written to, nor taken for the file.
func TestLinkThatWaits(t *testing.T) {
	root := t.TempDir()
	outside, dir := filepath.Join(root, "outside"), filepath.Join(root, "out")
	if err := errors.Join(os.WriteFile(outside, []byte("mine"), 0o600), os.Mkdir(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{outside, filepath.Join("..", "outside"), filepath.Join(root, "not there")} {
		link := filepath.Join(dir, "461eb6fe069d407c297912ab2ba68a695c2f6a182d02bd08c582887b906b69a5") // note.txt of upload.pcap
		if err := os.Symlink(target, link); err != nil {
			t.Skip("no symbolic links: ", err)
		}
		if err := carve(io.Discard, "../../../testdata/upload.pcap", dir); err == nil || !strings.Contains(err.Error(), filepath.Base(link)) {
			t.Errorf("%s: %v", target, err)
		}
		if b, err := os.ReadFile(outside); err != nil || string(b) != "mine" {
			t.Errorf("%s: %q, %v", target, b, err)
		}
		if files, _ := os.ReadDir(root); len(files) != 2 {
			t.Errorf("%s: %v", target, files)
		}
		os.Remove(link)
	}
}

// Whatever a capture calls a file, nothing is written outside the directory.
func TestNames(t *testing.T) {
	var f build.Pcap
	for i, name := range []string{`../../x`, `/etc/x`, `C:\x`, `CON`, "a\x00b", "\u202efdp.exe", strings.Repeat("x", 10<<10)} {
		body := "body of " + name
		f.Add(time.Unix(1, 0), build.Ethernet(0x0800, build.TCP{
			Src: "198.51.100.7", SrcPort: 80, Dst: "10.0.0.5", DstPort: 4000 + uint16(i), Seq: 1, Flags: 0x18,
			Data: "HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"" + name + "\"\r\nTransfer-Encoding: chunked\r\n\r\n" +
				"5\r\n" + body[:5] + "\r\n0\r\n\r\n",
		}.Packet()))
	}
	root := t.TempDir()
	capture, dir := filepath.Join(root, "c.pcap"), filepath.Join(root, "a", "b", "out")
	if err := os.WriteFile(capture, f.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := carve(&out, capture, dir); err != nil {
		t.Fatal(err)
	}
	var files []string
	filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	// All the bodies are "body ", so one file.
	want := sha256.Sum256([]byte("body "))
	if len(files) != 2 || filepath.Base(files[0]) != hex.EncodeToString(want[:]) {
		t.Errorf("files %q", files)
	}
	if strings.ContainsAny(out.String(), "\x00\u202e") {
		t.Errorf("%q", out.String())
	}
}
