// Package sightings is the subcommand sightline sightings: it reports to a MISP
// server which of its indicators a packet capture shows.
//
//	sightline sightings -url https://misp.example -key-file misp.key capture.pcapng
package sightings

import (
	"context"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"github.com/sightline-go/sightline/internal/cli"
)

const program = "sightline sightings"

const usage = `Usage: sightline sightings -url URL [flags] FILE... | -

Reads captures (pcap or pcapng, plain or gzipped; - is standard input), asks a
MISP server which of the values in them it knows, and sends it a sighting for
each attribute, capture and hour, with the time of the first packet that shows
the value. What was sent before is not counted again.

The API key is read from a file, or from the environment variable MISP_KEY. Its
user needs a role with the permission to add sightings (perm_sighting).

The server:
  -url URL           its address, such as https://misp.example; default: the
                     environment variable MISP_URL. Plain http is for this
                     machine alone
  -key-file FILE     holds the API key; nobody else may read it (chmod 600)
  -ca FILE           certificates (PEM) to trust beside those of the system
  -timeout D         give up when asking and sending for a capture takes longer;
                     default 1h
  -request-timeout D try a request again after this time; default 1m
  -batch N           values, attributes or sightings per request; default 1000

What is asked for:
  -type LIST         attribute types, separated by commas; default: addresses,
                     names, URLs, mail addresses, hashes and fingerprints.
                     Only when named: user-agent, uri, email-subject,
                     email-attachment, email-message-id, email-x-mailer,
                     mac-address, community-id
  -to-ids            only attributes that are for detection
  -published         only attributes of published events
  -tag NAME          only attributes or events with this tag; may be repeated
  -skip LIST         networks (10.0.0.0/8), addresses and names (example.org,
                     and what is below it) to leave out, separated by commas;
                     may be repeated
  -private           also private, loopback, link-local, multicast and other
                     special addresses, and names of local networks

What is sent:
  -bucket D          one sighting for each such time; default 1h
  -source TEXT       where it was seen, at most 255 characters; default: pcap:
                     and the capture's name
  -false-positive    send false positives instead
  -dry-run           ask, and print what would be sent instead of sending it

  -q                 no progress and no summary
  -h                 this text

Exit status: 0 done; 1 something failed (the summary tells what was done all the
same); 2 wrong usage.

Examples:
  sightline sightings -url https://misp.example -key-file ~/.misp.key \
      -dry-run day.pcapng
  sightline sightings -url https://misp.example -key-file ~/.misp.key \
      -to-ids -published -skip 192.0.2.0/24,example.org -source "sensor 3" day.pcapng
`

// Run is the subcommand, and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	w := world{stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv, now: time.Now, sleep: sleep, random: rand.Float64}
	return w.run(cli.Interrupts(), args)
}

// A world is what the program meets outside of itself.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	sleep          func(context.Context, time.Duration) error
	random         func() float64 // from 0 to 1
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (w world) run(ctx context.Context, args []string) int {
	c, err := parse(args, w.getenv)
	var api *client
	if err == nil {
		api, err = newClient(c, w)
	}
	if err != nil {
		return cli.Usage(program, usage, err, w.stdout, w.stderr)
	}
	j := newJob(c, w, api)
	j.all(ctx)
	if !c.quiet {
		j.summarise()
	}
	if j.failed {
		return 1
	}
	return 0
}
