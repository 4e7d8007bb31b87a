// Package keylog has the flag of the subcommands that decrypt TLS.
package keylog

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/defuse"
	"github.com/sightline-go/sightline/layers/tls"
	"github.com/sightline-go/sightline/pcap"
)

// Usage describes the flag.
const Usage = `  -keys FILE         decrypt TLS with the secrets in a key log, as SSLKEYLOGFILE and
                     sandboxes write it, or with RSA private keys in PEM; may be
                     repeated. auto: with those beside each capture, called
                     NAME.keys, sslkeylog.log, dump_tls.log or tlsdump.log. Secrets
                     in a pcapng capture are always used.
`

// auto is the value of -keys that looks for key logs.
const auto = "auto"

// Flags are the values of the flag.
type Flags struct {
	files []string
	auto  bool
}

// Define defines the flag.
func (k *Flags) Define(f *flag.FlagSet) {
	f.Func("keys", "", func(s string) error {
		if s == auto {
			k.auto = true
		} else {
			k.files = append(k.files, s)
		}
		return nil
	})
}

// Load reads the key logs, and the secrets before the first packets of the captures
// that can be read twice, or with late all secrets in them. It reports lines that are
// not secrets, and which files it found beside the captures. Without any secrets, it
// returns nil Keys.
func (k *Flags) Load(ctx context.Context, captures []string, late bool, warn io.Writer) (*tls.Keys, error) {
	all := new(tls.Keys)
	for _, name := range k.files {
		if _, err := readLog(all, name, warn); err != nil {
			return nil, err
		}
	}
	for _, name := range k.found(captures) {
		n, err := readLog(all, name, warn)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(warn, "%s: keys: %d\n", defuse.Terminal(name), n)
	}
	for _, name := range captures {
		readCapture(ctx, all, name, late)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if all.Len() == 0 {
		return nil, nil
	}
	return all, nil
}

// readLog adds the secrets of a key log, and returns their number.
func readLog(all *tls.Keys, name string, warn io.Writer) (n int, err error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	keys := new(tls.Keys)
	if err := extract.ReadKeys(keys, f); err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	if bad := keys.Bad(); bad > 0 {
		fmt.Fprintf(warn, "%s: lines without a secret: %d\n", defuse.Terminal(name), bad)
	}
	all.Add(keys)
	return keys.Len(), nil
}

// found returns the key logs beside the captures with -keys auto, each one once, and
// not those that are given, too.
func (k *Flags) found(captures []string) (files []string) {
	if !k.auto {
		return nil
	}
	for _, capture := range captures {
		if capture == "-" {
			continue
		}
		for _, name := range beside(capture) {
			if !slices.Contains(k.files, name) && !slices.Contains(files, name) {
				files = append(files, name)
			}
		}
	}
	return files
}

// beside returns the key logs beside a capture that exist.
func beside(capture string) (found []string) {
	dir, base := filepath.Split(capture)
	names := []string{"sslkeylog.log", "dump_tls.log", "tlsdump.log"}
	for stem := base; ; {
		names = append(names, stem+".keys")
		ext := filepath.Ext(stem)
		if ext == "" || ext == stem {
			break
		}
		stem = strings.TrimSuffix(stem, ext)
	}
	for _, name := range names {
		if Regular(dir + name) {
			found = append(found, dir+name)
		}
	}
	return found
}

// readCapture reads the secrets in a capture. Damage is reported when it is decoded.
func readCapture(ctx context.Context, all *tls.Keys, name string, late bool) {
	if !Regular(name) {
		return
	}
	r, err := pcap.Config{OnBlock: func(b pcap.RawBlock) { extract.AddSecrets(all, b) }}.Open(name)
	if err != nil {
		return
	}
	defer r.Close()
	for err == nil && ctx.Err() == nil {
		if _, err = r.Next(); !late {
			return
		}
	}
}

// Regular reports whether a capture can be read twice.
func Regular(name string) bool {
	info, err := os.Stat(name)
	return name != "-" && err == nil && info.Mode().IsRegular()
}
