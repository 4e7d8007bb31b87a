// Package pcapng gives access to what only pcapng files carry: every block, the
// options of sections, interfaces and packets, interfaces with their names. To
// read packets, of either format, use [pcap.Open]; what this package adds to a
// record are its options:
//
//	for rec, err := range r.All() {
//		...
//		for o := range pcapng.PacketOptions(rec) {
//			if o.Code == pcapng.OptComment {
//				fmt.Printf("%d: %s\n", rec.Number, o.Value)
//			}
//		}
//	}
//
// To see everything that a file holds, block by block, use a [Reader]. To see
// the other blocks while reading packets, set [pcap.Config.OnBlock] and turn
// each into a Block with [Parse].
//
// The format is that of draft-ietf-opsawg-pcapng. Blocks and options alias the
// bytes that they come from: those of a Reader are valid until its next call.
package pcapng
