package event

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

// A feed is a directory that MISP reads as a feed: manifest.json, hashes.csv and a
// file for each event.
type feed struct {
	dir string
	org misp.Org
}

const (
	manifestFile = "manifest.json"
	hashesFile   = "hashes.csv"

	// aside is the suffix of a file that is being written. That of the manifest
	// also keeps two programs from writing the same feed.
	aside = ".new"
)

// check completes the organisation, and reports whether the flags fit together.
func (f *feed) check(orgUUID string) (err error) {
	switch {
	case f.dir == "" && (f.org.Name != "" || orgUUID != ""):
		return errors.New("-org and -org-uuid are for -feed")
	case f.dir != "" && f.org.Name == "":
		return errors.New("-feed needs -org, the name of the organisation that creates the events")
	case orgUUID == "":
		f.org.UUID = misp.NewUUID(misp.UUID{}, "organisation", f.org.Name)
	default:
		if f.org.UUID, err = misp.ParseUUID(orgUUID); err != nil {
			err = fmt.Errorf("-org-uuid: %w", err)
		}
	}
	return err
}

// write adds an event to the feed, or replaces it. It reads the whole feed before it
// changes any file, and writes each file aside first. The manifest changes last, so
// that it never names a missing file.
func (f *feed) write(ev *misp.Event) (err error) {
	if err = os.MkdirAll(f.dir, 0o777); err != nil {
		return err
	}
	lock, err := os.OpenFile(f.path(manifestFile+aside), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: another program is writing the feed, or was stopped while it did; if so, remove the file", err)
	}
	if err != nil {
		return err
	}
	written := []string{manifestFile}
	defer func() {
		for _, name := range written {
			err = errors.Join(err, f.settle(name, err == nil))
		}
	}()
	manifest, err := f.manifest()
	if err != nil {
		return errors.Join(err, lock.Close())
	}
	ev.Orgc = f.org
	name := ev.UUID.String() + ".json"
	content, err := f.event(ev, name, manifest[ev.UUID.String()])
	if err == nil {
		manifest[ev.UUID.String()], err = json.Marshal(ev.FeedEntry())
	}
	if err == nil {
		err = encoder(lock).Encode(manifest)
	}
	if err = errors.Join(err, lock.Close()); err != nil {
		return err
	}
	written = []string{name, hashesFile, manifestFile}
	return errors.Join(os.WriteFile(f.path(name+aside), content, 0o666), f.writeHashes(ev))
}

func (f *feed) path(name string) string { return filepath.Join(f.dir, name) }

// settle puts a file that was written aside in its place, or removes it.
func (f *feed) settle(name string, ok bool) error {
	if ok {
		return os.Rename(f.path(name+aside), f.path(name))
	}
	if err := os.Remove(f.path(name + aside)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// manifest reads the entries of the feed, by UUID. It keeps the entries of other
// programs as they are.
func (f *feed) manifest() (map[string]json.RawMessage, error) {
	entries := map[string]json.RawMessage{}
	b, err := os.ReadFile(f.path(manifestFile))
	if errors.Is(err, fs.ErrNotExist) {
		return entries, nil
	}
	if err != nil {
		return nil, err
	}
	if err = json.Unmarshal(b, &entries); err == nil && entries == nil {
		err = errors.New("null")
	}
	for id := range entries {
		if _, not := misp.ParseUUID(id); not != nil {
			err = errors.Join(err, fmt.Errorf("%.40q: %w", id, not))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s is damaged, so nothing was written: %w", f.path(manifestFile), err)
	}
	return entries, nil
}

// event returns the content of the event's file. MISP fetches an event again only if
// its timestamp is later, so a changed event gets one after that of its entry.
func (f *feed) event(ev *misp.Event, name string, entry json.RawMessage) ([]byte, error) {
	before := timestamp(entry)
	if before.After(ev.Timestamp) {
		ev.Timestamp = before
	}
	content, err := encodeEvent(ev)
	if err != nil || before.IsZero() {
		return content, err
	}
	if have, err := os.ReadFile(f.path(name)); err == nil && bytes.Equal(have, content) {
		return content, nil
	}
	if !ev.Timestamp.After(before) {
		ev.Timestamp = before.Add(time.Second)
	}
	return encodeEvent(ev)
}

func encodeEvent(ev *misp.Event) ([]byte, error) {
	var b bytes.Buffer
	err := encoder(&b).Encode(ev)
	return b.Bytes(), err
}

// timestamp returns the time of an entry, or the zero time. Programs write it as a
// number or a string.
func timestamp(entry json.RawMessage) time.Time {
	var e struct{ Timestamp json.RawMessage }
	if json.Unmarshal(entry, &e) != nil {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(strings.Trim(string(e.Timestamp), `"`), 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// writeHashes writes aside the hashes of the other events and those of ev: lines of
// an MD5, a comma and a UUID.
func (f *feed) writeHashes(ev *misp.Event) (err error) {
	file, err := os.Create(f.path(hashesFile + aside))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriter(file)
	id := ev.UUID.String()
	if err := f.copyHashes(out, id); err != nil {
		return err
	}
	for _, hash := range ev.FeedHashes() {
		fmt.Fprintf(out, "%s,%s\n", hash, id)
	}
	return out.Flush()
}

// copyHashes copies the lines of all events but one.
func (f *feed) copyHashes(out *bufio.Writer, except string) error {
	old, err := os.Open(f.path(hashesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer old.Close()
	lines := bufio.NewScanner(old)
	n := 1
	for ; lines.Scan(); n++ {
		hash, id, _ := strings.Cut(strings.TrimSpace(lines.Text()), ",")
		_, bad := misp.ParseUUID(id)
		if sum, err := hex.DecodeString(hash); err != nil || len(sum) != 16 || bad != nil {
			return f.damagedHashes(n, errors.New("not an MD5 and a UUID"))
		}
		if id != except {
			fmt.Fprintf(out, "%s,%s\n", hash, id)
		}
	}
	if err := lines.Err(); err != nil {
		return f.damagedHashes(n, err)
	}
	return nil
}

func (f *feed) damagedHashes(line int, err error) error {
	return fmt.Errorf("%s is damaged, so nothing was written: line %d: %w", f.path(hashesFile), line, err)
}
