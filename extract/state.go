package extract

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sightline-go/sightline/internal/clock"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// A state is what a run leaves for the next one. Its file is in pcapng: custom blocks
// with the rest, the last of which has the SHA-256 of everything before it, and the
// packets of the items, each with an option that says what the block cannot.
type state struct {
	settings  string // see settingsOf
	report    *Report
	granted   uint64 // the shards that have their reserve of work
	clocks    [shardCount]*clock.Reading
	fragments []*item
	items     []*item
}

const (
	stateName    = "sightline state "
	stateVersion = 1

	// statePEN marks the blocks and options: no other program reads them, so the
	// private enterprise number is that for examples (RFC 5612).
	statePEN = 32473

	stateHead   = 'h'
	stateReport = 'r'
	stateEnd    = 'e'

	// stateChunk is the most bytes of the Report in one block.
	stateChunk = 1 << 20

	// stateEndLen is the length of the last block: type, length, number, kind, hash
	// with 3 bytes of padding, length.
	stateEndLen = 4 + 4 + 4 + 1 + sha256.Size + 3 + 4
)

// settingsOf returns the Options on which a Report depends, as a text.
func settingsOf(o *Options) string {
	own := *o
	own.Workers = 0
	c := &own.Stream
	c.Scratch, c.Keys, c.Detect, c.Charset, c.Stop = nil, nil, nil, nil, nil
	return fmt.Sprintf("%+v", own)
}

