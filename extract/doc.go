// Package extract reports what captures show, such as hosts, names, requests and
// files, with counts, times and the packets that show them. Package event makes
// MISP events of it:
//
//	f, err := os.Open("capture.pcapng")
//	...
//	x := extract.Extractor{Options: extract.Options{Workers: runtime.GOMAXPROCS(0)}}
//	x.Stream.Hash = stream.HashSHA256
//	err = x.ReadInput(ctx, f.Name(), f)
//	ev := event.Of(x.Finish(), event.Options{Info: "Case 42"})
//	json.NewEncoder(os.Stdout).Encode(ev)
//
// Read is shorter for a capture that needs no name and no hash.
//
// There are two steps: captures give a Report of everything that was observed, and
// package event selects what of it becomes a MISP event. The second step is cheap
// and can be repeated with other options.
//
// # Observations
//
// A [Report] has a table for each kind of observation: hosts, connections and
// single flows; DNS queries and resolutions; HTTP requests and redirects; TLS
// sessions and certificates; files, mails, SSH peers, logins, leases. Its methods
// iterate over them in a fixed order:
//
//	for q := range rep.Requests() {
//		fmt.Println(q.Method, q.URL, q.Server, q.Count)
//	}
//
// Each row embeds a [Fact]: how often it was observed, when first and last, and
// the first pieces of evidence. An [Evidence] names the packets, by number and by
// offset in their capture, and the connection that carried the message.
//
// Report.Unseen counts what could not be looked at: damage, truncation, bounds
// that were reached. Everything is bounded, see [Options]; [Report.LeftOut] says
// what a full table did without. An error of the Reader leaves a Report of
// everything before it.
//
// # Several captures, several processors
//
// Captures that one sensor made belong into one [Extractor], in the order of their
// times, as connections go on from one to the next. Reports of captures that have
// nothing to do with each other are put together with [Report.Merge], in any
// order. [Report.WriteJSON] and [ReadJSON] keep a Report for later, or bring it
// from another machine.
//
// Options.Workers says how many goroutines read a capture. The Report is the same
// for any number.
//
// # Events
//
// Package event maps a Report to the attributes and objects of a MISP event, and
// checks them against their evidence, for which [Reread] reads the packets again.
//
// # Ownership
//
// What this package returns is the caller's own: it refers to no packet bytes.
// A Report is complete when Finish, Merge or ReadJSON returns. From then on any
// number of goroutines may read it, unless one of them merges another into it. An
// Extractor is not safe for concurrent use.
package extract
