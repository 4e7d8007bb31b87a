// Package misp is MISP's data model: attribute types with the rules that a MISP
// server applies to their values, objects, references, sightings, and the JSON
// form of events. It knows nothing of packets.
//
// A server drops an attribute that breaks a rule without a word, so what this
// package makes keeps them all:
//
//	e := misp.Event{UUID: id, Info: "Case 42"}
//	a, err := misp.NewAttribute(e.UUID, misp.Hostname, "WWW.Example.ORG")
//	if err != nil {
//		// errors.Is(err, misp.ErrValue): MISP would refuse it
//	}
//	e.Attributes = append(e.Attributes, a) // www.example.org, Network activity, to_ids
//	json.NewEncoder(os.Stdout).Encode(e)
//
// # Values
//
// [Normalize] turns a value into the form that the server stores, so that equal
// values are equal texts, or says why the server refuses it. It knows all types
// of MISP 2.5; the constants name those that captures yield. [Type.Category],
// [Type.Allows] and [Type.ToIDS] tell what else MISP has for a type.
//
// # Objects
//
// What belongs together is an [Object], after one of the templates such as
// [TemplateNetworkConnection]. [Object.Add] takes a relation of the template and
// a value, and finds type and category; [Object.AddIndicator] does it for a value
// that is for detection too. [Object.Refer] links objects to others, and
// [Object.Check] says what is missing. Of the types without an own type in MISP,
// JA4 goes into [TemplateJA4Plus] and JA3S into [TemplateJA3S].
//
// # Three ways out
//
// An [Event] is for the API's /events/add and for "Populate from JSON" on the
// page, an [Answer] for MISP when it asks an import module, and a list of
// [Sighting] values for /sightings/bulkSaveSightings. Event also reads what MISP
// exports.
//
// # UUIDs
//
// All UUIDs follow from the content, so the same capture imported twice gives no
// second attribute, object or sighting. MISP wants the UUID of an attribute or
// object once on the whole server, so those of two events differ: give each
// event one UUID of its own, and the same one when it comes again.
package misp
