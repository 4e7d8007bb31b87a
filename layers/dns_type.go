package layers

import "strconv"

// A DNSOpcode is the kind of query (IANA registry "dns-parameters").
type DNSOpcode uint8

// The operations (RFC 1035 section 4.1.1, RFC 1996, RFC 2136, RFC 8490).
const (
	DNSQuery  DNSOpcode = 0
	DNSIQuery DNSOpcode = 1
	DNSStatus DNSOpcode = 2
	DNSNotify DNSOpcode = 4
	DNSUpdate DNSOpcode = 5
	DNSDSO    DNSOpcode = 6
)

var dnsOpcodeNames = [...]string{
	DNSQuery: "QUERY", DNSIQuery: "IQUERY", DNSStatus: "STATUS", DNSNotify: "NOTIFY",
	DNSUpdate: "UPDATE", DNSDSO: "DSO",
}

// String returns the operation's name, or its number.
func (o DNSOpcode) String() string { return nameOf(dnsOpcodeNames[:], "OPCODE", o) }

func (o DNSOpcode) appendTo(dst []byte) []byte {
	return appendName(dst, dnsOpcodeNames[:], "OPCODE", o)
}

// A DNSRCode is a response code of twelve bits, of which the header has the
// lower four (IANA registry "dns-parameters").
type DNSRCode uint16

// The response codes (RFC 1035 section 4.1.1, RFC 2136 section 2.2, RFC 8490),
// and those that take an OPT record (RFC 6891 section 9, RFC 8945, RFC 2930, RFC
// 7873). TSIG records use BADSIG for 16.
const (
	DNSNoError  DNSRCode = 0
	DNSFormErr  DNSRCode = 1
	DNSServFail DNSRCode = 2
	DNSNXDomain DNSRCode = 3
	DNSNotImp   DNSRCode = 4
	DNSRefused  DNSRCode = 5
	DNSYXDomain DNSRCode = 6
	DNSYXRRSet  DNSRCode = 7
	DNSNXRRSet  DNSRCode = 8
	DNSNotAuth  DNSRCode = 9
	DNSNotZone  DNSRCode = 10
	DNSDSOTypeN DNSRCode = 11

	DNSBadVers   DNSRCode = 16
	DNSBadKey    DNSRCode = 17
	DNSBadTime   DNSRCode = 18
	DNSBadMode   DNSRCode = 19
	DNSBadName   DNSRCode = 20
	DNSBadAlg    DNSRCode = 21
	DNSBadTrunc  DNSRCode = 22
	DNSBadCookie DNSRCode = 23
)

var dnsRCodeNames = [...]string{
	"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
	"YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
	DNSBadVers: "BADVERS", DNSBadKey: "BADKEY", DNSBadTime: "BADTIME", DNSBadMode: "BADMODE",
	DNSBadName: "BADNAME", DNSBadAlg: "BADALG", DNSBadTrunc: "BADTRUNC", DNSBadCookie: "BADCOOKIE",
}

// String returns the code's name, or its number.
func (c DNSRCode) String() string { return nameOf(dnsRCodeNames[:], "RCODE", c) }

func (c DNSRCode) appendTo(dst []byte) []byte { return appendName(dst, dnsRCodeNames[:], "RCODE", c) }

// A DNSType is the type of a resource record, or of a question (IANA registry
// "dns-parameters").
type DNSType uint16

// The types in use.
const (
	DNSTypeA          DNSType = 1
	DNSTypeNS         DNSType = 2
	DNSTypeCNAME      DNSType = 5
	DNSTypeSOA        DNSType = 6
	DNSTypeNULL       DNSType = 10
	DNSTypeWKS        DNSType = 11
	DNSTypePTR        DNSType = 12
	DNSTypeHINFO      DNSType = 13
	DNSTypeMINFO      DNSType = 14
	DNSTypeMX         DNSType = 15
	DNSTypeTXT        DNSType = 16
	DNSTypeRP         DNSType = 17
	DNSTypeAFSDB      DNSType = 18
	DNSTypeSIG        DNSType = 24
	DNSTypeKEY        DNSType = 25
	DNSTypeAAAA       DNSType = 28
	DNSTypeLOC        DNSType = 29
	DNSTypeSRV        DNSType = 33
	DNSTypeNAPTR      DNSType = 35
	DNSTypeKX         DNSType = 36
	DNSTypeCERT       DNSType = 37
	DNSTypeDNAME      DNSType = 39
	DNSTypeOPT        DNSType = 41
	DNSTypeAPL        DNSType = 42
	DNSTypeDS         DNSType = 43
	DNSTypeSSHFP      DNSType = 44
	DNSTypeIPSECKEY   DNSType = 45
	DNSTypeRRSIG      DNSType = 46
	DNSTypeNSEC       DNSType = 47
	DNSTypeDNSKEY     DNSType = 48
	DNSTypeDHCID      DNSType = 49
	DNSTypeNSEC3      DNSType = 50
	DNSTypeNSEC3PARAM DNSType = 51
	DNSTypeTLSA       DNSType = 52
	DNSTypeSMIMEA     DNSType = 53
	DNSTypeHIP        DNSType = 55
	DNSTypeCDS        DNSType = 59
	DNSTypeCDNSKEY    DNSType = 60
	DNSTypeOPENPGPKEY DNSType = 61
	DNSTypeCSYNC      DNSType = 62
	DNSTypeZONEMD     DNSType = 63
	DNSTypeSVCB       DNSType = 64
	DNSTypeHTTPS      DNSType = 65
	DNSTypeSPF        DNSType = 99
	DNSTypeEUI48      DNSType = 108
	DNSTypeEUI64      DNSType = 109
	DNSTypeTKEY       DNSType = 249
	DNSTypeTSIG       DNSType = 250
	DNSTypeIXFR       DNSType = 251
	DNSTypeAXFR       DNSType = 252
	DNSTypeANY        DNSType = 255
	DNSTypeURI        DNSType = 256
	DNSTypeCAA        DNSType = 257
)

