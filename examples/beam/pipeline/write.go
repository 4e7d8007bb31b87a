package pipeline

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/defuse"
)

func init() {
	register.DoFn4x1[context.Context, []byte, func(*report) bool, func(*found) bool, error](&Writer{})
	register.Iter1[report]()
}

// Writer writes all results. Doing it again writes the same bytes.
type Writer struct {
	Format string // report or misp
	Output string // name of the file
	Feed   string // directory of a feed, instead
	Org    misp.Org
	Event  EventOptions
}

// EventOptions are the part of event.Options that there are flags for.
type EventOptions struct {
	Info string
	Tags []string
}

func (f *Writer) ProcessElement(ctx context.Context, _ []byte, reports func(*report) bool, problems func(*found) bool) error {
	all := collect(reports)
	if err := f.writeProblems(ctx, collect(problems)); err != nil {
		return err
	}
	if f.Feed != "" {
		return f.writeFeed(ctx, all)
	}
	r := report{}
	if len(all) > 0 {
		r = all[0] // they were merged
	}
	var b bytes.Buffer
	out := defuse.JSON(&b)
	if r.all == nil {
		return nil // no file is a capture
	}
	if f.Format == "report" {
		if err := r.all.WriteJSON(out, true); err != nil {
			return err
		}
	} else {
		if err := event.Of(r.all, f.event()).WriteJSON(out); err != nil {
			return err
		}
		fmt.Fprintln(out)
	}
	return write(ctx, f.Output, b.Bytes())
}

func (f *Writer) event() event.Options {
	return event.Options{Info: f.Event.Info, Tags: f.Event.Tags, ThreatLevel: undefinedThreat}
}

const undefinedThreat = 4 // as sightline event has it

// writeProblems writes the files that were not used, or not all of them, in order.
func (f *Writer) writeProblems(ctx context.Context, problems []found) error {
	type problem struct {
		Name    string `json:"name"`
		Sensor  string `json:"sensor,omitempty"`
		Problem string `json:"problem"`
	}
	list := make([]problem, len(problems))
	for i, p := range problems {
		list[i] = problem{p.Name, p.Sensor, p.Problem}
	}
	slices.SortFunc(list, func(a, b problem) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Problem, b.Problem))
	})
	var b bytes.Buffer
	enc := json.NewEncoder(defuse.JSON(&b))
	enc.SetIndent("", " ")
	if err := enc.Encode(list); err != nil {
		return err
	}
	name := f.Output + ".problems.json"
	if f.Feed != "" {
		name = strings.TrimSuffix(f.Feed, "/") + ".problems.json" // beside the feed, which MISP reads
	}
	return write(ctx, name, b.Bytes())
}

// writeFeed writes a new feed with an event for each Report. The manifest comes last,
// so that it never names a missing file.
func (f *Writer) writeFeed(ctx context.Context, all []report) error {
	manifest := map[string]misp.FeedEntry{}
	var hashes []string
	for _, r := range all {
		ev := event.Of(r.all, f.event())
		ev.Orgc = f.Org
		id := ev.UUID.String()
		var b bytes.Buffer
		enc := json.NewEncoder(defuse.JSON(&b))
		enc.SetEscapeHTML(false)
		if err := enc.Encode(ev); err != nil {
			return err
		}
		if err := write(ctx, join(f.Feed, id+".json"), b.Bytes()); err != nil {
			return err
		}
		manifest[id] = ev.FeedEntry()
		for _, h := range ev.FeedHashes() {
			hashes = append(hashes, h+","+id+"\n")
		}
	}
	slices.Sort(hashes)
	if err := write(ctx, join(f.Feed, "hashes.csv"), []byte(strings.Join(hashes, ""))); err != nil {
		return err
	}
	b, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	return write(ctx, join(f.Feed, "manifest.json"), append(b, '\n'))
}

// join joins a directory, which may have a scheme, and a name.
func join(dir, name string) string { return strings.TrimSuffix(dir, "/") + "/" + path.Base(name) }

// write writes a file. Where the file system can rename files, nobody sees half of it.
func write(ctx context.Context, name string, content []byte) error {
	fs, err := filesystem.New(ctx, name)
	if err != nil {
		return err
	}
	defer fs.Close()
	renamer, ok := fs.(filesystem.Renamer)
	if !ok {
		return filesystem.Write(ctx, fs, name, content)
	}
	if err := filesystem.Write(ctx, fs, name+".new", content); err != nil {
		return err
	}
	return renamer.Rename(ctx, name+".new", name)
}
