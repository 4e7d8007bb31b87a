package pipeline

import (
	"context"
	"fmt"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
)

func init() {
	register.DoFn3x1[context.Context, string, func(string), error](&listFn{})
	register.Emitter1[string]()
}

// listFn emits the names of the files that match a pattern. Its scheme, such as gs://,
// selects the file system.
type listFn struct{}

func (*listFn) ProcessElement(ctx context.Context, pattern string, emit func(string)) error {
	fs, err := filesystem.New(ctx, pattern)
	if err != nil {
		return err
	}
	defer fs.Close()
	names, err := fs.List(ctx, pattern)
	if err != nil {
		return fmt.Errorf("%s: %w", pattern, err)
	}
	for _, name := range names {
		emit(name)
	}
	return nil
}

// list returns the names of the files that match any of the patterns.
func list(s beam.Scope, patterns []string) beam.PCollection {
	s = s.Scope("List")
	return beam.Reshuffle(s, beam.ParDo(s, &listFn{}, beam.Reshuffle(s, beam.CreateList(s, patterns))))
}
