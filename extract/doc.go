// Package extract turns captures into indicators for MISP:
//
//	f, err := os.Open("capture.pcapng")
//	...
//	x := extract.Extractor{Options: extract.Options{Workers: runtime.GOMAXPROCS(0)}}
//	x.Stream.Hash = stream.HashSHA256
//	err = x.ReadInput(ctx, f.Name(), f)
//	ev := x.Finish().Event(extract.EventOptions{Info: "Case 42"})
//	json.NewEncoder(os.Stdout).Encode(ev)
//
// Read is shorter, where a Report is wanted and no event.
//
// It works in two steps: captures give a Report of everything that was observed,
// and EventOptions choose what of it becomes an event. The second step is cheap
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
// [Report.Select] maps observations to attributes and objects that a MISP server
// accepts; [Report.Event] makes the event of them at once. An [Attribute] is a
// value with what speaks for it. It is Claimed when only a peer says it, as the
// host that a request names; addresses, hashes and fingerprints are observed.
// Objects hold what belongs together, with references to one another and to
// attributes.
//
// What is of no use as an indicator is left out by a [Rule], such as
// [PrivateAddr], and listed in Selection.LeftOut. EventOptions.Private and All
// lift the rules; Internal adds networks of your own, and Warned the warninglists
// of package warninglist. An event is bounded to what a person can review, 500
// attributes and 200 objects, unless MaxAttributes and MaxObjects say otherwise.
//
// All UUIDs follow from the captures and the values, so the same captures give
// the same event.
//
// # Verification
//
// [Verify] opens the captures of a Report again, reads what the evidence of each
// attribute names by itself, and returns the attributes that are not found there.
//
// # Ownership
//
// What this package returns is the caller's own: it refers to no packet bytes.
// A Report is complete when Finish, Merge or ReadJSON returns. From then on any
// number of goroutines may read it, unless one of them merges another into it. An
// Extractor is not safe for concurrent use.
package extract