var dnsTypeNames = [...]string{
	DNSTypeA: "A", DNSTypeNS: "NS", DNSTypeCNAME: "CNAME", DNSTypeSOA: "SOA",
	DNSTypeNULL: "NULL", DNSTypeWKS: "WKS", DNSTypePTR: "PTR", DNSTypeHINFO: "HINFO",
	DNSTypeMINFO: "MINFO", DNSTypeMX: "MX", DNSTypeTXT: "TXT", DNSTypeRP: "RP",
	DNSTypeAFSDB: "AFSDB", DNSTypeSIG: "SIG", DNSTypeKEY: "KEY", DNSTypeAAAA: "AAAA",
	DNSTypeLOC: "LOC", DNSTypeSRV: "SRV", DNSTypeNAPTR: "NAPTR", DNSTypeKX: "KX",
	DNSTypeCERT: "CERT", DNSTypeDNAME: "DNAME", DNSTypeOPT: "OPT", DNSTypeAPL: "APL",
	DNSTypeDS: "DS", DNSTypeSSHFP: "SSHFP", DNSTypeIPSECKEY: "IPSECKEY",
	DNSTypeRRSIG: "RRSIG", DNSTypeNSEC: "NSEC", DNSTypeDNSKEY: "DNSKEY",
	DNSTypeDHCID: "DHCID", DNSTypeNSEC3: "NSEC3", DNSTypeNSEC3PARAM: "NSEC3PARAM",
	DNSTypeTLSA: "TLSA", DNSTypeSMIMEA: "SMIMEA", DNSTypeHIP: "HIP", DNSTypeCDS: "CDS",
	DNSTypeCDNSKEY: "CDNSKEY", DNSTypeOPENPGPKEY: "OPENPGPKEY", DNSTypeCSYNC: "CSYNC",
	DNSTypeZONEMD: "ZONEMD", DNSTypeSVCB: "SVCB", DNSTypeHTTPS: "HTTPS",
	DNSTypeSPF: "SPF", DNSTypeEUI48: "EUI48", DNSTypeEUI64: "EUI64", DNSTypeTKEY: "TKEY",
	DNSTypeTSIG: "TSIG", DNSTypeIXFR: "IXFR", DNSTypeAXFR: "AXFR", DNSTypeANY: "ANY",
	DNSTypeURI: "URI", DNSTypeCAA: "CAA",
}

// String returns the type's name, or TYPE and its number (RFC 3597 section 5).
func (t DNSType) String() string { return nameOf(dnsTypeNames[:], "TYPE", t) }

func (t DNSType) appendTo(dst []byte) []byte { return appendName(dst, dnsTypeNames[:], "TYPE", t) }

// nameOf returns the name that a number has in a table, or prefix and the number.
func nameOf[N ~uint8 | ~uint16](names []string, prefix string, n N) string {
	if int(n) < len(names) && names[n] != "" {
		return names[n]
	}
	return prefix + strconv.Itoa(int(n))
}

// appendName appends what nameOf returns.
func appendName[N ~uint8 | ~uint16](dst []byte, names []string, prefix string, n N) []byte {
	if int(n) < len(names) && names[n] != "" {
		return append(dst, names[n]...)
	}
	return strconv.AppendUint(append(dst, prefix...), uint64(n), 10)
}

// DNS classes (IANA registry "dns-parameters").
const (
	DNSClassIN   = 1
	DNSClassCH   = 3
	DNSClassNONE = 254
	DNSClassANY  = 255
)
