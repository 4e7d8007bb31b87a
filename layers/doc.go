// Package layers decodes packet headers without copying them.
//
// A [Decoder] takes a packet apart into a [Packet], which lists its layers and
// hands out a view of each:
//
//	var d layers.Decoder
//	var p layers.Packet
//	for rec, err := range r.All() {
//		if err != nil {
//			log.Fatal(err)
//		}
//		d.Decode(&p, rec)
//		if tcp, ok := p.TCP(); ok {
//			src, dst, _ := p.Addrs()
//			fmt.Println(src, tcp.SrcPort(), dst, tcp.DstPort(), len(tcp.Payload()))
//		}
//	}
//
// # Views
//
// A header type such as [IPv4] is a checked view of a byte slice. ParseIPv4,
// or a Packet, makes it; all checks are there, and afterwards no method panics
// and each reads the bytes directly. The zero value of a header type is not
// usable. A view holds header and payload, cut to the length that the header
// states, so nothing inside it can reach what does not belong to it. Numbers
// are in network byte order on the wire, unless their type says otherwise, and
// in the host's when returned; lengths and offsets are in bytes.
//
// # Layers
//
// Every [Kind] has a Parse function and a view. Tunnels are opened: a packet
// may have several Ethernet, IP or other layers, and getters such as
// [Packet.IPv4] return the innermost. UDP ports tell what a datagram carries;
// payload of TCP spans packets, and package stream puts it together. What is
// quoted by ICMP errors, sampled by sFlow, or behind the first subframe of an
// A-MSDU is no layer of the Packet that carries it: their views give it.
// [Decoder.Register] and [Decoder.Bind] teach one Decoder protocols of a
// caller's own; there is no global registry.
//
// # Ownership
//
// Views, and the slices that their methods return, alias the packet's bytes
// and live exactly as long as those do. Decode overwrites a Packet. Nothing
// here writes to a packet's bytes, and nothing allocates but methods that
// return a string.
//
// # Damage
//
// Decoding does not fail: a Packet holds the layers that could be decoded, and
// its Err says what stopped it and where. Iterators yield the well-formed
// beginning of a list. A packet that a snapshot length has cut is decoded as
// far as it goes; see [Packet.Truncated] and [Reason].
package layers
