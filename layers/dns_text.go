package layers

import (
	"encoding/base32"
	"encoding/base64"
	"strconv"
	"time"
)

// AppendText appends a question to dst: name, class and type.
func (q Question) AppendText(dst []byte) ([]byte, error) {
	dst = q.Name.AppendTo(dst)
	dst = append(dst, ' ')
	dst = appendClass(dst, q.Class)
	dst = append(dst, ' ')
	return q.Type.appendTo(dst), nil
}

// AppendText appends a record to dst on one line, in printable ASCII: name, TTL,
// class, type and data, as zone files have them (RFC 1035 section 5.1), names
// without the final dot. An OPT record, which no zone file has, is its name, its
// type, and its fields and options by name.
func (rr Resource) AppendText(dst []byte) ([]byte, error) {
	dst = rr.Name.AppendTo(dst)
	dst = append(dst, ' ')
	if rr.Type != DNSTypeOPT {
		dst = appendNumber(dst, rr.TTL)
		dst = appendClass(dst, rr.Class)
		dst = append(dst, ' ')
	}
	dst = append(rr.Type.appendTo(dst), ' ')
	return rr.AppendData(dst), nil
}

// appendClass appends a class as zone files have it (RFC 3597 section 5), that
// of multicast DNS with "+" for the bit on top.
func appendClass(dst []byte, class uint16) []byte {
	switch class &^ dnsTopBit {
	case DNSClassIN:
		dst = append(dst, "IN"...)
	case DNSClassCH:
		dst = append(dst, "CH"...)
	case DNSClassNONE:
		dst = append(dst, "NONE"...)
	case DNSClassANY:
		dst = append(dst, "ANY"...)
	default:
		return strconv.AppendUint(append(dst, "CLASS"...), uint64(class), 10)
	}
	if class&dnsTopBit != 0 {
		dst = append(dst, '+')
	}
	return dst
}

// AppendData appends the record's data to dst as AppendText does. Data of other
// types than those that have methods, and data that is not what its type asks
// for, is \#, its length in bytes, and the bytes in hexadecimal (RFC 3597
// section 5).
func (rr Resource) AppendData(dst []byte) []byte {
	if len(rr.Data) > 0 || rr.Type == DNSTypeOPT {
		if text, ok := rr.appendParts(dst); ok {
			return text
		}
	}
	dst = append(dst, `\# `...)
	dst = strconv.AppendInt(dst, int64(len(rr.Data)), 10)
	if len(rr.Data) > 0 {
		dst = appendHex(append(dst, ' '), rr.Data)
	}
	return dst
}

// appendParts appends the data if it is what its type asks for. What it appends
// when it reports false has no meaning.
func (rr Resource) appendParts(dst []byte) (_ []byte, ok bool) {
	switch rr.Type {
	case DNSTypeA, DNSTypeAAAA:
		a, ok := rr.Addr()
		return a.AppendTo(dst), ok
	case DNSTypeCNAME, DNSTypeNS, DNSTypePTR, DNSTypeDNAME:
		n, ok := rr.Target()
		return n.AppendTo(dst), ok
	case DNSTypeMX:
		pref, n, ok := rr.MX()
		return n.AppendTo(appendNumber(dst, pref)), ok
	case DNSTypeTXT, DNSTypeSPF:
		return rr.appendTexts(dst), rr.textsOK()
	case DNSTypeHINFO:
		h, ok := rr.HINFO()
		return appendQuoted(append(appendQuoted(dst, h.CPU), ' '), h.OS), ok
	case DNSTypeSOA:
		s, ok := rr.SOA()
		return s.appendTo(dst), ok
	case DNSTypeLOC:
		l, ok := rr.LOC()
		return l.appendTo(dst), ok
	case DNSTypeSRV, DNSTypeNAPTR, DNSTypeURI, DNSTypeSVCB, DNSTypeHTTPS:
		return rr.appendService(dst)
	case DNSTypeOPT:
		o, ok := rr.OPT()
		return o.appendTo(dst), ok
	}
	return rr.appendKeys(dst)
}

