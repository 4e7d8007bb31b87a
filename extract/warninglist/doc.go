// Package warninglist finds the MISP warninglists that contain a value. Warninglists
// hold values that are rarely indicators: private networks, public resolvers,
// popular names. Use those of https://github.com/MISP/misp-warninglists or your own
// in the same format:
//
//	set, err := warninglist.Load(os.DirFS("misp-warninglists"))
//	...
//	for _, hit := range set.Match(nil, "domain|ip", "www.example.com|192.0.2.1") {
//		fmt.Println(hit.List.Name, hit.Entry) // the list and its matching entry
//	}
//
// # Lists
//
// A list is a JSON file:
//
//	{
//	  "name": "Our networks", "description": "...", "version": 1,
//	  "type": "cidr",
//	  "matching_attributes": ["ip-src", "ip-dst"],
//	  "list": ["192.0.2.0/24", "2001:db8::/32"]
//	}
//
// [Load] reads a checkout of misp-warninglists, or any directory of such files. It
// skips unusable files and entries; [Set.Skipped] lists them.
//
// Not all lists hold harmless values: some say where a value is hosted, others list
// scanners. A [List] has a [Class], which says whether a match clears a value.
//
// # Matching
//
// Values match as on a MISP server (app/Model/Warninglist.php). The parts of a
// composite value, a|b, are matched separately.
//
//   - cidr: the value is an address or a network, address/bits, within an entry.
//     An entry without bits is a single address. IPv4 addresses differ from their
//     IPv4-mapped IPv6 form.
//   - hostname: the value is a name, or a URL with a host, that equals an entry or
//     is a subdomain of one. Case and final dots are ignored.
//   - string: the value equals an entry, byte for byte.
//   - substring: the value contains an entry, byte for byte.
//   - regex: the value matches an entry, a PCRE in the form /pattern/modifiers.
//
// A list applies to attributes of the types in its matching_attributes, or of all
// types if it has none or "ALL" among them.
//
// Matching differs from that of a server in these cases:
//
//   - Only the host of a URL is compared, in lower case. A server compares the user
//     and the port too, and does not change the case.
//   - A network with 0 bits is a network. A server treats it as an address.
//   - A network matches any IPv6 entry that contains it. A server tests only one of
//     the entries around the network's address.
//   - Package [regexp] compiles the patterns: $ does not match before a final line
//     feed, and a dot matches a character rather than a byte. Unsupported patterns
//     are skipped.
//
// # Cost
//
// The time of a match is linear in the length of the value. All cidr lists share one
// sorted table, all hostname lists one map, and all string lists another. A
// substring list is an automaton that reads the value once. The patterns of regex
// lists are tried one by one. A Set takes less than 100 bytes for each distinct
// entry and, during Load, several times the size of the largest file; [Config]
// limits both.
package warninglist
