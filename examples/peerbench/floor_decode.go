package main

import "encoding/binary"

// passByHand decodes the records of the file.
func (w decoding) passByHand() (result, error) {
	found := handReader{names: w.names}
	_, err := walk(w.pcap, pcapHeader, func(b []byte, res *result) int {
		n := nextRecord(b, res)
		if n > 0 {
			found.items++
			found.ethernet(b[16:n])
		}
		return n
	})
	return found.result, err
}

func (w decoding) decodeByHand() (result, error) {
	found := handReader{names: w.names}
	for _, data := range w.packets {
		found.items++
		found.ethernet(data)
	}
	return found.result, nil
}

// A handReader adds up what it reads in packets. Its text holds the last name.
type handReader struct {
	result
	names bool
	text  []byte
}

func (r *handReader) ethernet(b []byte) {
	if len(b) < 14 {
		return
	}
	typ, b := binary.BigEndian.Uint16(b[12:]), b[14:]
	for typ == 0x8100 && len(b) >= 4 {
		typ, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	switch {
	case typ == 0x0800 && len(b) >= 20:
		r.ipv4(b)
	case typ == 0x86dd && len(b) >= 40:
		r.sum += binary.BigEndian.Uint64(b[16:]) + binary.BigEndian.Uint64(b[32:])
		end := min(40+int(binary.BigEndian.Uint16(b[4:])), len(b))
		r.transport(b[6], b[40:end])
	}
}

func (r *handReader) ipv4(b []byte) {
	size, end := int(b[0]&15)*4, min(int(binary.BigEndian.Uint16(b[2:])), len(b))
	if b[0]>>4 != 4 || size < 20 || size > end {
		return
	}
	r.sum += uint64(binary.BigEndian.Uint32(b[12:])) + uint64(binary.BigEndian.Uint32(b[16:]))
	if binary.BigEndian.Uint16(b[6:])&0x1fff == 0 {
		r.transport(b[9], b[size:end])
	}
}

func (r *handReader) transport(proto byte, b []byte) {
	switch {
	case proto == 6 && len(b) >= 20:
		size := int(b[12]>>4) * 4
		if size < 20 || size > len(b) {
			return
		}
		r.sum += uint64(binary.BigEndian.Uint16(b)) + uint64(binary.BigEndian.Uint16(b[2:])) + uint64(binary.BigEndian.Uint32(b[4:]))
		r.bytes += len(b) - size
	case proto == 17 && len(b) >= 8:
		src, dst := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		r.sum += uint64(src) + uint64(dst)
		b = b[8:min(max(8, int(binary.BigEndian.Uint16(b[4:]))), len(b))]
		r.bytes += len(b)
		if r.names && (src == 53 || dst == 53) && len(b) >= 12 {
			r.dns(b)
		}
	}
}

// dns reads all questions and records of a message.
func (r *handReader) dns(b []byte) {
	at := 12
	for range binary.BigEndian.Uint16(b[4:]) {
		if at = r.name(b, at) + 4; at > len(b) {
			return
		}
		r.sum += uint64(binary.BigEndian.Uint16(b[at-4:]))
	}
	records := int(binary.BigEndian.Uint16(b[6:])) + int(binary.BigEndian.Uint16(b[8:])) + int(binary.BigEndian.Uint16(b[10:]))
	for range records {
		if at = r.record(b, r.name(b, at)); at > len(b) {
			return
		}
	}
}

// record reads the rest of a record whose name ends at at, and returns where it
// ends.
func (r *handReader) record(b []byte, at int) int {
	if at+10 > len(b) {
		return at + 10
	}
	typ, size := binary.BigEndian.Uint16(b[at:]), int(binary.BigEndian.Uint16(b[at+8:]))
	r.sum += uint64(typ) + uint64(binary.BigEndian.Uint32(b[at+4:]))
	at += 10
	end := at + size
	if end > len(b) {
		return end
	}
	switch {
	case typ == 1 && size == 4, typ == 28 && size == 16:
		r.sum += uint64(binary.BigEndian.Uint32(b[end-4:]))
	case typ == 2, typ == 5, typ == 12:
		r.name(b, at)
	}
	return end
}

// name makes the text of the name at at, and returns where the name ends.
func (r *handReader) name(b []byte, at int) int {
	end := skipName(b, at)
	r.text = r.text[:0]
	for pointers := 0; at < len(b) && b[at] != 0 && pointers < 127 && len(r.text) < 255; {
		n := int(b[at])
		if n >= 0xc0 {
			if at+2 > len(b) {
				break
			}
			at = int(binary.BigEndian.Uint16(b[at:]) & 0x3fff)
			pointers++
			continue
		}
		if at+1+n > len(b) {
			break
		}
		r.text = append(append(r.text, b[at+1:at+1+n]...), '.')
		at += 1 + n
	}
	r.found(max(0, len(r.text)-1)) // without the last dot
	return end
}
