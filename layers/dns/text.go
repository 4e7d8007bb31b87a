package dns

import (
	"encoding/base32"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/sightline-go/sightline/internal/text"
)

// AppendText appends the question to dst: name, class and type.
func (q Question) AppendText(dst []byte) ([]byte, error) {
	dst = q.Name.AppendTo(dst)
	dst = append(dst, ' ')
	dst = appendClass(dst, q.Class)
	dst = append(dst, ' ')
	return q.Type.appendTo(dst), nil
}

// String returns the text that AppendText appends.
func (q Question) String() string { b, _ := q.AppendText(nil); return string(b) }

// AppendText appends the record to dst as a line of a zone file (RFC 1035
// section 5.1), in printable ASCII: name, TTL, class, type and data, names
// without the final dot. An OPT record, which zone files do not contain, is
// written as name, type, and its named fields and options.
func (rr Resource) AppendText(dst []byte) ([]byte, error) {
	dst = rr.Name.AppendTo(dst)
	dst = append(dst, ' ')
	if rr.Type != TypeOPT {
		dst = text.AppendNumber(dst, rr.TTL)
		dst = appendClass(dst, rr.Class)
		dst = append(dst, ' ')
	}
	dst = append(rr.Type.appendTo(dst), ' ')
	return rr.AppendData(dst), nil
}

// String returns the text that AppendText appends.
func (rr Resource) String() string { b, _ := rr.AppendText(nil); return string(b) }

// appendClass appends a class as in a zone file (RFC 3597 section 5), with "+"
// if the top bit of multicast DNS is set.
func appendClass(dst []byte, class uint16) []byte {
	switch class &^ topBit {
	case ClassIN:
		dst = append(dst, "IN"...)
	case ClassCH:
		dst = append(dst, "CH"...)
	case ClassNONE:
		dst = append(dst, "NONE"...)
	case ClassANY:
		dst = append(dst, "ANY"...)
	default:
		return strconv.AppendUint(append(dst, "CLASS"...), uint64(class), 10)
	}
	if class&topBit != 0 {
		dst = append(dst, '+')
	}
	return dst
}

// AppendData appends the record's data to dst in the form of AppendText. Data
// that is malformed, or of a type without a method, becomes \#, its length in
// bytes, and the bytes in hexadecimal (RFC 3597 section 5).
func (rr Resource) AppendData(dst []byte) []byte {
	if len(rr.Data) > 0 || rr.Type == TypeOPT {
		if text, ok := rr.appendParts(dst); ok {
			return text
		}
	}
	dst = append(dst, `\# `...)
	dst = strconv.AppendInt(dst, int64(len(rr.Data)), 10)
	if len(rr.Data) > 0 {
		dst = text.AppendHex(append(dst, ' '), rr.Data)
	}
	return dst
}

// appendParts appends the decoded data. If it reports false, the appended text
// is meaningless.
func (rr Resource) appendParts(dst []byte) (_ []byte, ok bool) {
	switch rr.Type {
	case TypeA, TypeAAAA:
		a, ok := rr.Addr()
		return a.AppendTo(dst), ok
	case TypeCNAME, TypeNS, TypePTR, TypeDNAME:
		n, ok := rr.Target()
		return n.AppendTo(dst), ok
	case TypeMX:
		pref, n, ok := rr.MX()
		return n.AppendTo(text.AppendNumber(dst, pref)), ok
	case TypeTXT, TypeSPF:
		return rr.appendTexts(dst), rr.textsOK()
	case TypeHINFO:
		h, ok := rr.HINFO()
		return text.AppendQuoted(append(text.AppendQuoted(dst, h.CPU), ' '), h.OS), ok
	case TypeSOA:
		s, ok := rr.SOA()
		return s.appendTo(dst), ok
	case TypeLOC:
		l, ok := rr.LOC()
		return l.appendTo(dst), ok
	case TypeSRV, TypeNAPTR, TypeURI, TypeSVCB, TypeHTTPS:
		return rr.appendService(dst)
	case TypeOPT:
		o, ok := rr.OPT()
		return o.appendTo(dst), ok
	}
	return rr.appendKeys(dst)
}

