// Package misp implements MISP's data model: attribute types with the server's rules
// for their values, objects, references, sightings, and the JSON form of events.
//
// A MISP server silently drops attributes that break a rule. This package applies the
// same rules, and returns an error instead:
//
//	e := misp.Event{UUID: id, Info: "Case 42"}
//	a, err := misp.NewAttribute(e.UUID, misp.Hostname, "WWW.Example.ORG")
//	if err != nil {
//		// errors.Is(err, misp.ErrValue): MISP would reject it
//	}
//	e.Attributes = append(e.Attributes, a) // www.example.org, Network activity, to_ids
//	json.NewEncoder(os.Stdout).Encode(e)
//
// # Values
//
// [Normalize] returns a value in the form that the server stores, so that equal
// values are equal strings, or the reason why the server rejects it. It supports all
// types of MISP 2.5; there are constants for those that captures yield.
// [Type.Category], [Type.Allows] and [Type.ToIDS] return MISP's other properties of
// a type.
//
// # Objects
//
// An [Object] groups attributes that belong together, according to a template like
// [TemplateNetworkConnection]. [Object.Add] adds a value by its relation in the
// template, which sets type and category; [Object.AddIndicator] also marks it for
// detection. [Object.Refer] links an object to another, and [Object.Check] reports
// missing attributes. JA4 and JA3S fingerprints have no attribute type in MISP: use
// [TemplateJA4Plus] and [TemplateJA3S].
//
// # Output
//
// An [Event] is the input of the API's /events/add and of "Populate from JSON" on
// MISP's page, an [Answer] the output of an import module, and a list of [Sighting]
// values the input of /sightings/bulkSaveSightings. Event also reads events that
// MISP exports. An [EventReport] describes an event in Markdown.
//
// # UUIDs
//
// The UUIDs of attributes, objects, references and sightings are derived from their
// content, so importing a capture twice does not duplicate them. The UUID of an
// attribute or object must be unique on a MISP server, so it also depends on that of
// the event: give each event its own UUID, and keep it when you import the event
// again.
package misp
