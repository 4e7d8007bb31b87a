// Package event selects indicators from a [extract.Report] and makes a MISP event
// of them:
//
//	r, err := pcap.Open("capture.pcapng")
//	...
//	rep, err := extract.Read(ctx, r, extract.Options{})
//	...
//	json.NewEncoder(os.Stdout).Encode(event.Of(rep, event.Options{Info: "Case 42"}))
//
// [Select] returns the same indicators with their counts, their evidence, and the
// list of what was left out.
//
// # Attributes and objects
//
// An [Attribute] is a value with its evidence. It is Claimed if only a peer says
// it, such as the host that a request names; addresses, hashes and fingerprints
// are observed. Objects group the values of one observation, such as a request
// or a file, and refer to one another and to attributes.
//
// All UUIDs are derived from the captures and the values, so the same captures give
// the same event.
//
// # What is left out
//
// Observations that are of no use as indicators are left out by a [Rule], such as
// [PrivateAddr], and listed in Selection.LeftOut. Options.Private and Options.All
// lift the rules; Options.Internal adds your own networks, and Options.Warned the
// warninglists of package warninglist. An event is limited to what a person can
// review, 500 attributes and 200 objects, unless Options.MaxAttributes and
// Options.MaxObjects say otherwise.
//
// # Verification
//
// [Verify] opens the captures of a Report again, reads only the packets that the
// evidence of each attribute names, and returns the attributes that are not found
// there.
//
// # Ownership
//
// What this package returns is the caller's own. Of and Select read the Report and
// do not change what it holds.
package event