func (rr Resource) appendTexts(dst []byte) []byte {
	start := len(dst)
	for s := range rr.Texts() {
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		dst = text.AppendQuoted(dst, s)
	}
	return dst
}

func (s SOA) appendTo(dst []byte) []byte {
	dst = append(s.MName.AppendTo(dst), ' ')
	dst = append(s.RName.AppendTo(dst), ' ')
	for _, n := range [...]uint32{s.Serial, s.Refresh, s.Retry, s.Expire, s.Minimum} {
		dst = text.AppendNumber(dst, n)
	}
	return dst[:len(dst)-1]
}

// appendService appends the data of a record that locates a service.
func (rr Resource) appendService(dst []byte) (_ []byte, ok bool) {
	switch rr.Type {
	case TypeSRV:
		s, ok := rr.SRV()
		dst = text.AppendNumber(text.AppendNumber(text.AppendNumber(dst, s.Priority), s.Weight), s.Port)
		return s.Target.AppendTo(dst), ok
	case TypeNAPTR:
		n, ok := rr.NAPTR()
		dst = text.AppendNumber(text.AppendNumber(dst, n.Order), n.Preference)
		for _, s := range [...][]byte{n.Flags, n.Services, n.Regexp} {
			dst = append(text.AppendQuoted(dst, s), ' ')
		}
		return n.Replacement.AppendTo(dst), ok
	case TypeURI:
		u, ok := rr.URI()
		return text.AppendQuoted(text.AppendNumber(text.AppendNumber(dst, u.Priority), u.Weight), u.Target), ok
	}
	s, ok := rr.SVCB()
	return s.appendTo(dst), ok
}

func (s SVCB) appendTo(dst []byte) []byte {
	dst = s.Target.AppendTo(text.AppendNumber(dst, s.Priority))
	for key, value := range s.Params() {
		dst = append(dst, ' ')
		dst = key.appendTo(dst)
		if len(value) > 0 {
			dst = append(dst, `="`...)
			dst = append(appendSVCBValue(dst, key, value), '"')
		}
	}
	return dst
}

// appendSVCBValue appends a parameter's value in the presentation format of RFC
// 9460 sections 7, 8 and appendix A.
func appendSVCBValue(dst []byte, key SVCBKey, value []byte) []byte {
	start := len(dst)
	switch key {
	case SVCBMandatory:
		for k := range text.Uint16s(value) {
			dst = append(SVCBKey(k).appendTo(dst), ',')
		}
	case SVCBALPN:
		for len(value) > 0 {
			name, rest, _ := text.CutVector(value, 1)
			dst = append(appendListItem(dst, name), ',')
			value = rest
		}
	case SVCBPort:
		for port := range text.Uint16s(value) {
			dst = text.AppendNumber(dst, port)
		}
	case SVCBIPv4Hint, SVCBIPv6Hint:
		for a := range hints(key, value) {
			dst = append(a.AppendTo(dst), ',')
		}
	case SVCBECH:
		return base64.StdEncoding.AppendEncode(dst, value)
	default:
		return text.AppendEscaped(dst, value)
	}
	return dst[:max(start, len(dst)-1)]
}

// appendListItem appends an item of a comma-separated list (RFC 9460 appendix
// A.1): commas and backslashes get a backslash, which is itself escaped.
func appendListItem(dst, item []byte) []byte {
	for i, c := range item {
		if c == ',' || c == '\\' {
			dst = append(dst, '\\', '\\')
		}
		dst = text.AppendEscaped(dst, item[i:i+1])
	}
	return dst
}

// appendTo appends the record's fields and options. An option without a method
// becomes its code, and its data in hexadecimal.
func (o OPT) appendTo(dst []byte) []byte {
	dst = append(dst, "version "...)
	dst = text.AppendNumber(dst, o.Version)
	if o.ExtendedRCode != 0 {
		dst = append(dst, "rcode "...)
		dst = text.AppendNumber(dst, o.ExtendedRCode)
	}
	if o.DO() {
		dst = append(dst, "do "...)
	}
	dst = append(dst, "udp "...)
	dst = strconv.AppendUint(dst, uint64(o.UDPSize), 10)
	for opt := range o.Options() {
		dst = opt.appendTo(append(dst, ' '))
	}
	return dst
}

