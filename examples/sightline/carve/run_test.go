package carve

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/layers/stream"
)

// plain is the configuration without flags.
var plain = stream.Config{Hash: stream.HashSHA256, Content: true}

// The download of the story is carved completely. The SHA-256 is in
// testdata/README.md and comes from sha256sum of the server's file.
func TestCarve(t *testing.T) {
	const sum = "b3c3a7598f4d0a06fde1b83dd8f16a7d22c10d25e850df8f4e29460f291e2dc7"
	dir := filepath.Join(t.TempDir(), "out")
	var out bytes.Buffer
	for range 2 { // carving again changes nothing
		if err := carve(t.Context(), plain, &out, "../../../testdata/story.pcapng", dir, maxTotal); err != nil {
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

// The files that curl uploads in a form are carved. The SHA-256 hashes are in
// testdata/README.md and come from sha256sum.
func TestUploads(t *testing.T) {
	var out bytes.Buffer
	if err := carve(t.Context(), plain, &out, "../../../testdata/upload.pcap", t.TempDir(), maxTotal); err != nil {
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

// An existing entry with the name of a carved file, such as a symbolic link out of
// the directory, is neither written to nor accepted as the file.
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
		if err := carve(t.Context(), plain, io.Discard, "../../../testdata/upload.pcap", dir, maxTotal); err == nil || !strings.Contains(err.Error(), filepath.Base(link)) {
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

// No file name in a capture makes carve write outside the directory.
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
	if err := carve(t.Context(), plain, &out, capture, dir, maxTotal); err != nil {
		t.Fatal(err)
	}
	var files []string
	filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	// All bodies are "body ", so there is one file.
	want := sha256.Sum256([]byte("body "))
	if len(files) != 2 || filepath.Base(files[0]) != hex.EncodeToString(want[:]) {
		t.Errorf("files %q", files)
	}
	if strings.ContainsAny(out.String(), "\x00\u202e") {
		t.Errorf("%q", out.String())
	}
}

// A file that cannot be written is listed, and the others are written.
func TestOneFails(t *testing.T) {
	const (
		report = "a2b1a6ae4ce372b0798bc33f360ff6e1635f3ce866f8955deb5571a0f88b6cf0" // Report 7.bin
		note   = "461eb6fe069d407c297912ab2ba68a695c2f6a182d02bd08c582887b906b69a5" // note.txt, after it
	)
	for _, test := range []struct {
		name, want string
		total      int64
		blocked    bool // a directory has the name of the first file
	}{
		{"a directory", "exists", maxTotal, true},
		{"too large", "more than -total", 3060, false},
	} {
		dir := t.TempDir()
		if test.blocked {
			os.Mkdir(filepath.Join(dir, report), 0o700)
		}
		var out bytes.Buffer
		err := carve(t.Context(), plain, &out, "../../../testdata/upload.pcap", dir, test.total)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
		if list := out.String(); !strings.Contains(list, `not written: 3061 bytes, "Report 7.bin"`) || !strings.Contains(list, note+" 14 bytes") {
			t.Errorf("%s: %s", test.name, list)
		}
		if b, err := os.ReadFile(filepath.Join(dir, note)); err != nil || len(b) != 14 {
			t.Errorf("%s: %q, %v", test.name, b, err)
		}
	}
}

// Files written before do not count for -total.
func TestTotal(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if err := carve(t.Context(), plain, &out, "../../../testdata/upload.pcap", dir, maxTotal); err != nil {
		t.Fatal(err)
	}
	before := out.String()
	out.Reset()
	if err := carve(t.Context(), plain, &out, "../../../testdata/upload.pcap", dir, 0); err != nil || out.String() != before {
		t.Errorf("%v\n%s", err, &out)
	}
}

// Files in TLS are carved if the capture has the secrets. That of the lab's server is
// named by testdata/README.md.
func TestDecrypted(t *testing.T) {
	var out, errs bytes.Buffer
	if status := Run([]string{"../../../testdata/tls-secrets.pcapng", t.TempDir()}, nil, &out, &errs); status != 0 || !strings.Contains(out.String(), `"robots.txt"`) {
		t.Errorf("status %d, %s%s", status, out.String(), errs.String())
	}
}

// Binary messages of WebSocket, and those of gRPC, are carved on demand, also longer ones
// than others may be.
func TestWebSocket(t *testing.T) {
	content := strings.Repeat("MZ\x90\x00", 300_000)
	checkOnDemand(t, "-websocket", content, []string{
		"GET /ws HTTP/1.1\r\nHost: www.example\r\nUpgrade: websocket\r\n\r\n",
		"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x82\x7f" + string(binary.BigEndian.AppendUint64(nil, uint64(len(content)))) + content,
	})
	checkOnDemand(t, "-grpc", content, []string{
		"POST /a.B/C HTTP/1.1\r\nHost: www.example\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web\r\nContent-Length: 1200005\r\n\r\n\x00" + string(binary.BigEndian.AppendUint32(nil, uint32(len(content)))) + content,
	})
}

// checkOnDemand carves a conversation, in which content is found with the flag alone.
func checkOnDemand(t *testing.T, flag, content string, turns []string) {
	t.Helper()
	var file build.Pcap
	seq := [2]uint32{1, 1}
	for side, turn := range turns {
		for len(turn) > 0 {
			s := build.TCP{Src: "10.0.0.5", Dst: "203.0.113.9", SrcPort: 40000, DstPort: 80, Flags: 0x18}
			if side == 1 {
				s.Src, s.Dst, s.SrcPort, s.DstPort = s.Dst, s.Src, s.DstPort, s.SrcPort
			}
			s.Seq, s.Ack, s.Data = seq[side], seq[1-side], turn[:min(len(turn), 60_000)]
			turn = turn[len(s.Data):]
			seq[side] += uint32(len(s.Data))
			file.Add(time.Unix(1700000000, 0), build.Ethernet(0x0800, s.Packet()))
		}
	}
	dir := t.TempDir()
	capture := filepath.Join(dir, "a.pcap")
	if err := os.WriteFile(capture, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(content))
	for _, args := range [][]string{nil, {flag}} {
		var out, errors bytes.Buffer
		status := Run(append(args, capture, filepath.Join(dir, "out")), nil, &out, &errors)
		if found := strings.Contains(out.String(), hex.EncodeToString(sum[:])); status != 0 || found != (args != nil) {
			t.Errorf("%q: %d, %s%s", args, status, out.String(), errors.String())
		}
	}
}

// An interrupt ends the work between two packets: a file that was written is whole.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := filepath.Join(t.TempDir(), "out")
	var out, errs bytes.Buffer
	status := run(ctx, []string{"../../../testdata/story.pcapng", dir}, writerFunc(func(b []byte) (int, error) {
		cancel()
		return out.Write(b)
	}), &errs)
	sum, _, _ := strings.Cut(out.String(), " ")
	content, err := os.ReadFile(filepath.Join(dir, sum))
	if got := sha256.Sum256(content); err != nil || hex.EncodeToString(got[:]) != sum {
		t.Errorf("%x, %v", got, err)
	}
	if status != 1 || errs.String() != "sightline carve: interrupted\n" || strings.Contains(out.String(), "update.bin") {
		t.Errorf("status %d, %s\n%s", status, &errs, &out)
	}
}

// A writerFunc is an io.Writer.
type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }
