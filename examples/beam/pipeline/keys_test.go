package pipeline

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/keytest"
)

// secretPath is in a request that the key log of tls-secrets.pcapng decrypts.
const secretPath = "/robots.txt"

// The workers decrypt with the secrets of key logs, as sightline event -keys does, and
// without them they do not.
func TestKeys(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, b []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var names []string
	c := defaults
	for _, name := range []string{"tls-secrets", "https-secrets", "http3-secrets"} {
		packets, log := keytest.Parted(t, "../../../testdata/"+name+".pcapng")
		names = append(names, write(name+".pcap", packets))
		c.Keys = append(c.Keys, write(name+".log", log))
	}
	args := names
	for _, name := range c.Keys {
		args = append([]string{"-keys", name}, args...)
	}
	for _, format := range []string{"report", "misp"} {
		got, problems := on(t, c, format, names...)
		same(t, format, alone(t, format, args...), got)
		clear, _ := on(t, defaults, format, names...)
		same(t, format+" without keys", alone(t, format, names...), clear)
		if !strings.Contains(got, secretPath) || strings.Contains(clear, secretPath) || len(problems) > 0 {
			t.Errorf("%s: decrypted: %t, without keys: %t, problems: %v", format, strings.Contains(got, secretPath), strings.Contains(clear, secretPath), problems)
		}
	}
}
