package main

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/keytest"
)

const secretsFile = "../../testdata/tls-secrets.pcapng"

// secretsIn returns the key log in a capture, and the secrets of its lines.
func secretsIn(t *testing.T, name string) (log []byte, secrets [][]byte) {
	t.Helper()
	_, log = keytest.Parted(t, name)
	for _, digits := range regexp.MustCompile(`\b[0-9a-fA-F]{64,}\n`).FindAll(log, -1) {
		b, err := hex.DecodeString(strings.TrimSpace(string(digits)))
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, b)
	}
	if len(secrets) < 4 {
		t.Fatalf("%d secrets in %s", len(secrets), name)
	}
	return log, secrets
}

// leaks returns the forms in which an output has a secret: a part of it, in bytes, in
// hexadecimal, or in base64 at any offset.
func leaks(out, secret []byte) (forms []string) {
	lower := bytes.ToLower(out)
	for name, has := range map[string]bool{
		"bytes": bytes.Contains(out, secret[:12]), "hexadecimal": bytes.Contains(lower, []byte(hex.EncodeToString(secret[:12]))),
	} {
		if has {
			forms = append(forms, name)
		}
	}
	for offset := range 3 { // of the secret in its group of 3 bytes
		for _, text := range [][]byte{secret, []byte(hex.EncodeToString(secret))} {
			coded := base64.StdEncoding.EncodeToString(append(make([]byte, offset), text...))
			if bytes.Contains(out, []byte(coded[4:24])) {
				forms = append(forms, "base64")
			}
		}
	}
	return forms
}

func TestLeaks(t *testing.T) {
	secret := []byte("0123456789abcdefghijklmnopqrstuv")
	for _, out := range []string{
		"x" + string(secret), "x" + hex.EncodeToString(secret), strings.ToUpper(hex.EncodeToString(secret)),
		base64.StdEncoding.EncodeToString(secret), base64.StdEncoding.EncodeToString([]byte("x" + hex.EncodeToString(secret))), base64.StdEncoding.EncodeToString([]byte("xy" + string(secret))),
	} {
		if leaks([]byte(out), secret) == nil {
			t.Errorf("%q: not found", out)
		}
	}
	if forms := leaks([]byte("another text, longer than that"), secret); forms != nil {
		t.Error(forms)
	}
}

// written returns all files below a directory.
func written(t *testing.T, dir string) (all []byte) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		all = append(all, b...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// No program writes a secret anywhere, be it of the capture or of a key log, unless it
// is asked to.
func TestSecretsStay(t *testing.T) {
	log, secrets := secretsIn(t, secretsFile)
	in, out := t.TempDir(), t.TempDir()
	file := func(name string, b []byte) string {
		path := filepath.Join(in, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain := filepath.Join(out, "plain.pcap")
	if status, _, stderr := sightline("convert", secretsFile, plain); status != 0 {
		t.Fatal(stderr)
	}
	keys := file("some.keys", append(log, "CLIENT_RANDOM "+hex.EncodeToString(secrets[0])+"\n"+hex.EncodeToString(secrets[1])+"\n"...))
	misp := httptest.NewServer(http.NotFoundHandler())
	defer misp.Close()
	apiKey := file("api", []byte(strings.Repeat("k", 40)))

	var runs [][]string
	for _, c := range [][]string{{secretsFile}, {"-keys", keys, plain}} {
		add := func(args ...string) { runs = append(runs, append(args, c...)) }
		for _, format := range []string{"misp", "module", "ndjson", "csv", "text", "report"} {
			add("event", "-all", "-passwords", "-o", format)
		}
		add("event", "-feed", filepath.Join(out, "feed"), "-org", "x")
		add("event", "-explain", "https://shop.partner.example/robots.txt")
		add("event", "-verify")
		add("dump", "-o", "indicators")
	}
	for _, format := range []string{"text", "ndjson"} {
		runs = append(runs, []string{"dump", "-o", format, secretsFile})
	}
	runs = append(runs,
		[]string{"carve", secretsFile, filepath.Join(out, "carved")}, []string{"carve", "-keys", keys, plain, filepath.Join(out, "carved, too")},
		[]string{"sightings", "-url", misp.URL, "-key-file", apiKey, secretsFile},
		[]string{"convert", secretsFile, filepath.Join(out, "a.pcapng")}, []string{"convert", "-port", "443", secretsFile, filepath.Join(out, "b.pcapng")},
		[]string{"convert", "-F", "nspcap", secretsFile, "-"}, []string{"convert", "-F", "pcapng", secretsFile, "-"},
		// Mistakes: a key log in place of a capture, and a capture in place of a key log.
		[]string{"event", keys}, []string{"event", "-keys", secretsFile, plain}, []string{"dump", keys}, []string{"convert", keys, filepath.Join(out, "c.pcapng")},
		[]string{"carve", keys, filepath.Join(out, "none")}, []string{"graph", keys}, []string{"sightings", "-url", misp.URL, "-key-file", keys, plain})
	for _, args := range runs {
		_, stdout, stderr := sightline(args...)
		for _, secret := range secrets {
			if forms := leaks([]byte(stdout+stderr), secret); forms != nil {
				t.Errorf("%q: a secret in %q", args, forms)
			}
		}
	}
	files := written(t, out)
	for _, secret := range secrets {
		if forms := leaks(files, secret); forms != nil {
			t.Errorf("a file has a secret in %q", forms)
		}
	}
	if !bytes.Contains(files, []byte("robots.txt")) {
		t.Error("nothing was decrypted")
	}
	if status, _, _ := sightline("convert", "-with-keys", secretsFile, filepath.Join(out, "keys.pcapng")); status != 0 || leaks(written(t, out), secrets[0]) == nil {
		t.Error("-with-keys does not copy the secrets")
	}
}
