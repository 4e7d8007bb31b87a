// Package extract turns captures into indicators for MISP:
//
//	r, err := pcap.Open("capture.pcapng")
//	...
//	rep, err := extract.Read(ctx, r, extract.Options{})
//	ev := rep.Event(extract.EventOptions{Info: "Case 42"})
//	json.NewEncoder(os.Stdout).Encode(ev)
//
// A [Report] holds observations: the addresses of packets, names and answers of
// DNS, HTTP requests, the server names of TLS, each with its count, the times of
// the first and the last, and the packets that show it. It also says what could
// not be seen: damage, truncation, bounds that were reached. An error of the
// Reader leaves a Report of everything before it.
//
// [Report.Event] and [Report.Attributes] map observations to what a MISP server
// accepts. What is of no use as an indicator, such as private addresses, is left
// out by rules that have names: [Report.LeftOut] lists it.
//
// An [Extractor] is the same for callers with a loop of their own, and for
// several captures that belong together.
//
// # Ownership
//
// What this package returns is the caller's own: it refers to no packet bytes.
package extract
