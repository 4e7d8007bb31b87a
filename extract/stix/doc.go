// Package stix converts a MISP event to a bundle of STIX 2.1, the format of threat
// intelligence platforms and TAXII servers:
//
//	ev := event.Of(rep, event.Options{Info: "Case 42"})
//	err := stix.Of(ev, stix.Options{}).WriteJSON(os.Stdout)
//
// A bundle holds the producer's identity, the TLP markings of the event's tags, a
// grouping that names all other objects, the observables, an observed-data for each
// attribute and object of the event, an indicator for each value that is for
// detection (to_ids), and relationships: what an indicator is based on, which addresses
// a name resolves to, and the references between objects of the event.
//
// # What STIX can express
//
// The table types.tsv maps each attribute type of MISP to its observable and pattern.
// Objects of some templates become one observable with more properties: a file with its
// hashes and size, a certificate, a connection, an email, a user account. STIX
// cannot express the rest, for example JA3 fingerprints: Bundle.Omitted counts it, and
// the description of the grouping says so.
//
// # Identifiers and times
//
// The identifiers of observables are those that any producer derives from the same
// values (STIX 2.1 section 2.9). If that is the same for observables that differ, like
// two emails with one sender and subject, the first has it, and the others one of
// version 4. All other identifiers are derived from the event's UUID. With the times,
// which are the event's own, the same event and options give the same bytes.
//
// # Hostile values
//
// Values come from captures, so their senders choose them. The JSON is valid UTF-8
// whatever they are, string literals of patterns are escaped (STIX 2.1 section 9.2),
// URLs are percent-encoded where RFC 3986 requires it, and values that MISP would
// refuse are omitted. Bundles grow linearly with events.
//
// # Ownership
//
// The caller owns what this package returns. Of does not modify the event.
package stix