func (rr Resource) appendTexts(dst []byte) []byte {
	start := len(dst)
	for text := range rr.Texts() {
		if len(dst) > start {
			dst = append(dst, ' ')
		}
		dst = appendQuoted(dst, text)
	}
	return dst
}

func (s SOA) appendTo(dst []byte) []byte {
	dst = append(s.MName.AppendTo(dst), ' ')
	dst = append(s.RName.AppendTo(dst), ' ')
	for _, n := range [...]uint32{s.Serial, s.Refresh, s.Retry, s.Expire, s.Minimum} {
		dst = appendNumber(dst, n)
	}
	return dst[:len(dst)-1]
}

// appendService appends the data of a record that leads to a service.
func (rr Resource) appendService(dst []byte) (_ []byte, ok bool) {
	switch rr.Type {
	case DNSTypeSRV:
		s, ok := rr.SRV()
		dst = appendNumber(appendNumber(appendNumber(dst, s.Priority), s.Weight), s.Port)
		return s.Target.AppendTo(dst), ok
	case DNSTypeNAPTR:
		n, ok := rr.NAPTR()
		dst = appendNumber(appendNumber(dst, n.Order), n.Preference)
		for _, text := range [...][]byte{n.Flags, n.Services, n.Regexp} {
			dst = append(appendQuoted(dst, text), ' ')
		}
		return n.Replacement.AppendTo(dst), ok
	case DNSTypeURI:
		u, ok := rr.URI()
		return appendQuoted(appendNumber(appendNumber(dst, u.Priority), u.Weight), u.Target), ok
	}
	s, ok := rr.SVCB()
	return s.appendTo(dst), ok
}

