package event

import (
	"github.com/sightline-go/sightline/examples/sightline/keylog"
	"github.com/sightline-go/sightline/examples/sightline/lists"
	"github.com/sightline-go/sightline/extract"
)

var usage = `Usage: sightline event [flags] FILE|DIR... | -

Reads captures (pcap or pcapng, plain or in gzip, zstd or bzip2; - is standard
input) and writes their indicators to standard output and a summary to standard
error. Consecutive captures of one sensor may be given together: they are read in
the order of their times, and connections continue from one to the next. The same
file is read once, and so are the packets that two consecutive files have.

DIR stands for the captures in it and below it, except hidden files. They are
divided among sensors by their names (as tcpdump -C and -G, dumpcap -b, netsniff-ng
and Arkime rotate them), directories, link types and times. Files that are not
captures are named.

Flags:
  -o FORMAT          misp (default): a MISP event, for "Populate from" on MISP's
                     page, or /events/add of its API
                     module: the response of a misp-modules import module
                     stix: a STIX 2.1 bundle, for other platforms
                     suricata: rules for the values that are for detection
                     zeek-intel: a file of these values for Zeek
                     ndjson: one attribute per line, with its evidence
                     csv: attributes for a spreadsheet
                     text: a table of attributes
                     report: all observations as JSON, including those left out of
                     an event
  -feed DIR          add the event to the MISP feed in DIR, or replace it there,
                     instead of printing it; needs -org
  -org NAME          the organisation that creates the events of -feed
  -org-uuid UUID     its UUID; default: derived from NAME
  -info TEXT         the event's title; default: the captures' names
  -tag NAME          add a tag to the event, such as tlp:amber; may be repeated
  -distribution N    0 your organisation only (default), 1 this community,
                     2 connected communities, 3 all communities
  -threat-level N    1 high, 2 medium, 3 low, 4 undefined (default)
  -analysis N        0 initial (default), 1 ongoing, 2 completed
  -detail WHAT       indicators, objects or both (default)
  -only LIST         only these topics, separated by commas:
                     ` + topicList(58, "\n                     ") + `
  -hash WHAT         hashes of files: all (SHA-256, SHA-1 and MD5; default), sha256
                     or none
` + keylog.Usage + `  -only-clear        leave out what was only seen in decrypted connections
  -passwords         include the passwords of logins
  -internal CIDR     one of your own networks: leave out its addresses, like
                     private ones; may be repeated
  -private           include private, loopback, link-local, multicast and broadcast
                     addresses, addresses in -internal networks, local names and
                     hardware addresses
` + lists.Usage + `  -drop-warned       leave values that a warninglist clears out
  -no-known          ignore the tables of well-known services, such as connectivity
                     checks and certificate services, and of shared ones
  -max-attributes N  at most N attributes; -1: no limit; default: 500 with -o misp
                     and module, no limit with other formats
  -max-objects N     at most N objects; -1: no limit; default: 200 with -o misp and
                     module, no limit with other formats
  -no-report         no report on the capture in the event
  -http-requests     with -o stix, add HTTP requests, which MISP 2.5 fails to import
  -all               everything that MISP accepts: no rules and no limits, except a
                     million observations of each kind and 256 MiB of all
  -sensor WHAT       auto (default): divide the files of directories among sensors, and
                     read those of the command line as one sensor's
                     one: all files are of one sensor; each: each is of its own
  -state FILE        continue after the captures of earlier runs, which FILE
                     holds: the event is that of all of them, as if read in one
                     go. FILE is of one sensor: run once for each sensor, with a
                     FILE of its own. It is created if missing, and holds
                     observations and packets, without -passwords no passwords
                     of ended conversations, and no TLS secrets: those in its
                     captures are read again while these exist; give -keys
                     again. Captures in it are skipped, also if they were
                     renamed or compressed since, so a directory may be read
                     again and again, in order of time and with the same flags.
                     A file that has grown since is named, and not read: leave
                     out the one being written. Packets that the last capture in
                     FILE has, too, are counted once, while its file exists
  -state-bytes N     keep at most N bytes of packets of open conversations in the
                     state; the conversations with the most end before; default: 64
                     MiB
  -explain VALUE     print the evidence of an indicator and its packets instead
  -verify            read the packets of each indicator's evidence again, and
                     report the indicators that are not found there
  -j N               use N processors; default: all if files are hashed, else one,
                     because more would not be faster
  -q                 no progress and no summary
  -h                 print this text

Exit status: 0 done; 1 an input is damaged, no capture or cannot be read, the state
cannot be written (the indicators found are still written), or -verify or -explain
does not find an indicator; 2 usage error, or -state with a directory of several
sensors.

Examples:
  sightline event -tag tlp:amber -info "Case 42" laptop.pcapng > event.json
  sightline event -feed /var/www/feed -org "Sensor 3" day.pcapng
  sightline event -state day.state /var/captures > day.json
  tcpdump -i eth0 -c 10000 -w - | sightline event -o text -
`

// topicList returns the names of the topics in lines of at most columns columns.
func topicList(columns int, newline string) string {
	list, column := "", 0
	for i, t := range extract.Topics() {
		name := t.String()
		switch {
		case i == 0:
		case column+len(", ")+len(name) > columns:
			list += "," + newline
			column = 0
		default:
			list += ", "
			column += len(", ")
		}
		list += name
		column += len(name)
	}
	return list
}