func (o EDNSOption) appendTo(dst []byte) []byte {
	if source, scope, ok := o.ClientSubnet(); ok {
		dst = source.AppendTo(append(dst, "ecs "...))
		return strconv.AppendUint(append(dst, '/'), uint64(scope), 10)
	}
	if code, extra, ok := o.ExtendedError(); ok {
		dst = text.AppendNumber(append(dst, "ede "...), code)
		return text.AppendQuoted(dst, extra)
	}
	if _, _, ok := o.Cookie(); ok {
		dst = append(dst, "cookie"...)
	} else {
		dst = strconv.AppendUint(append(dst, "option "...), uint64(o.Code), 10)
	}
	if len(o.Data) > 0 {
		dst = text.AppendHex(append(dst, ' '), o.Data)
	}
	return dst
}

// base32Hex encodes the hashes of NSEC3 (RFC 5155 section 3.3).
var base32Hex = base32.HexEncoding.WithPadding(base32.NoPadding)

// appendKeys appends the data of a record about keys and certificates.
func (rr Resource) appendKeys(dst []byte) (_ []byte, ok bool) {
	switch rr.Type {
	case TypeCAA:
		c, ok := rr.CAA()
		dst = text.AppendEscaped(text.AppendNumber(dst, c.Flags), c.Tag)
		return text.AppendQuoted(append(dst, ' '), c.Value), ok
	case TypeTLSA, TypeSMIMEA:
		t, ok := rr.TLSA()
		dst = text.AppendNumber(text.AppendNumber(text.AppendNumber(dst, t.Usage), t.Selector), t.MatchingType)
		return text.AppendHex(dst, t.Data), ok
	case TypeSSHFP:
		f, ok := rr.SSHFP()
		return text.AppendHex(text.AppendNumber(text.AppendNumber(dst, f.Algorithm), f.Type), f.Fingerprint), ok
	case TypeDS, TypeCDS:
		d, ok := rr.DS()
		dst = text.AppendNumber(text.AppendNumber(text.AppendNumber(dst, d.KeyTag), d.Algorithm), d.DigestType)
		return text.AppendHex(dst, d.Digest), ok
	case TypeDNSKEY, TypeCDNSKEY, TypeKEY:
		k, ok := rr.DNSKEY()
		dst = text.AppendNumber(text.AppendNumber(text.AppendNumber(dst, k.Flags), k.Protocol), k.Algorithm)
		return base64.StdEncoding.AppendEncode(dst, k.PublicKey), ok
	case TypeRRSIG, TypeSIG:
		s, ok := rr.RRSIG()
		return s.appendTo(dst), ok
	case TypeNSEC:
		n, ok := rr.NSEC()
		return n.Types.appendTo(n.Next.AppendTo(dst)), ok
	case TypeNSEC3, TypeNSEC3PARAM:
		n, ok := rr.NSEC3()
		return n.appendTo(dst), ok
	}
	return dst, false
}

func (s RRSIG) appendTo(dst []byte) []byte {
	dst = append(s.TypeCovered.appendTo(dst), ' ')
	dst = text.AppendNumber(text.AppendNumber(text.AppendNumber(dst, s.Algorithm), s.Labels), s.OriginalTTL)
	for _, t := range [...]uint32{s.Expiration, s.Inception} {
		dst = time.Unix(int64(t), 0).UTC().AppendFormat(dst, "20060102150405 ")
	}
	dst = s.Signer.AppendTo(text.AppendNumber(dst, s.KeyTag))
	return base64.StdEncoding.AppendEncode(append(dst, ' '), s.Signature)
}

func (n NSEC3) appendTo(dst []byte) []byte {
	dst = text.AppendNumber(text.AppendNumber(text.AppendNumber(dst, n.Algorithm), n.Flags), n.Iterations)
	if len(n.Salt) == 0 {
		dst = append(dst, '-')
	}
	dst = text.AppendHex(dst, n.Salt)
	if len(n.NextHashed) > 0 {
		dst = base32Hex.AppendEncode(append(dst, ' '), n.NextHashed)
	}
	return n.Types.appendTo(dst)
}

func (t TypeBitmap) appendTo(dst []byte) []byte {
	for typ := range t.All() {
		dst = typ.appendTo(append(dst, ' '))
	}
	return dst
}
