// Package layers decodes packet headers without copying them.
//
// A [Decoder] decodes a packet into a [Packet], which lists its layers and
// returns views of them:
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
// A header type such as [IPv4] is a view of a byte slice. Its Parse function
// checks the bytes once; after that, no method panics, and each reads the bytes
// directly. The zero value of a header type is not usable. A view holds header
// and payload, up to the length that the header states, so it never exposes
// bytes of another layer. Numbers are returned in host byte order. Lengths and
// offsets are in bytes.
//
// # Layers
//
// Every [Kind] has a Parse function and a view. For common kinds Packet has a
// getter, such as [Packet.IPv4]; for the rest, pass the Bytes of [Packet.Layer]
// to the Parse function. Getters return the innermost layer, as the payload of
// tunnels is decoded too, and a packet may have several Ethernet, IP or other
// layers.
//
// UDP ports select the decoder of a datagram's payload. TCP messages span
// packets; package stream reassembles them. Packets quoted by ICMP errors or
// sampled by sFlow, and all but the first subframe of an A-MSDU, are not layers
// of the Packet: methods of their views return them. [Decoder.Register] and
// [Decoder.Bind] add protocols to a single Decoder; there is no global
// registry.
//
// # Ownership
//
// Views and the slices they return alias the packet's bytes, and are valid as
// long as those bytes are. Decode overwrites a Packet. Nothing in this package
// writes to a packet's bytes. Decoding does not allocate; only errors and
// methods that return a string do.
//
// # Damage
//
// Decoding does not fail: a Packet holds the layers that could be decoded, and
// [Packet.Err] reports where and why decoding stopped. Iterators yield the
// well-formed start of a list. A packet truncated by the snapshot length is
// decoded as far as possible; see [Packet.Truncated] and [wire.Reason].
package layers
