package event

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

// An inputs is the list of captures to read.
type inputs struct {
	sources []source
	sensors [][]source        // the same, divided
	known   []extract.Capture // of earlier runs
	earlier []string          // the current names of these
	before  earlier           // the last of these
	found   bool              // some are files of a directory
	refused []refusal         // files that are skipped
	notes   []string          // what the summary says about them
}

// A refusal says why a file is skipped.
type refusal struct {
	name string
	err  error
}

// expand returns the captures that args name: files, and those in directories and the
// directories below, except hidden ones, which programs write to. without are not
// captures.
func expand(args []string, without ...string) *inputs {
	in := new(inputs)
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() {
			in.sources = append(in.sources, source{name: arg})
			continue
		}
		in.found = true
		files := in.walk(arg, without)
		slices.SortFunc(files, compareSources)
		in.sources = append(in.sources, files...)
	}
	return in
}

func (in *inputs) walk(dir string, without []string) (files []source) {
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			in.refused = append(in.refused, refusal{name, errors.Unwrap(err)})
		case name != dir && strings.HasPrefix(d.Name(), "."):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && regular(name) && !isAny(name, without):
			files = append(files, source{name: name})
		}
		return nil
	})
	return files
}

// regular reports whether name is a file, or a link to one.
func regular(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func isAny(name string, others []string) bool {
	info, err := os.Stat(name)
	return err == nil && slices.ContainsFunc(others, func(other string) bool {
		o, err := os.Stat(other)
		return err == nil && os.SameFile(info, o)
	})
}

// drop removes the files for which why returns a reason.
func (in *inputs) drop(why func(source) error) {
	in.sources = slices.DeleteFunc(in.sources, func(f source) bool {
		err := why(f)
		if err != nil {
			in.refused = append(in.refused, refusal{f.name, err})
		}
		return err != nil
	})
}

// probe finds the times and link types, and refuses files of directories that are
// not captures.
func (in *inputs) probe(last bool) {
	for i := range in.sources {
		in.sources[i].first, in.sources[i].link, _ = head(in.sources[i].name)
		if last {
			in.sources[i].last = end(in.sources[i].name)
		}
	}
	if in.found {
		in.drop(func(f source) error {
			_, _, err := head(f.name)
			return err
		})
	}
}

// head returns the time and link type of the first packet of a file, or of one that has
// none yet, the link type in its header. The error is that of a file that is not a
// capture. What cannot be read twice has neither.
func head(name string) (first time.Time, link pcap.LinkType, err error) {
	if name == "-" || !regular(name) {
		return first, link, nil
	}
	r, err := pcap.Open(name)
	if err != nil {
		return first, link, err
	}
	defer r.Close()
	if rec, err := r.Next(); err == nil {
		return rec.Time, rec.LinkType, nil
	}
	return first, r.Header().LinkType, nil
}

// endSize is about how much of a file is read to find its last packet.
const endSize = 1 << 20

// end returns the time of the last packet of a file. A compressed file is read to its
// end.
func end(name string) (last time.Time) {
	f, err := os.Open(name)
	if name == "-" || !regular(name) || err != nil {
		return last
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return last
	}
	var c pcap.Config
	r, err := c.NewReader(f)
	if ranges, rangeErr := c.Ranges(f, info.Size(), int(info.Size()/endSize)+1); rangeErr == nil {
		r, err = c.OpenRange(f, info.Size(), ranges[len(ranges)-1])
	}
	if err != nil {
		return last
	}
	for rec, err := range r.All() {
		if err != nil {
			break
		}
		last = rec.Time
	}
	return last
}

// unrepeat drops the files whose contents another has, too.
func (in *inputs) unrepeat() {
	bySize := map[int64]int{}
	for _, f := range in.sources {
		bySize[sizeOf(f.name)]++
	}
	first := map[[32]byte]string{}
	in.sources = slices.DeleteFunc(in.sources, func(f source) bool {
		if n := sizeOf(f.name); n < 0 || bySize[n] < 2 {
			return false
		}
		sum, err := sumOf(f.name)
		if err != nil {
			return false
		}
		same, ok := first[sum]
		if ok {
			in.notes = append(in.notes, fmt.Sprintf("%s is the same file as %s, and was read once", f.name, same))
		} else {
			first[sum] = f.name
		}
		return ok
	})
}

// sizeOf returns the size of a file, or -1 if it is not a regular one.
func sizeOf(name string) int64 {
	info, err := os.Stat(name)
	if name == "-" || err != nil || !info.Mode().IsRegular() {
		return -1
	}
	return info.Size()
}

func sumOf(name string) (sum [32]byte, err error) {
	f, err := os.Open(name)
	if err != nil {
		return sum, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return sum, err
	}
	return [32]byte(h.Sum(nil)), nil
}

func (in *inputs) names() (names []string) {
	for _, f := range in.sources {
		names = append(names, f.name)
	}
	return names
}
