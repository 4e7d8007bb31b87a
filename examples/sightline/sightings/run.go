// Package sightings implements the subcommand sightline sightings, which reports to a
// MISP server which of its indicators occur in packet captures.
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

Reads captures (pcap or pcapng, plain or in gzip, zstd or bzip2; - is standard
input), asks a MISP server which of the values in them it knows, and sends it a
sighting for each attribute, capture and hour, with the time of the first packet
that shows the value. Sightings that were sent before are not counted again.

The API key comes from a file or the environment variable MISP_KEY. Its user
needs a role with the permission to add sightings (perm_sighting).

Server:
  -url URL           address of the server, such as https://misp.example; default:
                     the environment variable MISP_URL. Plain http is allowed for
                     this machine only
  -key-file FILE     file with the API key; nobody else may read it (chmod 600)
  -ca FILE           trust these certificates (PEM) besides the system's
  -timeout D         stop if the requests for a capture take longer; default 1h
  -request-timeout D retry a request after this time; default 1m
  -batch N           values, attributes or sightings per request; default 1000

Search:
  -type LIST         attribute types, separated by commas; default: addresses,
                     names, URLs, mail addresses, hashes and fingerprints.
                     Not by default: user-agent, uri, email-subject,
                     email-attachment, email-message-id, email-x-mailer,
                     mac-address, community-id
  -to-ids            only attributes for detection
  -published         only attributes of published events
  -tag NAME          only attributes or events with this tag; may be repeated
  -skip LIST         leave out these networks (10.0.0.0/8), addresses and names
                     (example.org and its subdomains), separated by commas; may
                     be repeated
  -private           include private, loopback, link-local, multicast and other
                     special addresses, and local names
  -own               include the attributes of events that were made from the same
                     capture: those with a pcap-metadata object that has its
                     SHA-256

Sightings:
  -bucket D          one sighting per attribute, capture and D; default 1h
  -source TEXT       source of the sightings, at most 255 characters; default:
                     pcap: and the capture's name
  -false-positive    send false positives instead
  -dry-run           search, and print the sightings instead of sending them

  -q                 no progress and no summary
  -h                 print this text

Exit status: 0 done; 1 something failed (the summary shows what was done); 2 usage
error.

Examples:
  sightline sightings -url https://misp.example -key-file ~/.misp.key \
      -dry-run day.pcapng
  sightline sightings -url https://misp.example -key-file ~/.misp.key \
      -to-ids -published -skip 192.0.2.0/24,example.org -source "sensor 3" day.pcapng
`

// Run runs the subcommand and returns its exit status.
func Run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	w := world{stdin: stdin, stdout: stdout, stderr: stderr, getenv: os.Getenv, now: time.Now, sleep: sleep, random: rand.Float64}
	return w.run(cli.Interrupts(), args)
}

// A world is the program's environment, which tests replace.
type world struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	sleep          func(context.Context, time.Duration) error
	random         func() float64 // in [0, 1)
}

// sleep waits for d, or until ctx is done.
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