func (s *state) write(dst io.Writer) error {
	sum := sha256.New()
	out := bufio.NewWriter(dst)
	w := pcapng.NewWriter(io.MultiWriter(out, sum))
	if err := w.BeginSection(pcapng.Section{Length: -1, Application: stateName + strconv.Itoa(stateVersion)}); err != nil {
		return err
	}
	b := binary.AppendUvarint(nil, s.granted)
	b = binary.AppendUvarint(b, uint64(len(s.settings)))
	b = append(b, s.settings...)
	for _, r := range s.clocks {
		b = appendReading(b, r)
	}
	if err := writeCustom(w, stateHead, b); err != nil {
		return err
	}
	report := bufio.NewWriterSize(customWriter{w}, stateChunk)
	err := s.report.WriteJSON(report, true)
	if err == nil {
		err = report.Flush()
	}
	if err == nil {
		err = writeItems(w, slices.Concat(s.fragments, s.items))
	}
	if err == nil {
		err = w.WriteCustom(pcapng.CustomData{PEN: statePEN, Data: sum.Sum([]byte{stateEnd})})
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// A customWriter writes chunks of the Report.
type customWriter struct{ w *pcapng.Writer }

func (c customWriter) Write(b []byte) (int, error) {
	for chunk := range slices.Chunk(b, stateChunk) {
		if err := writeCustom(c.w, stateReport, chunk); err != nil {
			return 0, err
		}
	}
	return len(b), nil
}

// writeCustom writes a block with the length of its data, because the block states
// only that of the data with padding.
func writeCustom(w *pcapng.Writer, kind byte, data []byte) error {
	b := binary.AppendUvarint([]byte{kind}, uint64(len(data)))
	return w.WriteCustom(pcapng.CustomData{PEN: statePEN, NoCopy: true, Data: append(b, data...)})
}

func writeItems(w *pcapng.Writer, items []*item) error {
	type iface struct {
		link pcap.LinkType
		fcs  int
	}
	numbers := map[iface]int{}
	for _, it := range items {
		rec := it.rec
		rec.LinkType &= math.MaxUint16
		i := iface{rec.LinkType, rec.FCSLen}
		n, ok := numbers[i]
		if !ok {
			var err error
			if n, err = w.AddInterface(pcapng.Interface{LinkType: rec.LinkType, Resolution: pcapng.Nanoseconds, FCSLen: rec.FCSLen}); err != nil {
				return err
			}
			numbers[i] = n
		}
		rec.Interface = n
		if t := rec.Time.Unix(); t < 0 || t > lastSecond { // the option has the time
			rec.Time = time.Unix(0, 0)
		}
		if err := w.Write(&rec, pcapng.CustomData{PEN: statePEN, NoCopy: true, Data: it.append(nil)}.Option()); err != nil {
			return err
		}
	}
	return nil
}

// lastSecond is the last second that 64 bits express in nanoseconds, in the year
// 2554.
const lastSecond = math.MaxUint64/1_000_000_000 - 1

// readState reads a state that was written with settings.
func readState(src io.Reader, settings string) (*state, error) {
	b, err := io.ReadAll(src)
	if err != nil {
		return nil, err
	}
	s := new(state)
	if err := s.parse(b, settings); err != nil {
		return nil, fmt.Errorf("extract: invalid state: %w", err)
	}
	return s, nil
}

func (s *state) parse(b []byte, settings string) error {
	if err := checkVersion(b); err != nil {
		return err
	}
	if err := checkSum(b); err != nil {
		return err
	}
	var head, report []byte
	r, err := pcap.Config{MaxRecord: len(b), OnBlock: func(raw pcap.RawBlock) {
		switch kind, data := custom(raw); kind {
		case stateHead:
			head = slices.Clone(data)
		case stateReport:
			report = append(report, data...)
		}
	}}.NewReaderBytes(b)
	if err != nil {
		return err
	}
	packets, err := readItems(r)
	if err != nil {
		return err
	}
	if err := s.parseHead(head, settings); err != nil {
		return err
	}
	if s.report, err = decodeReport(bytes.NewReader(report)); err != nil {
		return err
	}
	return s.parseItems(packets)
}

// checkVersion checks that b begins like a state of this version.
func checkVersion(b []byte) error {
	block, err := pcapng.NewReader(bytes.NewReader(b)).Next()
	if err != nil {
		return errors.New("not a state, or empty")
	}
	section, _ := block.Header()
	version, ok := strings.CutPrefix(section.Application, stateName)
	if !ok {
		return errors.New("not a state, but another pcapng file")
	}
	if version != strconv.Itoa(stateVersion) {
		return fmt.Errorf("version %q, but only version %d can be read: start without a state", version, stateVersion)
	}
	return nil
}

// checkSum checks that b ends with the hash of everything before.
func checkSum(b []byte) error {
	body := max(len(b)-stateEndLen, 0)
	sum := sha256.Sum256(b[:body])
	if end := b[body:]; len(end) != stateEndLen || !bytes.Contains(end, append([]byte{stateEnd}, sum[:]...)) {
		return errors.New("damaged: it was cut or changed after it was written")
	}
	return nil
}

// custom returns the kind and the data of a custom block of the state, or 0.
func custom(raw pcap.RawBlock) (kind byte, data []byte) {
	c, ok := pcapng.Parse(raw).Custom()
	if !ok || c.PEN != statePEN || len(c.Data) == 0 {
		return 0, nil
	}
	n, size := binary.Uvarint(c.Data[1:])
	if size <= 0 || n > uint64(len(c.Data)-1-size) {
		return 0, nil
	}
	return c.Data[0], c.Data[1+size:][:n]
}

// A keptPacket is a packet of a state with its option.
type keptPacket struct{ data, option []byte }

func readItems(r *pcap.Reader) (all []keptPacket, err error) {
	for {
		rec, err := r.Next()
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		p := keptPacket{data: slices.Clone(rec.Data)}
		for o := range pcapng.PacketOptions(rec) {
			if c, ok := o.Custom(); ok && c.PEN == statePEN {
				p.option = slices.Clone(c.Data)
			}
		}
		all = append(all, p)
	}
}

func (s *state) parseHead(b []byte, settings string) error {
	f := fields{b: b}
	s.granted = f.uvarint()
	s.settings = string(f.bytes(f.uvarint()))
	for i := range s.clocks {
		s.clocks[i] = f.reading()
	}
	if f.bad || len(f.b) > 0 {
		return errors.New("malformed header")
	}
	if s.settings != settings {
		return errors.New("it was written with other options: use those again, or start without a state")
	}
	return nil
}

func (s *state) parseItems(packets []keptPacket) error {
	for i, p := range packets {
		it := new(item)
		if !it.parse(p.option, len(s.report.Captures)) {
			return fmt.Errorf("malformed packet %d", i+1)
		}
		if it.rec.Data = p.data; it.kind == itemFragment {
			s.fragments = append(s.fragments, it)
		} else {
			s.items = append(s.items, it)
		}
	}
	return nil
}
