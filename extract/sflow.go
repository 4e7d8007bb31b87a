package extract

import "github.com/sightline-go/sightline/layers"

// sampled counts the packets sampled in an sFlow datagram for their addresses: they
// were on the network, though not at this capture point.
func (w *worker) sampled(p *layers.Packet) {
	layer, ok := p.Layer(layers.KindSFlow)
	if !ok {
		return
	}
	s, err := layers.ParseSFlow(layer.Bytes)
	if err != nil {
		return
	}
	var inner layers.Packet
	for sample := range s.Packets() {
		if sample.Known {
			new(layers.Decoder).DecodeBytes(&inner, sample.LinkType, sample.Data)
			w.addresses(&inner, sample.WireLen, false)
		}
	}
}
