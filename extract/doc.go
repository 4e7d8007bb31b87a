// Package extract collects hosts, names, requests, files and other observations
// from packet captures, with counts, times and the packets that show them.
// Package event turns them into MISP events:
//
//	f, err := os.Open("capture.pcapng")
//	...
//	x := extract.Extractor{Options: extract.Options{Workers: runtime.GOMAXPROCS(0)}}
//	x.Stream.Hash = stream.HashSHA256
//	err = x.ReadInput(ctx, f.Name(), f)
//	ev := event.Of(x.Finish(), event.Options{Info: "Case 42"})
//	json.NewEncoder(os.Stdout).Encode(ev)
//
// [Read] is shorter for a capture that needs no name and no hash.
//
// Extraction has two steps: this package collects all observations in a Report,
// and package event selects those that go into a MISP event. The second step is
// cheap and can be repeated with other options.
//
// # Observations
//
// A [Report] has a table for each kind of observation: hosts, their hardware
// addresses, connections and single flows; DNS queries and resolutions; HTTP
// requests and redirects; TLS sessions and certificates; files, mails, SSH peers,
// logins and DHCP leases. Its methods iterate over them in a fixed order:
//
//	for q := range rep.Requests() {
//		fmt.Println(q.Method, q.URL, q.Server, q.Count)
//	}
//
// Each row embeds a [Fact]: how often it was observed, when first and last, and
// its first pieces of evidence. An [Evidence] names the packets, by number and by
// offset in their capture, and the connection that carried the message.
//
// Report.Unseen counts the packets and values that could not be used: damaged,
// truncated, or over a limit. [Options] limits everything that is kept;
// [Report.LeftOut] counts the observations that full tables left out. If the
// Reader fails, the Report holds everything before the error.
//
// # Decryption
//
// TLS whose secrets are known is decrypted: those before the first packet of a
// pcapng capture that ReadInput reads, and those of a key log:
//
//	x.Stream.Keys = new(tls.Keys)
//	err := x.Stream.Keys.Read(keyLog)
//
// [Fact.Decrypted] counts the observations in what was decrypted, and [Report.Clear]
// is a Report without what was only observed there. No secrets are in a Report.
//
// # Several captures, several processors
//
// Give the captures of one sensor to one [Extractor], in order of time: connections
// continue from one capture into the next. Use [Report.Merge] to combine the
// Reports of unrelated captures, in any order. [Report.WriteJSON] and [ReadJSON]
// store a Report or move it between machines.
//
// A [Survey] is for captures of one sensor that arrive over time: they are read in several
// runs, with a state in a file between them, and give the Report of one go.
//
// Options.Workers is the number of goroutines that process a capture. The Report
// does not depend on it.
//
// # Several machines
//
// The work of an Extractor can be done in pieces, in any place, for the same Report. A
// [Scan] of each capture, without decoding, gives its order, its ranges and the TLS
// secrets in it. A [Divider] makes tasks of the packets of a range, for the [Shards] and
// for [Datagrams], which makes tasks of the fragments. An [Opening] makes those of the
// first packets of all. A [Shard] does the tasks with its number, in order. Each returns
// a [Piece], and all of these merged are the Report, if Unseen.Crowded and Stream.Full
// are 0. The example of Divider does all of it in one place, and examples/beam does it
// with Apache Beam.
//
// # Events
//
// Package event maps a Report to the attributes and objects of a MISP event. It
// checks them against their evidence by reading the packets again with [Reread].
//
// # Ownership
//
// The caller owns everything that this package returns; none of it refers to packet
// bytes. A Report is complete when Finish, Merge or ReadJSON returns. From then on,
// any number of goroutines may read it, as long as none merges another Report into
// it. An Extractor is not safe for concurrent use.
package extract