func (s SVCB) appendTo(dst []byte) []byte {
	dst = s.Target.AppendTo(appendNumber(dst, s.Priority))
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

// appendSVCBValue appends a value as RFC 9460 sections 7, 8 and appendix A have
// it.
func appendSVCBValue(dst []byte, key SVCBKey, value []byte) []byte {
	start := len(dst)
	switch key {
	case SVCBMandatory:
		for k := range uint16s(value) {
			dst = append(SVCBKey(k).appendTo(dst), ',')
		}
	case SVCBALPN:
		for len(value) > 0 {
			name, rest, _ := cutVector(value, 1)
			dst = append(appendListItem(dst, name), ',')
			value = rest
		}
	case SVCBPort:
		for port := range uint16s(value) {
			dst = appendNumber(dst, port)
		}
	case SVCBIPv4Hint, SVCBIPv6Hint:
		for a := range hints(key, value) {
			dst = append(a.AppendTo(dst), ',')
		}
	case SVCBECH:
		return base64.StdEncoding.AppendEncode(dst, value)
	default:
		return appendEscapedText(dst, value)
	}
	return dst[:max(start, len(dst)-1)]
}

// appendListItem appends an item of a list between commas (RFC 9460 appendix
// A.1): its commas and backslashes have a backslash, which has one itself.
func appendListItem(dst, item []byte) []byte {
	for i, c := range item {
		if c == ',' || c == '\\' {
			dst = append(dst, '\\', '\\')
		}
		dst = appendEscapedText(dst, item[i:i+1])
	}
	return dst
}

// appendTo appends what an OPT record says. The options that have no method
// here are their number and their data in hexadecimal.
func (o OPT) appendTo(dst []byte) []byte {
	dst = append(dst, "version "...)
	dst = appendNumber(dst, o.Version)
	if o.ExtendedRCode != 0 {
		dst = append(dst, "rcode "...)
		dst = appendNumber(dst, o.ExtendedRCode)
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
	if code, text, ok := o.ExtendedError(); ok {
		dst = appendNumber(append(dst, "ede "...), code)
		return appendQuoted(dst, text)
	}
	if _, _, ok := o.Cookie(); ok {
		dst = append(dst, "cookie"...)
	} else {
		dst = strconv.AppendUint(append(dst, "option "...), uint64(o.Code), 10)
	}
	if len(o.Data) > 0 {
		dst = appendHex(append(dst, ' '), o.Data)
	}
	return dst
}

// base32Hex is what the hashes of NSEC3 are written in (RFC 5155 section 3.3).
var base32Hex = base32.HexEncoding.WithPadding(base32.NoPadding)

// appendKeys appends the data of a record about keys and certificates.
func (rr Resource) appendKeys(dst []byte) (_ []byte, ok bool) {
	switch rr.Type {
	case DNSTypeCAA:
		c, ok := rr.CAA()
		dst = appendEscapedText(appendNumber(dst, c.Flags), c.Tag)
		return appendQuoted(append(dst, ' '), c.Value), ok
	case DNSTypeTLSA, DNSTypeSMIMEA:
		t, ok := rr.TLSA()
		dst = appendNumber(appendNumber(appendNumber(dst, t.Usage), t.Selector), t.MatchingType)
		return appendHex(dst, t.Data), ok
	case DNSTypeSSHFP:
		f, ok := rr.SSHFP()
		return appendHex(appendNumber(appendNumber(dst, f.Algorithm), f.Type), f.Fingerprint), ok
	case DNSTypeDS, DNSTypeCDS:
		d, ok := rr.DS()
		dst = appendNumber(appendNumber(appendNumber(dst, d.KeyTag), d.Algorithm), d.DigestType)
		return appendHex(dst, d.Digest), ok
	case DNSTypeDNSKEY, DNSTypeCDNSKEY, DNSTypeKEY:
		k, ok := rr.DNSKEY()
		dst = appendNumber(appendNumber(appendNumber(dst, k.Flags), k.Protocol), k.Algorithm)
		return base64.StdEncoding.AppendEncode(dst, k.PublicKey), ok
	case DNSTypeRRSIG, DNSTypeSIG:
		s, ok := rr.RRSIG()
		return s.appendTo(dst), ok
	case DNSTypeNSEC:
		n, ok := rr.NSEC()
		return n.Types.appendTo(n.Next.AppendTo(dst)), ok
	case DNSTypeNSEC3, DNSTypeNSEC3PARAM:
		n, ok := rr.NSEC3()
		return n.appendTo(dst), ok
	}
	return dst, false
}

func (s RRSIG) appendTo(dst []byte) []byte {
	dst = append(s.TypeCovered.appendTo(dst), ' ')
	dst = appendNumber(appendNumber(appendNumber(dst, s.Algorithm), s.Labels), s.OriginalTTL)
	for _, t := range [...]uint32{s.Expiration, s.Inception} {
		dst = time.Unix(int64(t), 0).UTC().AppendFormat(dst, "20060102150405 ")
	}
	dst = s.Signer.AppendTo(appendNumber(dst, s.KeyTag))
	return base64.StdEncoding.AppendEncode(append(dst, ' '), s.Signature)
}

func (n NSEC3) appendTo(dst []byte) []byte {
	dst = appendNumber(appendNumber(appendNumber(dst, n.Algorithm), n.Flags), n.Iterations)
	if len(n.Salt) == 0 {
		dst = append(dst, '-')
	}
	dst = appendHex(dst, n.Salt)
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

// appendNumber appends a number and a space.
func appendNumber[N uint8 | uint16 | uint32](dst []byte, n N) []byte {
	return append(strconv.AppendUint(dst, uint64(n), 10), ' ')
}

func appendHex(dst, b []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&0x0f])
	}
	return dst
}

// appendQuoted appends a character-string between quotes.
func appendQuoted(dst, text []byte) []byte {
	return append(appendEscapedText(append(dst, '"'), text), '"')
}

// appendEscapedText appends octets as RFC 1035 section 5.1 has them between
// quotes: a backslash before quotes and backslashes, and a backslash and three
// digits for what is no printable ASCII character.
func appendEscapedText(dst, text []byte) []byte {
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c >= 0x7f:
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}
