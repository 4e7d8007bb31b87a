// Package pcapng reads and writes everything that only pcapng files contain:
// all blocks and options, interfaces, names, secrets, statistics, journal
// entries and custom data. To read packets, from pcap or pcapng files, use
// [pcap.Open]. This package decodes the options of a record:
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
// To see the whole content of a file, block by block, use a [Reader]:
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
// To see other blocks while reading packets, set [pcap.Config.OnBlock] and pass
// each block to [Parse].
//
// A [Writer] writes packets and all of these blocks, or copies blocks
// unchanged: writing the blocks of a Reader reproduces the file.
//
// # Damage
//
// A Reader stops where the framing of blocks is damaged. Damage inside a block
// does not stop it: iterators yield the well-formed items before the damage,
// methods with a second result report false, and [Block.Validate] reports the
// fault.
//
// # Memory
//
// Blocks, and options and bytes from them, alias the Reader's memory and are
// valid until its next call. Strings, an [Interface] and a [Section] belong to
// the caller. Text is returned as it is in the file: it may be invalid UTF-8,
// and may contain terminal control sequences.
//
// # Sources
//
// The format is that of draft-ietf-opsawg-pcapng, to whose sections the
// comments refer, and draft-richardson-opsawg-pcapng-extras for journal
// entries. The length of an interface's frame check sequence (if_fcslen) is in
// bits, but values below 8 are taken as bytes, which many programs write.
package pcapng
