package serve

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers/tls"
)

// A keyring holds the secrets of the key logs that come with a capture. It lives as
// long as the request, and nothing of it but counts is in the response or the log.
type keyring struct {
	keys tls.Keys
	logs int   // with at least one secret
	bad  int   // lines of them without one
	most int64 // bytes of key logs
	room int64 // bytes of them that may still be read
	full bool  // there was no room
}

// newKeyring returns a keyring for a capture that may take share bytes. Secrets take
// less memory than their text, and as much again while they are added.
func newKeyring(share int64) *keyring { return &keyring{most: share / 8, room: share / 8} }

// read adds the secrets in a file, and reports whether there are any. The rest of a file
// without room stays unread. The error is that of src.
func (k *keyring) read(src io.Reader) (found bool, err error) {
	if k.room == 0 {
		k.full = true
		return false, nil
	}
	var keys tls.Keys
	text := &failing{src: io.LimitReader(src, k.room)}
	_ = extract.ReadKeys(&keys, text) // text has the error of src; another one is about unusable keys
	if keys.Len() == 0 {
		return false, text.err
	}
	k.keys.Add(&keys)
	k.logs++
	k.bad += keys.Bad()
	k.room -= text.n
	if k.room == 0 {
		n, _ := io.CopyN(io.Discard, src, 1)
		k.full = n > 0
	}
	return true, text.err
}

// maxKeyLogs limits the key logs that come before a capture of the page.
const maxKeyLogs = 16

// lengthsOf parses the lengths of key logs, separated by commas.
func lengthsOf(text string) (lengths []int64, err error) {
	for word := range strings.SplitSeq(text, ",") {
		n, err := strconv.ParseInt(word, 10, 64)
		switch {
		case text == "":
			return nil, nil
		case err != nil || n < 0:
			return nil, queryError(fmt.Sprintf("Key logs: %q is not a length.", short(word)))
		case len(lengths) == maxKeyLogs:
			return nil, queryError(fmt.Sprintf("Key logs: there are more than %d.", maxKeyLogs))
		}
		lengths = append(lengths, n)
	}
	return lengths, nil
}

// readAll reads key logs of these lengths, one after another. The error is that of src.
func (k *keyring) readAll(src io.Reader, lengths []int64) error {
	for _, n := range lengths {
		log := io.LimitReader(src, n)
		if _, err := k.read(log); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, log); err != nil {
			return err
		}
	}
	return nil
}

// A failing keeps the error of src other than io.EOF, and counts its bytes.
type failing struct {
	src io.Reader
	n   int64
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.src.Read(p)
	if f.n += int64(n); err != io.EOF {
		f.err = err
	}
	return n, err
}

// all returns the secrets, or nil if the keyring is empty.
func (k *keyring) all() *tls.Keys {
	if k.keys.Len() == 0 {
		return nil
	}
	return &k.keys
}

// A keySummary says what became of key logs.
type keySummary struct {
	Logs        int `json:"logs"`        // key logs with at least one key
	Keys        int `json:"keys"`        // secrets and private keys in them
	Bad         int `json:"bad"`         // lines of them without a key
	Connections int `json:"connections"` // that were decrypted
}

func (k *keyring) summary(rep *extract.Report) *keySummary {
	return &keySummary{k.logs, k.keys.Len(), k.bad, rep.Unseen.Stream.Decrypted}
}

// String returns a sentence.
func (s keySummary) String() string {
	text := fmt.Sprintf("Keys: %d in %s", s.Keys, count(s.Logs, "key log"))
	if s.Bad > 0 {
		text += fmt.Sprintf(", %s without a key skipped", count(s.Bad, "line"))
	}
	return text + fmt.Sprintf("; %s decrypted.", count(s.Connections, "connection"))
}
