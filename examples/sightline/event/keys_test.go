package event

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/keytest"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

const secretsFile = "../../../testdata/tls-secrets.pcapng"

// lateSecrets returns the packets of a pcap file as a pcapng file that ends with a key
// log.
func lateSecrets(t *testing.T, packets, log []byte) []byte {
	t.Helper()
	r, err := pcap.NewReader(bytes.NewReader(packets))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w := pcapng.NewWriter(&b)
	if _, err := w.AddInterface(pcapng.Interface{LinkType: pcap.LinkTypeEthernet}); err != nil {
		t.Fatal(err)
	}
	for rec, err := range r.All() {
		if err == nil {
			err = w.Write(rec)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteSecrets(pcapng.Secrets{Type: pcapng.SecretsTLS, Data: log}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// requests returns the decrypted requests in a report.
func requests(t *testing.T, stdout string) (urls []string) {
	t.Helper()
	var rep struct {
		Requests []struct {
			URL       string
			Decrypted int
		}
	}
	if err := json.Unmarshal([]byte(stdout), &rep); err != nil {
		t.Fatal(err)
	}
	for _, r := range rep.Requests {
		if r.Decrypted > 0 {
			urls = append(urls, r.URL)
		}
	}
	return urls
}

// The secrets in a capture are used, wherever they are, and those of a key log.
func TestKeys(t *testing.T) {
	packets, log := keytest.Parted(t, secretsFile)
	late := lateSecrets(t, packets, log)
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	plain, keys := write("a.pcap", packets), write("other.log", log)
	beside := write("b.pcap", packets)
	write("b.keys", log)
	for _, tt := range []struct {
		name  string
		args  []string
		found bool
	}{
		{"in the capture", []string{secretsFile}, true},
		{"in the capture, with several goroutines", []string{"-j", "4", secretsFile}, true},
		{"after the packets", []string{write("late.pcapng", late)}, true},
		{"without", []string{plain}, false},
		{"a key log", []string{"-keys", keys, plain}, true},
		{"two key logs", []string{"-keys", write("empty", nil), "-keys", keys, plain}, true},
		{"beside another capture", []string{"-keys", "auto", plain}, false},
		{"beside the capture", []string{"-keys", "auto", beside}, true},
	} {
		status, stdout, stderr := run1(t, nil, append([]string{"-q", "-o", "report"}, tt.args...)...)
		if got := requests(t, stdout); status != 0 || (len(got) > 0) != tt.found || strings.Contains(strings.Join(got, " "), "robots.txt") != tt.found {
			t.Errorf("%s: status %d, %v, %s", tt.name, status, got, stderr)
		}
	}
	// Standard input cannot be read twice.
	if _, stdout, _ := run1(t, late, "-q", "-o", "report", "-"); requests(t, stdout) != nil || !strings.Contains(stdout, `"late_secrets":1`) {
		t.Error("secrets after the packets of standard input: not counted")
	}
	if status, _, stderr := run1(t, nil, "-keys", filepath.Join(dir, "none"), plain); status != 1 || !strings.Contains(stderr, "none") {
		t.Errorf("status %d, %s", status, stderr)
	}
	if _, _, stderr := run1(t, nil, "-keys", write("bad", []byte("CLIENT_RANDOM 00 11\nx\n")), plain); !strings.Contains(stderr, "bad: lines without a secret: 2") {
		t.Error(stderr)
	}
}

// Attributes say that their values were decrypted, and -only-clear leaves those out.
func TestOnlyClear(t *testing.T) {
	_, all, _ := run1(t, nil, "-q", "-o", "csv", secretsFile)
	_, clear, _ := run1(t, nil, "-q", "-o", "csv", "-only-clear", secretsFile)
	if !strings.Contains(all, "robots.txt") || !strings.Contains(all, "; decrypted;") {
		t.Errorf("nothing is decrypted: %s", all)
	}
	if strings.Contains(clear, "decrypted") || strings.Contains(clear, "robots.txt") || !strings.Contains(clear, "shop.partner.example") {
		t.Errorf("-only-clear: %s", clear)
	}
	_, clear, _ = run1(t, nil, "-q", "-only-clear", secretsFile)
	if strings.Contains(clear, "robots.txt") {
		t.Error("-only-clear: a decrypted URL in an object")
	}
}

// No secret is in any output.
func TestKeysStay(t *testing.T) {
	packets, log := keytest.Parted(t, secretsFile)
	plain, keys := write(t, "a.pcap", packets), write(t, "a.keys", append(log, "\nCLIENT_RANDOM 0123456789abcdef0123456789abcdef\n"...))
	secrets := regexp.MustCompile(`[0-9a-f]{32,}`).FindAllString(string(log), -1)
	if len(secrets) < 8 {
		t.Fatal(secrets)
	}
	for _, format := range []string{"misp", "module", "ndjson", "csv", "text", "report"} {
		_, stdout, stderr := run1(t, nil, "-o", format, "-all", "-passwords", "-keys", keys, plain)
		for _, s := range append(secrets, "0123456789abcdef") {
			if out := strings.ToLower(stdout + stderr); strings.Contains(out, s) {
				t.Errorf("%s: %s is in the output", format, s)
			}
		}
	}
}

// -verify finds decrypted indicators again.
func TestVerifyDecrypted(t *testing.T) {
	status, _, stderr := run1(t, nil, "-verify", "-private", secretsFile)
	if diff := cmp.Diff(0, status); diff != "" || strings.Contains(stderr, "not found again") {
		t.Error(diff, stderr)
	}
}
