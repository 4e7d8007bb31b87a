// Package pcapng gives access to all that only pcapng files carry: every block
// and every option, interfaces, names, secrets, statistics, journal entries and
// custom data. It also writes such files. To read packets, of either format, use
// [pcap.Open]; what this package adds to a record are its options:
//
//	for rec, err := range r.All() {
//		...
//		for o := range pcapng.PacketOptions(rec) {
//			if o.Code == pcapng.OptComment {
//				fmt.Printf("%d: %s\n", rec.Number, o.Text())
//			}
//		}
//	}
//
// To see everything that a file holds, block by block, use a [Reader]:
//
//	r := pcapng.NewReader(file)
//	for b, err := range r.Blocks() {
//		...
//		if s, ok := b.Secrets(); ok {
//			fmt.Printf("%s\n", s.Data)
//		}
//		if rec, ok := r.Record(b); ok {
//			decoder.Decode(&packet, rec)
//		}
//	}
//
// To see the other blocks while reading packets, set [pcap.Config.OnBlock] and
// turn each into a Block with [Parse].
//
// A [Writer] writes packets and all of these blocks, or copies blocks as they
// are: the blocks of a Reader, written to a Writer, make the same file again.
//
// # Damage
//
// A Reader stops where the framing of blocks is damaged. What is wrong inside a
// block does not stop it: iterators give what is well formed before the damage,
// methods with a second result report false, and [Block.Validate] says what is
// wrong.
//
// # Memory
//
// Blocks, and options and bytes taken from them, alias the Reader's memory and
// are valid until its next call. Strings, an [Interface] and a [Section] are the
// caller's own. Text comes from the file as it is: it need not be UTF-8, and may
// hold what acts on a terminal.
//
// # Sources
//
// The format is that of draft-ietf-opsawg-pcapng, whose section numbers the
// comments give; journal entries are those of
// draft-richardson-opsawg-pcapng-extras. The frame check sequence of an
// interface (if_fcslen) is in bytes, as programs write it, though the draft says
// bits.
package pcapng
