// Package warninglist tells which warninglists know a value: the lists of
// https://github.com/MISP/misp-warninglists, or your own of the same form, of
// what is no indicator, or seldom one: private networks, public resolvers, the
// names that everybody asks for.
//
//	set, err := warninglist.Load(os.DirFS("misp-warninglists"))
//	...
//	for _, hit := range set.Match(nil, "domain|ip", "www.example.com|192.0.2.1") {
//		fmt.Println(hit.List.Name, hit.Entry) // the list, and its entry that matches
//	}
//
// # Lists
//
// A list is a file of JSON:
//
//	{
//	  "name": "Networks of ours", "description": "...", "version": 1,
//	  "type": "cidr",
//	  "matching_attributes": ["ip-src", "ip-dst"],
//	  "list": ["192.0.2.0/24", "2001:db8::/32"]
//	}
//
// [Load] reads a checkout of misp-warninglists, or any folder of such files.
// A file or an entry that is of no use does not stop the others:
// [Set.Skipped] tells of it.
//
// Not every list is of harmless things: some are of names that anybody can have,
// or of scanners. Which ones to act on is the caller's decision; a [Hit] names
// its [List].
//
// # Matching
//
// A value matches as on a MISP server (app/Model/Warninglist.php), which has the
// last word on what is a warning there. The parts of a composite value, a|b, are
// tested one by one.
//
//   - cidr: an address, or a network written address/bits, lies in an entry. An
//     entry without bits is one address. IPv4 and IPv4-mapped IPv6 addresses are
//     different ones.
//   - hostname: the name, or the host of a URL, is an entry or lies below one, in
//     upper or lower case, with or without final dots.
//   - string: the value is an entry, byte for byte.
//   - substring: the value contains an entry, byte for byte.
//   - regex: an entry, /pattern/modifiers as PCRE has it, finds something in the
//     value.
//
// A list without matching_attributes, or with "ALL" among them, is for values of
// all types; any other only for those of the types that it lists.
//
// It differs in these places. Of a URL's authority the host alone counts, where a
// server compares the user and the port with it, and in lower case, where a
// server takes it as it stands. A network with 0 bits is a network, where a
// server takes it for an address. A network lies in an IPv6 entry if that is so,
// where a server looks at one of the entries around its address. Patterns are
// compiled by [regexp], in which $ does not match before a final line feed and a
// dot matches a character, not a byte; those that it does not support are
// skipped.
//
// # Cost
//
// The time of a match is linear in the length of the value. All cidr lists
// together are one sorted table, all hostname lists and all string lists one map
// each; a substring list is an automaton that reads the value once; the patterns
// of regex lists are tried one by one. A Set takes less than a hundred bytes for
// each different entry, and while it is loaded several times the size of the
// largest file: [Config] bounds both.
package warninglist
