package event

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

// A stateFile is the file of -state.
type stateFile struct {
	name string
	max  int64
	old  []byte      // its contents before this run, nil if it did not exist
	info fs.FileInfo // likewise, then that of the file which this run has written
}

// load reads the state of the previous run, if there is one.
func (s *stateFile) load() error {
	info, err := os.Stat(s.name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		s.info = info
		s.old, err = os.ReadFile(s.name)
	}
	return err
}

// survey returns a Survey that continues the previous run.
func (s *stateFile) survey(o extract.Options) (*extract.Survey, error) {
	v := &extract.Survey{Options: o, MaxBytes: s.max}
	if s.old == nil {
		return v, nil
	}
	if err := v.Resume(bytes.NewReader(s.old)); err != nil {
		return nil, fmt.Errorf("%s: %w", s.name, err)
	}
	return v, nil
}

// save writes the new state aside, to a hidden file, and puts it in the place of the old
// one, so that there is a complete one at any time.
func (s *stateFile) save(write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(s.name), "."+filepath.Base(s.name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	err = errors.Join(write(f), f.Sync(), f.Close())
	if err == nil {
		err = s.checkInfo()
	}
	if err == nil {
		err = os.Rename(f.Name(), s.name)
	}
	if err == nil {
		syncDir(filepath.Dir(s.name))
		s.info, err = os.Stat(s.name)
	}
	return err
}

// checkInfo returns an error if another run has written the file since this one has
// read it: the captures of that would be lost.
func (s *stateFile) checkInfo() error {
	info, err := os.Stat(s.name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if (info == nil) != (s.info == nil) || info != nil && !(os.SameFile(info, s.info) && info.ModTime().Equal(s.info.ModTime())) {
		return errors.New("another run has changed it meanwhile: run again")
	}
	return nil
}

// syncDir makes a rename survive a crash, where the system can do that.
func syncDir(dir string) {
	if d, err := os.Open(dir); err == nil {
		d.Sync()
		d.Close()
	}
}

// suspend reads files after those of the previous run and saves the state.
func (j *job) suspend(ctx context.Context, files []source) (*extract.Report, error) {
	s := &j.c.state
	v, err := s.survey(j.c.options)
	if err != nil {
		return nil, err
	}
	between := j.before.seam(files)
	for i, f := range files {
		v.Skip = begin(between, files[i:])
		if err := j.survey(ctx, v, f.name); err != nil {
			return nil, err
		}
	}
	x := v.Extractor()
	j.read(ctx, x, files)
	var rep *extract.Report
	save := func(w io.Writer) (err error) {
		rep, err = x.Suspend(w)
		return errors.Join(err, identified(rep))
	}
	if len(files) == 0 {
		err = save(io.Discard)
	} else {
		err = s.save(save)
	}
	if rep == nil {
		rep = x.Finish()
	}
	if err != nil { // rep has everything nevertheless
		j.complain(s.name, fmt.Errorf("the state is unchanged: %w", err))
	}
	return rep, nil
}

// identified returns an error if a capture was not read to its end: the next run does
// not know that it has to be read.
func identified(rep *extract.Report) error {
	for _, c := range rep.Captures {
		if c.SHA256 == ([32]byte{}) {
			return fmt.Errorf("%s could not be read to its end", c.Name)
		}
	}
	return nil
}

// survey surveys a file. Reading it again reports its errors.
func (j *job) survey(ctx context.Context, v *extract.Survey, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	r, err := pcap.NewReader(frugal{j.bar.reader(f), j.memory})
	if err != nil {
		return nil
	}
	return v.Read(ctx, r)
}
