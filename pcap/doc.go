// Package pcap reads the packets of a capture file: classic pcap and pcapng,
// plain or gzipped, from a file, a stream or memory.
//
// # Reading
//
// Open a capture and loop over its records. What the file is comes from its
// first bytes; the name does not matter.
//
//	r, err := pcap.Open("trace.pcapng")
//	if err != nil {
//		return err
//	}
//	defer r.Close()
//	for rec, err := range r.All() {
//		if err != nil {
//			return err // the records before it were good
//		}
//		fmt.Println(rec.Number, rec.Time, rec.WireLen, rec.LinkType)
//	}
//
// [NewReader] reads from any io.Reader, such as standard input; [NewReaderBytes]
// from memory, without copying. To change a limit or an option, use the methods
// of [Config] of the same names.
//
// Data holds the bytes of a packet, beginning with the header that LinkType
// says. Package layers decodes them:
//
//	var d layers.Decoder
//	var p layers.Packet
//	for rec, err := range r.All() {
//		...
//		d.Decode(&p, rec)
//	}
//
// # Memory
//
// A [Record] is valid until the Reader's next call, its Data and Options
// included; Clone it to keep it. Reading allocates nothing per record. Run your
// tests with Config.Poison to find code that keeps a Record too long: it
// overwrites the bytes of a Record when they expire.
//
// A Reader holds one chunk of 256 KiB, or the largest record seen when that is
// more; behind damage, with Config.Resync, up to 1 MiB. What a length in the file
// claims costs nothing: memory grows as bytes arrive.
//
// To work on records in several goroutines, take them in batches: a [Batch] is
// valid until it is released, while the Reader goes on.
//
// # Errors
//
// At the end of the input, Next returns io.EOF. Any other error is an [*Error]
// with the offset of the record at fault and the number of records before it.
// All of them were good and have been returned. The Error wraps
//
//   - ErrMagic: not a capture file. The text says what it is instead, where
//     that is known.
//   - io.ErrUnexpectedEOF: the input ends inside a record. Neither this nor
//     io.EOF is final: call Next again when a file that is being written has
//     grown. (A gzipped one cannot be followed.)
//   - ErrFormat, ErrVersion: damage, or a version that nobody has specified.
//   - ErrTooLarge: a record of more bytes than Config.MaxRecord.
//   - ErrExpansion: a gzipped input that expands beyond Config.MaxRatio.
//   - what the io.Reader returned.
//
// With Config.Resync a Reader goes on behind damage and reports each part that it
// left out as a [*Gap]:
//
//	r, err := pcap.Config{Resync: true}.Open("damaged.pcap")
//	...
//	for rec, err := range r.All() {
//		var gap *pcap.Gap
//		if errors.As(err, &gap) {
//			log.Println(gap)
//			continue
//		}
//		...
//	}
//
// Records that break a rule but can be read, such as more captured bytes than
// the packet had, are returned as they are; [Reader.Oddities] counts them.
//
// # Parts of a file
//
// An uncompressed file can be read from anywhere: Config.Ranges cuts it and
// Config.ReadRanges reads the parts at once, with exactly the result of reading
// it in one go; an [Index] finds a record by its number or time.
//
// # pcapng
//
// A pcapng file has sections, and sections have interfaces, each with a link
// type and a resolution of time of its own. Each Record says which it is of.
// Blocks that hold no packet, such as names, statistics and decryption secrets,
// go to Config.OnBlock; package pcapng reads them, and the options of a Record.
//
// # Writing
//
// A [Writer] writes classic captures; package pcapng writes pcapng.
//
// The formats are those of draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
package pcap
