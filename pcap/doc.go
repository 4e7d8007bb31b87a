// Package pcap reads the packets of capture files, classic pcap and pcapng,
// plain or compressed with gzip, zstd or bzip2, from a file, a stream or memory.
//
// # Reading
//
// Open a capture and loop over its records. The format is detected from the
// first bytes; the file name does not matter.
//
//	r, err := pcap.Open("trace.pcapng")
//	if err != nil {
//		return err
//	}
//	defer r.Close()
//	for rec, err := range r.All() {
//		if err != nil {
//			return err // the records before it are valid
//		}
//		fmt.Println(rec.Number, rec.Time, rec.WireLen, rec.LinkType)
//	}
//
// [NewReader] reads from any io.Reader, such as standard input.
// [NewReaderBytes] reads from memory without copying. To change a limit or an
// option, use the [Config] methods of the same names.
//
// Data holds the bytes of a packet, beginning with the header given by
// LinkType. Package layers decodes them:
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
// A [Record], including its Data and Options, is valid until the Reader's next
// call; Clone it to keep it. Reading does not allocate per record. Run your
// tests with Config.Poison to find code that keeps a Record too long: it
// overwrites a Record's bytes when they expire.
//
// A Reader uses a chunk of 256 KiB, or of the largest record seen if larger;
// with Config.Resync, after damage, up to 1 MiB. Lengths stated by the file do
// not cause allocation: memory grows as bytes arrive. Reading zstd also keeps the
// bytes that the file's window covers, up to 128 MiB, in memory of up to one and a
// half times their size; reading bzip2 takes 4 MiB.
//
// To process records in several goroutines, read them in batches: a [Batch] is
// valid until released, while the Reader continues.
//
// # Errors
//
// At the end of the input, Next returns io.EOF. Any other error is an [*Error]
// with the offset of the bad record and the number of valid records returned
// before it. The Error wraps one of
//
//   - ErrMagic: not a capture file. If the format is known, the text names it.
//   - io.ErrUnexpectedEOF: the input ends inside a record. Neither this error
//     nor io.EOF is final: call Next again when a growing file has more. (This
//     does not work for files in gzip or bzip2.)
//   - ErrFormat, ErrVersion: damage, or an undefined version.
//   - ErrTooLarge: a record longer than Config.MaxRecord.
//   - ErrExpansion: a compressed input that expands beyond Config.MaxRatio.
//   - an error of the io.Reader.
//
// With Config.Resync a Reader continues after damage and reports each skipped
// part as a [*Gap]:
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
// Records that break a rule but can be read, such as those with more captured
// bytes than the packet had, are returned unchanged. [Reader.Oddities] counts
// them.
//
// # Parts of a file
//
// An uncompressed file can be read from anywhere: Config.Ranges divides it, and
// Config.ReadRanges reads the parts concurrently, with exactly the result of a
// sequential read. An [Index] finds a record by number or time.
//
// # pcapng
//
// A pcapng file has sections, and sections have interfaces, each with its own
// link type and time resolution. A Record states its section and interface.
// Blocks without a packet, such as names, statistics and decryption secrets, go
// to Config.OnBlock; package pcapng decodes them, and the options of a Record.
//
// # Writing
//
// A [Writer] writes classic captures; package pcapng writes pcapng.
//
// The formats are specified by draft-ietf-opsawg-pcap and
// draft-ietf-opsawg-pcapng.
package pcap
