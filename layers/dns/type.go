package dns

import "github.com/sightline-go/sightline/internal/text"

// An Opcode is the kind of a query (IANA registry "dns-parameters").
type Opcode uint8

// The opcodes (RFC 1035 section 4.1.1, RFC 1996, RFC 2136, RFC 8490).
const (
	OpcodeQuery  Opcode = 0
	OpcodeIQuery Opcode = 1
	OpcodeStatus Opcode = 2
	OpcodeNotify Opcode = 4
	OpcodeUpdate Opcode = 5
	OpcodeDSO    Opcode = 6
)

var opcodeNames = [...]string{
	OpcodeQuery: "QUERY", OpcodeIQuery: "IQUERY", OpcodeStatus: "STATUS", OpcodeNotify: "NOTIFY",
	OpcodeUpdate: "UPDATE", OpcodeDSO: "DSO",
}

// String returns the opcode's name, or "OPCODE" and its number.
func (o Opcode) String() string { return text.NameOf(opcodeNames[:], "OPCODE", o) }

func (o Opcode) appendTo(dst []byte) []byte {
	return text.AppendName(dst, opcodeNames[:], "OPCODE", o)
}

// An RCode is a response code of 12 bits. The message header has only the lower
// four (IANA registry "dns-parameters").
type RCode uint16

// The response codes (RFC 1035 section 4.1.1, RFC 2136 section 2.2, RFC 8490),
// and those that need an OPT record (RFC 6891 section 9, RFC 8945, RFC 2930,
// RFC 7873). In TSIG records, 16 is BADSIG.
const (
	RCodeNoError  RCode = 0
	RCodeFormErr  RCode = 1
	RCodeServFail RCode = 2
	RCodeNXDomain RCode = 3
	RCodeNotImp   RCode = 4
	RCodeRefused  RCode = 5
	RCodeYXDomain RCode = 6
	RCodeYXRRSet  RCode = 7
	RCodeNXRRSet  RCode = 8
	RCodeNotAuth  RCode = 9
	RCodeNotZone  RCode = 10
	RCodeDSOTypeN RCode = 11

	RCodeBadVers   RCode = 16
	RCodeBadKey    RCode = 17
	RCodeBadTime   RCode = 18
	RCodeBadMode   RCode = 19
	RCodeBadName   RCode = 20
	RCodeBadAlg    RCode = 21
	RCodeBadTrunc  RCode = 22
	RCodeBadCookie RCode = 23
)

var rCodeNames = [...]string{
	"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED",
	"YXDOMAIN", "YXRRSET", "NXRRSET", "NOTAUTH", "NOTZONE", "DSOTYPENI",
	RCodeBadVers: "BADVERS", RCodeBadKey: "BADKEY", RCodeBadTime: "BADTIME", RCodeBadMode: "BADMODE",
	RCodeBadName: "BADNAME", RCodeBadAlg: "BADALG", RCodeBadTrunc: "BADTRUNC", RCodeBadCookie: "BADCOOKIE",
}

// String returns the code's name, or "RCODE" and its number.
func (c RCode) String() string { return text.NameOf(rCodeNames[:], "RCODE", c) }

func (c RCode) appendTo(dst []byte) []byte { return text.AppendName(dst, rCodeNames[:], "RCODE", c) }

// A Type is the type of a resource record or of a question (IANA registry
// "dns-parameters").
type Type uint16

