package layers

// AppendText appends to dst one line, without a newline, with the layers of p,
// outermost first, and the reason why decoding stopped, if it did. The format
// is stable, and only printable ASCII of the packet appears in it.
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

// String returns the line that AppendText appends. The receiver is a value so
// that fmt prints a Packet as well as a *Packet.
func (p Packet) String() string {
	b, _ := p.AppendText(nil)
	return string(b)
}

// name returns the name of a layer of this package or of a registered protocol.
func (p *Packet) name(k Kind) string {
	if name := p.protocols[k].Name; name != "" {
		return name
	}
	return k.String()
}

// appendLayer appends a space and the text of a layer's view, nothing for a
// layer of a registered protocol.
func (p *Packet) appendLayer(dst []byte, l Layer) []byte {
	if l.Kind >= kindCount {
		return dst
	}
	return appendView(append(dst, ' '), l.Kind, l.Bytes)
}
