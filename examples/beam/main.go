// Command beam does the work of sightline event on many machines: an Apache Beam
// pipeline from capture files to one Report, one MISP event, or a feed.
//
//	beam -output event.json 'captures/*.pcapng'
//
// README.md describes the flags, the runners and what was tested.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/gcs"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/local"
	_ "github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/s3"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"
	"github.com/sightline-go/sightline/examples/beam/pipeline"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
)

var (
	output   = flag.String("output", "", "write one Report or event to this `file`")
	format   = flag.String("o", "misp", "misp: a MISP event; report: all observations")
	feed     = flag.String("feed", "", "write a MISP feed to this `directory` instead; needs -org")
	per      = flag.String("per", "sensor", "an event of the feed for each sensor, for each day of each sensor (day), or one for all (all)")
	org      = flag.String("org", "", "`name` of the organisation that creates the events of -feed")
	sensor   = flag.String("sensor", `.*/`, "`regular expression` that finds the sensor in a file's name; default: its directory")
	rangeMiB = flag.Int64("range", 64, "size in `MiB` of the ranges in which large captures are read")
	hash     = flag.String("hash", "all", "hashes of files: all, sha256 or none")
	keys     = flag.String("keys", "", "comma-separated `files` with TLS secrets, which the workers read")
	info     = flag.String("info", "", "title of the event; default: the captures' names")
	tags     = flag.String("tags", "", "comma-separated tags of the event")
	password = flag.Bool("passwords", false, "include the passwords of logins")
)

func main() {
	flag.Parse()
	beam.Init()
	c, w, err := parse(flag.Args())
	if err != nil {
		fail(2, err)
	}
	if err := run(context.Background(), flag.Args(), c, w); err != nil {
		fail(1, err)
	}
}

func fail(status int, err error) {
	fmt.Fprintln(os.Stderr, "beam:", err)
	os.Exit(status)
}

func run(ctx context.Context, patterns []string, c pipeline.Settings, w *pipeline.Writer) error {
	p, s := beam.NewPipelineWithRoot()
	pipeline.Build(s, patterns, c, *feed == "" || *per == "all", w)
	result, err := beamx.RunWithMetrics(ctx, p)
	if err != nil {
		return err
	}
	pipeline.PrintCounters(os.Stderr, result)
	return nil
}

var hashes = map[string]stream.Hash{"all": stream.HashAll, "sha256": stream.HashSHA256, "none": stream.HashNone}

func parse(patterns []string) (pipeline.Settings, *pipeline.Writer, error) {
	h, known := hashes[*hash]
	c := pipeline.Settings{
		Hash: h, Passwords: *password, Keys: words(*keys), Sensor: *sensor,
		PerDay: *feed != "" && *per == "day", Range: *rangeMiB << 20,
	}
	w := &pipeline.Writer{
		Format: *format, Output: *output, Feed: *feed, Event: pipeline.EventOptions{Info: *info, Tags: words(*tags)},
		Org: misp.Org{Name: *org, UUID: misp.NewUUID(misp.UUID{}, "organisation", *org)},
	}
	switch {
	case len(patterns) == 0:
		return c, w, errors.New("no files: give patterns, such as 'gs://bucket/*.pcap'")
	case (*output == "") == (*feed == ""):
		return c, w, errors.New("give either -output or -feed")
	case *feed != "" && (*org == "" || *format != "misp"):
		return c, w, errors.New("-feed writes MISP events and needs -org")
	case *format != "misp" && *format != "report":
		return c, w, fmt.Errorf("unknown -o %s: use misp, report", *format)
	case !known:
		return c, w, fmt.Errorf("unknown -hash %s: use all, none, sha256", *hash)
	case *per != "sensor" && *per != "day" && *per != "all":
		return c, w, fmt.Errorf("unknown -per %s: use all, day, sensor", *per)
	case *rangeMiB < 1:
		return c, w, errors.New("-range is less than 1")
	}
	if _, err := regexp.Compile(*sensor); err != nil {
		return c, w, fmt.Errorf("-sensor: %w", err)
	}
	return c, w, nil
}

func words(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
