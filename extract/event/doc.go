// Package event selects indicators from an [extract.Report] and builds a MISP
// event from them:
//
//	r, err := pcap.Open("capture.pcapng")
//	...
//	rep, err := extract.Read(ctx, r, extract.Options{})
//	...
//	json.NewEncoder(os.Stdout).Encode(event.Of(rep, event.Options{Info: "Case 42"}))
//
// [Select] returns the same indicators with their counts and evidence, and the
// observations that were left out.
//
// # Attributes and objects
//
// An [Attribute] is a value with its evidence. It is Claimed if only a peer
// asserts it, like the host in an HTTP request; addresses, hashes and
// fingerprints are observed. Objects group the values of one observation, for
// example a request or a file, and refer to one another and to attributes.
//
// All UUIDs are derived from the captures and the values, so the same captures
// give the same event.
//
// # What is left out
//
// A [Rule], for example [PrivateAddr], leaves out observations that are useless
// as indicators. Selection.LeftOut lists them. Options.Private and Options.All
// lift rules; Options.Internal excludes your own networks, and Options.Warned
// marks values on the warninglists of package warninglist. An event is limited
// to what a person can review, 500 attributes and 200 objects, unless
// Options.MaxAttributes and Options.MaxObjects set other limits.
//
// # Report
//
// The event has a report in Markdown, unless Options.NoReport is set: the captures,
// the inside hosts and the servers, a timeline with a sequence diagram, the
// attributes, and what was left out or could not be seen. Text from the captures is
// escaped and shortened.
//
// # Verification
//
// [Verify] reopens the captures of a Report, reads only the packets that the
// attributes' evidence names, and returns the attributes that it does not find
// in them.
//
// # Ownership
//
// The caller owns all values that this package returns. Of and Select read the
// Report and do not modify it.
package event
