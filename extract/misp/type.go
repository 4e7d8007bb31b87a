package misp

import (
	"iter"
	"maps"
	"math/bits"
	"slices"
	"strings"
)

// A Type is the type of an attribute.
type Type string

// The attribute types that captures yield. For MISP's other types, which Types
// lists, convert their names: Type("btc").
const (
	IPSrc        Type = "ip-src"
	IPDst        Type = "ip-dst"
	IPSrcPort    Type = "ip-src|port"
	IPDstPort    Type = "ip-dst|port"
	Port         Type = "port"
	Hostname     Type = "hostname"
	HostnamePort Type = "hostname|port"
	Domain       Type = "domain"
	DomainIP     Type = "domain|ip"
	OnionAddress Type = "onion-address"
	MACAddress   Type = "mac-address"
	MACEUI64     Type = "mac-eui-64"
	AS           Type = "AS"
	CommunityID  Type = "community-id"

	URL            Type = "url"
	URI            Type = "uri"
	Link           Type = "link"
	UserAgent      Type = "user-agent"
	HTTPMethod     Type = "http-method"
	Cookie         Type = "cookie"
	FaviconMMH3    Type = "favicon-mmh3"
	DOMHash        Type = "dom-hash"
	JA3            Type = "ja3-fingerprint-md5"
	JARM           Type = "jarm-fingerprint"
	HASSH          Type = "hassh-md5"
	HASSHServer    Type = "hasshserver-md5"
	SSHFingerprint Type = "ssh-fingerprint"
	X509MD5        Type = "x509-fingerprint-md5"
	X509SHA1       Type = "x509-fingerprint-sha1"
	X509SHA256     Type = "x509-fingerprint-sha256"

	Email               Type = "email"
	EmailSrc            Type = "email-src"
	EmailDst            Type = "email-dst"
	EmailSrcDisplayName Type = "email-src-display-name"
	EmailDstDisplayName Type = "email-dst-display-name"
	EmailReplyTo        Type = "email-reply-to"
	EmailSubject        Type = "email-subject"
	EmailMessageID      Type = "email-message-id"
	EmailHeader         Type = "email-header"
	EmailBody           Type = "email-body"
	EmailAttachment     Type = "email-attachment"
	EmailXMailer        Type = "email-x-mailer"
	EmailMIMEBoundary   Type = "email-mime-boundary"
	EmailThreadIndex    Type = "email-thread-index"
	DNSSOAEmail         Type = "dns-soa-email"
	JabberID            Type = "jabber-id"

	MD5              Type = "md5"
	SHA1             Type = "sha1"
	SHA256           Type = "sha256"
	SHA512           Type = "sha512"
	SSDeep           Type = "ssdeep"
	TLSH             Type = "tlsh"
	Filename         Type = "filename"
	FilenameMD5      Type = "filename|md5"
	FilenameSHA1     Type = "filename|sha1"
	FilenameSHA256   Type = "filename|sha256"
	Attachment       Type = "attachment"
	MalwareSample    Type = "malware-sample"
	MIMEType         Type = "mime-type"
	PatternInTraffic Type = "pattern-in-traffic"

	SizeInBytes Type = "size-in-bytes"
	Counter     Type = "counter"
	Float       Type = "float"
	Boolean     Type = "boolean"
	Datetime    Type = "datetime"
	Hex         Type = "hex"
	Text        Type = "text"
	Comment     Type = "comment"
	Other       Type = "other"
)

// Types returns all types, in order of their names.
func Types() iter.Seq[Type] { return slices.Values(slices.Sorted(maps.Keys(rules))) }

// Category returns the type's default category, or "" for an unknown type.
func (t Type) Category() Category { return rules[t].category.first() }

// Allows reports whether attributes of the type may have category c.
func (t Type) Allows(c Category) bool {
	i := slices.Index(categoryNames[:], c)
	return i >= 0 && rules[t].allowed>>i&1 != 0
}

// ToIDS reports whether attributes of the type are for detection by default.
func (t Type) ToIDS() bool { return bool(rules[t].purpose) }

// Composite reports whether values consist of two parts separated by "|".
func (t Type) Composite() bool { return strings.Contains(string(t), "|") || t == MalwareSample }

// A Category is the category of an attribute.
type Category string

// The categories.
const (
	InternalReference    Category = "Internal reference"
	TargetingData        Category = "Targeting data"
	AntivirusDetection   Category = "Antivirus detection"
	PayloadDelivery      Category = "Payload delivery"
	ArtifactsDropped     Category = "Artifacts dropped"
	PayloadInstallation  Category = "Payload installation"
	PersistenceMechanism Category = "Persistence mechanism"
	NetworkActivity      Category = "Network activity"
	PayloadType          Category = "Payload type"
	Attribution          Category = "Attribution"
	ExternalAnalysis     Category = "External analysis"
	FinancialFraud       Category = "Financial fraud"
	SupportTool          Category = "Support Tool"
	SocialNetwork        Category = "Social network"
	Person               Category = "Person"
	OtherCategory        Category = "Other"
)

// categories is a set of categories, with a bit for each of categoryNames.
type categories uint16

const (
	cIR categories = 1 << iota
	cTD
	cAV
	cPD
	cAD
	cPI
	cPM
	cNA
	cPT
	cAT
	cEA
	cFF
	cST
	cSN
	cPE
	cOT

	cAll categories = 1<<16 - 1
)

var categoryNames = [16]Category{
	InternalReference, TargetingData, AntivirusDetection, PayloadDelivery, ArtifactsDropped, PayloadInstallation,
	PersistenceMechanism, NetworkActivity, PayloadType, Attribution, ExternalAnalysis, FinancialFraud,
	SupportTool, SocialNetwork, Person, OtherCategory,
}

// first returns the name of the first category of the set, or "" if it is empty.
func (s categories) first() Category {
	if s == 0 {
		return ""
	}
	return categoryNames[bits.TrailingZeros16(uint16(s))]
}

// A purpose says whether a type is for detection (to_ids) by default.
type purpose bool

const (
	detect purpose = true
	inform purpose = false
)

// A form converts a value to the form that a server stores, or returns the reason why
// the server rejects it. It returns the same string if nothing changes, to save the
// allocation.
type form func(value string) (stored, why string)

// A rule describes how a server handles a type.
type rule struct {
	category categories // the default
	purpose  purpose
	allowed  categories
	form     form
}
