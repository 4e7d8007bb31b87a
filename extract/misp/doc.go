// Package misp is MISP's data model as far as captures need it: attribute types
// with the rules that a MISP server applies to their values, and the JSON form
// of events. It knows nothing of packets.
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
// [Normalize] turns a value into the form that the server stores, so that equal
// values are equal texts.
package misp
