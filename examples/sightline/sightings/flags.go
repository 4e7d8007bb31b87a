package sightings

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/internal/cli"
)

const (
	maxSource = 255  // characters; a server fails with more
	maxBatch  = 5000 // PHP accepts requests of a few megabytes
)

// A command holds the settings from the command line and the environment.
type command struct {
	files []string

	url             *url.URL
	key, ca         string
	timeout         time.Duration // of all requests for a capture
	requestTimeout  time.Duration
	batch           int
	types           []misp.Type
	toIDs, released bool
	tags            []string
	filter          filter
	bucket          int64 // in seconds
	source          string
	falsePositive   bool
	own             bool // include events that were made from the capture
	dryRun, quiet   bool
}

func parse(args []string, getenv func(string) string) (command, error) {
	var c command
	f := flag.NewFlagSet(program, flag.ContinueOnError)
	f.SetOutput(io.Discard)
	server := f.String("url", getenv("MISP_URL"), "")
	keyFile := f.String("key-file", "", "")
	bucket := f.Duration("bucket", time.Hour, "")
	f.StringVar(&c.ca, "ca", "", "")
	f.DurationVar(&c.timeout, "timeout", time.Hour, "")
	f.DurationVar(&c.requestTimeout, "request-timeout", time.Minute, "")
	f.IntVar(&c.batch, "batch", 1000, "")
	f.Func("type", "", func(s string) error { return each(s, c.addType) })
	f.BoolVar(&c.toIDs, "to-ids", false, "")
	f.BoolVar(&c.released, "published", false, "")
	f.Func("tag", "", func(s string) error { c.tags = append(c.tags, s); return nil })
	f.Func("skip", "", func(s string) error { return each(s, c.filter.add) })
	f.BoolVar(&c.filter.private, "private", false, "")
	f.BoolVar(&c.own, "own", false, "")
	f.StringVar(&c.source, "source", "", "")
	f.BoolVar(&c.falsePositive, "false-positive", false, "")
	f.BoolVar(&c.dryRun, "dry-run", false, "")
	f.BoolVar(&c.quiet, "q", false, "")
	if err := cli.Parse(f, args); err != nil {
		return c, err
	}
	c.files = f.Args()
	c.bucket = int64(*bucket / time.Second)
	if len(c.types) == 0 {
		c.types = usualTypes()
	}
	if err := c.check(*bucket); err != nil {
		return c, err
	}
	var err error
	if c.url, err = parseURL(*server); err != nil {
		return c, err
	}
	c.key, err = readKey(*keyFile, getenv)
	return c, err
}

func (c *command) check(bucket time.Duration) error {
	switch {
	case len(c.files) == 0:
		return errors.New("no capture given")
	case bucket < time.Second || bucket%time.Second != 0:
		return errors.New("-bucket must be a whole number of seconds, at least 1s")
	case c.timeout <= 0 || c.requestTimeout <= 0:
		return errors.New("-timeout and -request-timeout must be above 0")
	case c.batch < 1 || c.batch > maxBatch:
		return fmt.Errorf("-batch must be from 1 to %d", maxBatch)
	case utf8.RuneCountInString(c.source) > maxSource:
		return fmt.Errorf("-source has more than %d characters", maxSource)
	}
	return nil
}

func (c *command) addType(s string) error {
	if kindOf(misp.Type(s)) < 0 {
		return fmt.Errorf("captures have no values of attribute type %q", s)
	}
	c.types = append(c.types, misp.Type(s))
	return nil
}

// asks reports whether the command searches for attributes of any type of kind k.
func (c *command) asks(k int) bool {
	return slices.ContainsFunc(kinds[k].types, func(t misp.Type) bool { return slices.Contains(c.types, t) })
}

// each calls f for each part of a comma-separated list.
func each(list string, f func(string) error) error {
	for s := range strings.SplitSeq(list, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if err := f(s); err != nil {
			return err
		}
	}
	return nil
}

// parseURL parses the address of a server. It refuses a password, since the address
// may appear in logs.
func parseURL(s string) (*url.URL, error) {
	if s == "" {
		return nil, errors.New("no server address: use -url or set MISP_URL")
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("-url must be like https://misp.example")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("-url must have no user, query or fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, errors.New("-url is plain http, which would expose the key to the network: use https")
	}
	return u, nil
}

func isLoopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.Unmap().IsLoopback()
}
