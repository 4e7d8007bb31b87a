package warninglist

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"path"
	"strings"
)

// Config bounds what Load reads. A field that is 0 has its default.
type Config struct {
	// MaxFile bounds the size of a file, in bytes. A larger one is skipped.
	// 0: 64 MiB.
	MaxFile int64

	// MaxFiles bounds the files that are read. Those behind it are skipped, and
	// told of once. 0: 4096.
	MaxFiles int

	// MaxEntries bounds the entries of all lists together. A list that would
	// lead beyond is skipped. 0: 8,000,000.
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

// Load reads the lists of fsys with the default bounds, see [Config.Load].
func Load(fsys fs.FS) (*Set, error) { return Config{}.Load(fsys) }

// Load reads the lists of fsys: every file NAME.json below the directory lists,
// as a checkout of misp-warninglists has them, or below the root if there is no
// such directory. What begins with a dot, and what is no regular file, such as a
// symbolic link, is not read.
//
// The error wraps ErrNoLists when nothing could be used, or is that of the root
// when it cannot be read; the Set is usable all the same, and empty then.
// Everything else that went wrong is told by [Set.Skipped].
func (c Config) Load(fsys fs.FS) (*Set, error) {
	l := loader{
		fsys: fsys, config: c,
		set:      &Set{names: map[string]int32{}, texts: map[string]int32{}},
		known:    map[cell]int32{},
		networks: map[netip.Prefix]int32{},
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
	case len(l.set.lists) > 0:
		return l.set, nil
	case len(l.set.skipped) > 0:
		return l.set, fmt.Errorf("warninglist: %w: %w", ErrNoLists, l.set.skipped[0])
	}
	return l.set, fmt.Errorf("warninglist: %w", ErrNoLists)
}

// A loader makes a Set.
type loader struct {
	fsys    fs.FS
	config  Config
	set     *Set
	files   int // read
	entries int // taken

	known    map[cell]int32         // the place of each cell in set.chains
	networks map[netip.Prefix]int32 // to chains, before they are sorted
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
		l.skip(name, fmt.Errorf("%w: this file and those behind it: %d have been read", ErrTooLarge, l.files))
		return fs.SkipAll
	}
	l.files++
	if err := l.load(name, d); err != nil {
		l.skip(name, err)
	}
	return nil
}

// skip tells of a file that is left out. Errors of the file system have its name,
// which an Error has too, and quotes.
func (l *loader) skip(name string, err error) {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	l.set.skipped = append(l.set.skipped, &Error{Path: name, Err: err})
}

// load adds the list of one file.
func (l *loader) load(name string, d fs.DirEntry) error {
	if !d.Type().IsRegular() {
		return fmt.Errorf("%w: no regular file", ErrFormat)
	}
	data, err := l.read(name)
	if err != nil {
		return err
	}
	list, entries, err := parse(data)
	if err != nil {
		return err
	}
	if most := withDefault(l.config.MaxEntries, defaultMaxEntries); len(entries) > most-l.entries {
		return fmt.Errorf("%w: %d entries here, %d before, the most is %d", ErrTooLarge, len(entries), l.entries, most)
	}
	l.entries += len(entries)
	list.Path, list.number = name, int32(len(l.set.lists))
	l.set.lists = append(l.set.lists, list)
	l.add(list, entries)
	return nil
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
		return nil, fmt.Errorf("%w: the file has more than %d bytes", ErrTooLarge, most)
	}
	return data, nil
}

// add adds the entries of a list.
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

// check refuses what a server does not store.
func check(entry string) error {
	if entry == "" || entry == "0" {
		return fmt.Errorf("%w: a server stores neither an empty one, nor 0, nor what is no text", ErrEntry)
	}
	return nil
}

// taker returns what adds one entry of a list.
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