// The types in use.
const (
	TypeA          Type = 1
	TypeNS         Type = 2
	TypeCNAME      Type = 5
	TypeSOA        Type = 6
	TypeNULL       Type = 10
	TypeWKS        Type = 11
	TypePTR        Type = 12
	TypeHINFO      Type = 13
	TypeMINFO      Type = 14
	TypeMX         Type = 15
	TypeTXT        Type = 16
	TypeRP         Type = 17
	TypeAFSDB      Type = 18
	TypeSIG        Type = 24
	TypeKEY        Type = 25
	TypeAAAA       Type = 28
	TypeLOC        Type = 29
	TypeSRV        Type = 33
	TypeNAPTR      Type = 35
	TypeKX         Type = 36
	TypeCERT       Type = 37
	TypeDNAME      Type = 39
	TypeOPT        Type = 41
	TypeAPL        Type = 42
	TypeDS         Type = 43
	TypeSSHFP      Type = 44
	TypeIPSECKEY   Type = 45
	TypeRRSIG      Type = 46
	TypeNSEC       Type = 47
	TypeDNSKEY     Type = 48
	TypeDHCID      Type = 49
	TypeNSEC3      Type = 50
	TypeNSEC3PARAM Type = 51
	TypeTLSA       Type = 52
	TypeSMIMEA     Type = 53
	TypeHIP        Type = 55
	TypeCDS        Type = 59
	TypeCDNSKEY    Type = 60
	TypeOPENPGPKEY Type = 61
	TypeCSYNC      Type = 62
	TypeZONEMD     Type = 63
	TypeSVCB       Type = 64
	TypeHTTPS      Type = 65
	TypeSPF        Type = 99
	TypeEUI48      Type = 108
	TypeEUI64      Type = 109
	TypeTKEY       Type = 249
	TypeTSIG       Type = 250
	TypeIXFR       Type = 251
	TypeAXFR       Type = 252
	TypeANY        Type = 255
	TypeURI        Type = 256
	TypeCAA        Type = 257
)

var typeNames = [...]string{
	TypeA: "A", TypeNS: "NS", TypeCNAME: "CNAME", TypeSOA: "SOA",
	TypeNULL: "NULL", TypeWKS: "WKS", TypePTR: "PTR", TypeHINFO: "HINFO",
	TypeMINFO: "MINFO", TypeMX: "MX", TypeTXT: "TXT", TypeRP: "RP",
	TypeAFSDB: "AFSDB", TypeSIG: "SIG", TypeKEY: "KEY", TypeAAAA: "AAAA",
	TypeLOC: "LOC", TypeSRV: "SRV", TypeNAPTR: "NAPTR", TypeKX: "KX",
	TypeCERT: "CERT", TypeDNAME: "DNAME", TypeOPT: "OPT", TypeAPL: "APL",
	TypeDS: "DS", TypeSSHFP: "SSHFP", TypeIPSECKEY: "IPSECKEY",
	TypeRRSIG: "RRSIG", TypeNSEC: "NSEC", TypeDNSKEY: "DNSKEY",
	TypeDHCID: "DHCID", TypeNSEC3: "NSEC3", TypeNSEC3PARAM: "NSEC3PARAM",
	TypeTLSA: "TLSA", TypeSMIMEA: "SMIMEA", TypeHIP: "HIP", TypeCDS: "CDS",
	TypeCDNSKEY: "CDNSKEY", TypeOPENPGPKEY: "OPENPGPKEY", TypeCSYNC: "CSYNC",
	TypeZONEMD: "ZONEMD", TypeSVCB: "SVCB", TypeHTTPS: "HTTPS",
	TypeSPF: "SPF", TypeEUI48: "EUI48", TypeEUI64: "EUI64", TypeTKEY: "TKEY",
	TypeTSIG: "TSIG", TypeIXFR: "IXFR", TypeAXFR: "AXFR", TypeANY: "ANY",
	TypeURI: "URI", TypeCAA: "CAA",
}

// String returns the type's name, or "TYPE" and its number (RFC 3597 section
// 5).
func (t Type) String() string { return text.NameOf(typeNames[:], "TYPE", t) }

func (t Type) appendTo(dst []byte) []byte { return text.AppendName(dst, typeNames[:], "TYPE", t) }

// DNS classes (IANA registry "dns-parameters").
const (
	ClassIN   = 1
	ClassCH   = 3
	ClassNONE = 254
	ClassANY  = 255
)
