package pipeline

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"math"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

func init() {
	register.DoFn3x1[context.Context, string, func(string, found), error](&scanFn{})
	register.DoFn3x0[string, func(*found) bool, func(string, found)](&distinctFn{})
	register.Emitter2[string, found]()
	register.Iter1[found]()
	beam.RegisterCoder(foundType, encodeFound, decodeFound)
}

// found is a file and what is in it.
type found struct {
	Name    string
	Sensor  string
	Problem string        // what is wrong with it
	scan    *extract.Scan // nil: it is not used
	place   place
}

// A foundJSON is the form in which a found travels.
type foundJSON struct {
	Name, Sensor, Problem string
	Scan                  *extract.Scan
	Place                 place
}

func encodeFound(f found) ([]byte, error) {
	return json.Marshal(foundJSON{f.Name, f.Sensor, f.Problem, f.scan, f.place})
}

func decodeFound(b []byte) (found, error) {
	var w foundJSON
	err := json.Unmarshal(b, &w)
	return found{w.Name, w.Sensor, w.Problem, w.Scan, w.Place}, err
}

// scanFn reads each file once, without decoding packets. It emits what it found by
// the hash of the contents.
type scanFn struct {
	Settings Settings
	sensor   *regexp.Regexp
}

func (f *scanFn) Setup() (err error) {
	f.sensor, err = regexp.Compile(f.Settings.Sensor)
	return err
}

func (f *scanFn) ProcessElement(ctx context.Context, name string, emit func(string, found)) error {
	v := found{Name: name, Sensor: f.sensorOf(name)}
	var err error
	if v.scan, err = scan(ctx, name, f.Settings.Range, nil); err != nil {
		if ctx.Err() != nil {
			return err // of the runner, not of the file
		}
		v.Problem = reason(err)
		count(ctx, "files not used", 1)
		emit("name "+name, v)
		return nil
	}
	c := &v.scan.Capture
	if c.Err != nil {
		v.Problem = reason(c.Err)
	}
	if f.Settings.PerDay {
		v.Sensor = path.Join(v.Sensor, day(v.scan.Start))
	}
	if c.Packets == 0 || c.Size == 0 {
		emit("name "+name, v) // equal ones are common, and count nothing
	} else {
		emit("hash "+hex.EncodeToString(c.SHA256[:]), v)
	}
	return nil
}

// scan scans a file in ranges of about every bytes, without the packets for which skip
// returns true.
func scan(ctx context.Context, name string, every int64, skip func(*pcap.Record) bool) (*extract.Scan, error) {
	src, err := open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer src.Close()
	if _, ok := src.(io.ReaderAt); !ok {
		every = math.MaxInt64 // a part of it could only be reached by reading all before
	}
	return extract.ScanInput(ctx, name, src, every, skip)
}

// sensorOf returns the sensor of a file: the groups that the regular expression
// captures in its name or, without groups, all that matches.
func (f *scanFn) sensorOf(name string) string {
	m := f.sensor.FindStringSubmatch(name)
	if len(m) > 1 {
		m = m[1:]
	}
	return strings.Join(m, "/")
}

// reason returns the text of an error, which may be a foreign file's.
func reason(err error) string {
	var e *fs.PathError
	if errors.As(err, &e) {
		return e.Op + ": " + e.Err.Error()
	}
	return err.Error()
}

// open opens a file of any file system.
func open(ctx context.Context, name string) (io.ReadCloser, error) {
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return nil, err
	}
	return fs.OpenRead(ctx, name)
}

// distinctFn emits the files by sensor. Of those with the same contents it emits the
// first alone, and why the others are not used.
type distinctFn struct{}

func (*distinctFn) ProcessElement(_ string, files func(*found) bool, emit func(string, found)) {
	same := collect(files)
	slices.SortFunc(same, func(a, b found) int { return strings.Compare(a.Name, b.Name) })
	for i, f := range same {
		switch {
		case i > 0 && f.Name == same[i-1].Name: // matches several patterns
			continue
		case i > 0:
			f.scan, f.Problem = nil, "same contents as "+same[0].Name
		}
		emit(f.Sensor, f)
	}
}

// collect returns all values of an iterator.
func collect[V any](next func(*V) bool) (all []V) {
	for {
		var v V
		if !next(&v) {
			return all
		}
		all = append(all, v)
	}
}
