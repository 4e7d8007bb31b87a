package stream

import "bytes"

// Tags of DER (X.690 section 8.1.2).
const (
	derInteger    = 0x02
	derOctets     = 0x04
	derOID        = 0x06
	derEnumerated = 0x0a
	derUTCTime    = 0x17
	derTime       = 0x18 // GeneralizedTime
	derSequence   = 0x30
	derSet        = 0x31
	derField0     = 0xa0 // [0], constructed
	derField1     = 0xa1
)

// Object identifiers, encoded.
const (
	oidSignedData = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" // RFC 5652 section 5.1
	oidData       = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01" // RFC 5652 section 4
	oidCTL        = "\x2b\x06\x01\x04\x01\x82\x37\x0a\x01" // szOID_CTL: Microsoft's certificate trust lists
	oidOCSPBasic  = "\x2b\x06\x01\x05\x05\x07\x30\x01\x01" // RFC 6960 section 4.2.1
)

// derHeadLen is how many bytes of a file sniffDER needs.
const derHeadLen = 512

// typeDER is the media type of other DER, in use but not registered.
const typeDER = "application/x-der"

// sniffDER returns the media type of a file that is a single DER SEQUENCE: that of a
// certificate, a revocation list, OCSP, a bundle of certificates or a trust list if
// it begins like one, otherwise application/x-der. It returns "" for other files. b
// is the beginning of the file, which has size bytes: bytes after the SEQUENCE make
// it another file.
func sniffDER(b []byte, size int64) string {
	d := der{b, size}
	outer, ok := d.next(derSequence)
	if !ok || d.size != 0 {
		return ""
	}
	for _, form := range [...]struct {
		is  func(der) bool
		typ string
	}{
		{isCertificate, "application/pkix-cert"},
		{isCRL, "application/pkix-crl"},
		{isOCSPResponse, "application/ocsp-response"},
		{isOCSPRequest, "application/ocsp-request"},
		{isCertificates, "application/pkcs7-mime"},
		{isTrustList, "application/vnd.ms-pki.stl"},
	} {
		if form.is(outer) {
			return form.typ
		}
	}
	return typeDER
}

// isCertificate reports whether d holds a Certificate (RFC 5280 section 4.1), up to
// its validity.
func isCertificate(d der) bool {
	c, ok := d.next(derSequence)
	c.skip(derField0) // version
	return ok && d.size > 0 && c.skip(derInteger) && c.algorithm() && c.name() && c.validity()
}

// isCRL reports whether d holds a CertificateList (RFC 5280 section 5.1), up to the
// time of its issue.
func isCRL(d der) bool {
	c, ok := d.next(derSequence)
	c.skip(derInteger) // version
	return ok && d.size > 0 && c.algorithm() && c.name() && c.time()
}

// isOCSPResponse reports whether d holds an OCSPResponse (RFC 6960 section 4.2.1): a
// status, and a basic response unless the status is an error.
func isOCSPResponse(d der) bool {
	status, ok := d.next(derEnumerated)
	if !ok || status.size != 1 || d.size == 0 {
		return ok && status.size == 1
	}
	field, _ := d.next(derField0)
	body, _ := field.next(derSequence)
	return body.object(oidOCSPBasic) && body.skip(derOctets) && d.size+field.size+body.size == 0
}

// isOCSPRequest reports whether d holds an OCSPRequest (RFC 6960 section 4.1.1), up to
// its first certificate.
func isOCSPRequest(d der) bool {
	r, _ := d.next(derSequence)
	d.skip(derField0) // signature
	r.skip(derField0) // version
	r.skip(derField1) // name of the requestor
	list, _ := r.next(derSequence)
	one, _ := list.next(derSequence)
	id, _ := one.next(derSequence)
	return d.size == 0 && id.algorithm() && id.skip(derOctets) && id.skip(derOctets) && id.skip(derInteger) && id.size == 0
}

// isCertificates reports whether d holds SignedData (RFC 5652 section 5.1) without
// content, which only transports certificates and revocation lists.
func isCertificates(d der) bool {
	content, ok := d.signed()
	return ok && content.object(oidData) && content.size == 0
}

// isTrustList reports whether d holds SignedData whose content is a certificate trust
// list.
func isTrustList(d der) bool {
	content, ok := d.signed()
	return ok && content.object(oidCTL) && content.size > 0
}

// A der is a part of a file in DER. It begins with b, of which bytes beyond the
// beginning of the file are not available.
type der struct {
	b    []byte
	size int64
}

// next removes the next element and returns its contents. It reports false if that
// has another tag, exceeds d or does not begin in d.b.
func (d *der) next(tag byte) (contents der, ok bool) {
	if len(d.b) < 2 || d.b[0] != tag {
		return der{}, false
	}
	head, n := 2, int64(d.b[1])
	if n >= 0x80 { // the long form (X.690 section 8.1.3.5)
		octets := int(n - 0x80)
		if octets < 1 || octets > 4 || len(d.b) < 2+octets {
			return der{}, false
		}
		head, n = 2+octets, 0
		for _, c := range d.b[2:head] {
			n = n<<8 | int64(c)
		}
	}
	if int64(head)+n > d.size {
		return der{}, false
	}
	contents = der{d.b[head:min(int64(len(d.b)), int64(head)+n)], n}
	d.b, d.size = d.b[head+len(contents.b):], d.size-int64(head)-n
	return contents, true
}

func (d *der) skip(tag byte) bool {
	_, ok := d.next(tag)
	return ok
}

// object removes an object identifier, which must be id.
func (d *der) object(id string) bool {
	o, ok := d.next(derOID)
	return ok && bytes.Equal(o.b, []byte(id))
}

// algorithm removes an AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
func (d *der) algorithm() bool {
	a, ok := d.next(derSequence)
	return ok && a.skip(derOID)
}

// name removes a Name (RFC 5280 section 4.1.2.4).
func (d *der) name() bool {
	n, ok := d.next(derSequence)
	return ok && (n.size == 0 || n.skip(derSet))
}

func (d *der) time() bool { return d.skip(derUTCTime) || d.skip(derTime) }

func (d *der) validity() bool {
	v, ok := d.next(derSequence)
	return ok && v.time() && v.time() && v.size == 0
}

// signed returns the EncapsulatedContentInfo of SignedData (RFC 5652 section 5.1).
func (d *der) signed() (content der, ok bool) {
	if !d.object(oidSignedData) {
		return der{}, false
	}
	field, _ := d.next(derField0)
	s, _ := field.next(derSequence)
	if d.size > 0 || field.size > 0 || !s.skip(derInteger) || !s.skip(derSet) {
		return der{}, false
	}
	return s.next(derSequence)
}
