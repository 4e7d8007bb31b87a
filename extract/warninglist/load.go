package warninglist

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"path"
	"slices"
	"strings"
)

// Config configures Load. A limit that is 0 has its default.
type Config struct {
	// Lists, if not empty, selects lists by name or by directory, without regard to
	// case: "List of known Fastly IP address ranges" or "fastly". It is an error if
	// one is missing.
	Lists []string

	// MaxFile limits the size of a file, in bytes. Larger files are skipped.
	// 0: 64 MiB.
	MaxFile int64

	// MaxFiles limits the number of files. The rest are skipped, with a single
	// Error. 0: 4096.
	MaxFiles int

	// MaxEntries limits the entries of all lists together. A list that would
	// exceed it is skipped. 0: 8,000,000.
	MaxEntries int
}

const (
	defaultMaxFile    = 64 << 20
	defaultMaxFiles   = 4096
	defaultMaxEntries = 8_000_000
)

func withDefault[T int | int64](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Load reads the lists of fsys with the default limits. See [Config.Load].
func Load(fsys fs.FS) (*Set, error) { return Config{}.Load(fsys) }

// Load reads the lists of fsys: each file NAME.json below the directory lists, as in
// a checkout of misp-warninglists, or below the root if fsys has no such directory.
// It ignores files and directories whose names begin with a dot, and skips files that
// are not regular: symbolic links, for instance.
//
// The error wraps ErrNoLists if no list is usable, or the error of the file system
// if the root cannot be read. The Set is never nil, but after an error it has no
// lists. [Set.Skipped] has all other errors.
func (c Config) Load(fsys fs.FS) (*Set, error) {
	l := loader{
		fsys: fsys, config: c,
		set:      &Set{names: map[string]int32{}, texts: map[string]int32{}},
		known:    map[cell]int32{},
		networks: map[netip.Prefix]int32{},
		chosen:   make([]bool, len(c.Lists)),
	}
	root := "lists"
	if info, err := fs.Stat(fsys, root); err != nil || !info.IsDir() {
		root = "."
	}
	err := fs.WalkDir(fsys, root, l.visit)
	l.set.networks = sortNetworks(l.networks)
	switch {
	case err != nil:
		return l.set, fmt.Errorf("warninglist: %w", err)
	case slices.Contains(l.chosen, false):
		missing := c.Lists[slices.Index(l.chosen, false)]
		return &Set{}, fmt.Errorf("warninglist: %w: %q", ErrNoLists, missing)
	case len(l.set.lists) > 0:
		return l.set, nil
	case len(l.set.skipped) > 0:
		return l.set, fmt.Errorf("warninglist: %w: %w", ErrNoLists, l.set.skipped[0])
	}
	return l.set, fmt.Errorf("warninglist: %w", ErrNoLists)
}

type loader struct {
	fsys    fs.FS
	config  Config
	set     *Set
	files   int    // read
	entries int    // taken
	chosen  []bool // by index into config.Lists

	known    map[cell]int32         // index of each cell in set.chains
	networks map[netip.Prefix]int32 // to chains, not sorted yet
}

// visit is the fs.WalkDirFunc of Load.
func (l *loader) visit(name string, d fs.DirEntry, err error) error {
	switch {
	case err != nil && d == nil:
		return err // the root
	case err != nil:
		l.skip(name, err)
		return nil
	case name != "." && strings.HasPrefix(d.Name(), "."):
		if d.IsDir() {
			return fs.SkipDir
		}
		return nil
	case d.IsDir() || path.Ext(name) != ".json":
		return nil
	case l.files == withDefault(l.config.MaxFiles, defaultMaxFiles):
		l.skip(name, fmt.Errorf("%w: more than %d files, this and the rest are skipped", ErrTooLarge, l.files))
		return fs.SkipAll
	}
	l.files++
	if err := l.load(name, d); err != nil {
		l.skip(name, err)
	}
	return nil
}

// skip records that a file is skipped. It unwraps errors of the file system, which
// repeat the name without quoting it.
func (l *loader) skip(name string, err error) {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	l.set.skipped = append(l.set.skipped, &Error{Path: name, Err: err})
}

func (l *loader) load(name string, d fs.DirEntry) error {
	if !d.Type().IsRegular() {
		return fmt.Errorf("%w: not a regular file", ErrFormat)
	}
	data, err := l.read(name)
	if err != nil {
		return err
	}
	list, entries, err := parse(data)
	if err != nil {
		return err
	}
	if !l.choose(name, list.Name) {
		return nil
	}
	if most := withDefault(l.config.MaxEntries, defaultMaxEntries); len(entries) > most-l.entries {
		return fmt.Errorf("%w: %d entries after %d in other lists, limit is %d", ErrTooLarge, len(entries), l.entries, most)
	}
	l.entries += len(entries)
	list.Path, list.number = name, int32(len(l.set.lists))
	l.set.lists = append(l.set.lists, list)
	l.add(list, entries)
	return nil
}

// choose reports whether Config.Lists selects a list, and notes which of them do.
func (l *loader) choose(file, name string) bool {
	chosen := len(l.config.Lists) == 0
	for i, want := range l.config.Lists {
		if strings.EqualFold(want, name) || strings.EqualFold(want, path.Base(path.Dir(file))) {
			l.chosen[i], chosen = true, true
		}
	}
	return chosen
}

// read returns the content of a file, unless it is too large.
func (l *loader) read(name string) ([]byte, error) {
	f, err := l.fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	most := withDefault(l.config.MaxFile, defaultMaxFile)
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, err
	}
	if n, _ := io.ReadFull(f, make([]byte, 1)); n > 0 {
		return nil, fmt.Errorf("%w: file larger than %d bytes", ErrTooLarge, most)
	}
	return data, nil
}

func (l *loader) add(list *List, entries []string) {
	take := l.taker(list)
	for i, e := range entries {
		err := check(e)
		if err == nil {
			err = take(e)
		}
		if err == nil {
			list.Entries++
			continue
		}
		if list.Skipped++; list.Skipped <= maxErrors {
			l.set.skipped = append(l.set.skipped, &Error{Path: list.Path, Entry: i + 1, Text: shorten(e), Err: err})
		}
	}
	if list.Type == Substring {
		l.set.finders[len(l.set.finders)-1].build()
	}
}

// check rejects entries that a MISP server does not store.
func check(entry string) error {
	if entry == "" || entry == "0" {
		return fmt.Errorf(`%w: a MISP server does not store "", "0" or a non-string`, ErrEntry)
	}
	return nil
}

// taker returns the function that adds an entry to list.
func (l *loader) taker(list *List) func(entry string) error {
	s := l.set
	switch list.Type {
	case CIDR:
		return func(e string) error { return l.addNetwork(list, e) }
	case Hostname:
		return func(e string) error { return l.addName(list, e) }
	case Substring:
		s.finders = append(s.finders, finder{list: list})
		return s.finders[len(s.finders)-1].add
	case Regex:
		s.patterns = append(s.patterns, patterns{list: list})
		return s.patterns[len(s.patterns)-1].add
	}
	return func(e string) error {
		s.texts[e] = l.chain(list, s.texts[e])
		return nil
	}
}
