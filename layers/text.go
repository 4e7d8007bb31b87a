package layers

// AppendText appends one line, without line end, that names the layers of p,
// outermost first, and what stopped decoding. Its form is stable. Nothing in it
// but printable ASCII comes from the packet.
func (p *Packet) AppendText(dst []byte) ([]byte, error) {
	for i := range p.n {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, p.name(p.spans[i].kind)...)
		dst = p.appendLayer(dst, p.layer(i))
	}
	if err := p.Err(); err != nil {
		if p.n > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, '!')
		dst = append(dst, err.Error()...)
	}
	return dst, nil
}

// String returns the line that AppendText writes. Its receiver is a value, so
// that fmt knows how to print a Packet as well as a pointer to one.
func (p Packet) String() string {
	b, _ := p.AppendText(nil)
	return string(b)
}

// name returns the name of a layer, of this package or of a caller.
func (p *Packet) name(k Kind) string {
	if name := p.protocols[k].Name; name != "" {
		return name
	}
	return k.String()
}

// appendLayer appends a space and the text of a layer's view, nothing for a
// caller's layer.
func (p *Packet) appendLayer(dst []byte, l Layer) []byte {
	if l.Kind >= kindCount {
		return dst
	}
	return appendView(append(dst, ' '), l.Kind, l.Bytes)
}
