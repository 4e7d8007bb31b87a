package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/layers/tls"
)

// Settings are what all stages need to know. They travel to the workers with the
// pipeline, so they hold no secrets: workers read the key logs themselves.
type Settings struct {
	Only      extract.TopicSet
	Hash      stream.Hash
	Passwords bool
	Keys      []string // names of key logs

	Sensor string // regular expression
	PerDay bool   // the files of each day are a sensor of their own
	Range  int64  // bytes
}

// options returns the options of the Extractor whose work is divided.
func (s *Settings) options() extract.Options {
	return extract.Options{Only: s.Only, Passwords: s.Passwords, Stream: stream.Config{Hash: s.Hash}}
}

// keys reads the key logs. Without any, it returns nil.
func (s *Settings) keys(ctx context.Context) (*tls.Keys, error) {
	if len(s.Keys) == 0 {
		return nil, nil
	}
	all := new(tls.Keys)
	for _, name := range s.Keys {
		fs, err := filesystem.New(ctx, name)
		if err != nil {
			return nil, err
		}
		b, err := filesystem.Read(ctx, fs, name)
		if err == nil {
			err = extract.ReadKeys(all, bytes.NewReader(b))
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return all, nil
}

// day returns the UTC day of a time.
func day(t time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	return t.UTC().Format(time.DateOnly)
}
