package misp

// The templates of misp-objects for what is in captures, in its versions of June
// 2026. They are read only.

// templates lists all.
var templates = []*Template{
	TemplatePcapMetadata,
	TemplateNetworkConnection,
	TemplateDNSRecord,
	TemplateDomainIP,
	TemplateHTTPRequest,
	TemplateFile,
	TemplateX509,
	TemplateJA3,
	TemplateJA3S,
	TemplateJA4Plus,
	TemplatePassiveSSH,
	TemplateEmail,
}

// TemplatePcapMetadata is the template pcap-metadata.
var TemplatePcapMetadata = &Template{
	Name: "pcap-metadata", UUID: templateUUID("0784aefa-ec3a-4eca-a431-c31ed7058bd3"), Version: 3, MetaCategory: "network",
	Description:   "Network packet capture metadata",
	RequiredOneOf: []string{"text", "first-packet-seen", "last-packet-seen"},
	Relations: []Relation{
		{Name: "capture-application", Type: Text, DisableCorrelation: true},
		{Name: "capture-filter", Type: Text, DisableCorrelation: true},
		{Name: "capture-hardware", Type: Text, DisableCorrelation: true},
		{Name: "capture-interface", Type: Text, DisableCorrelation: true},
		{Name: "capture-length", Type: Text, DisableCorrelation: true},
		{Name: "capture-operating-system", Type: Text, DisableCorrelation: true},
		{Name: "captured-packets", Type: Counter, DisableCorrelation: true},
		{Name: "displayed-packets", Type: Counter, DisableCorrelation: true},
		{Name: "dropped-packets", Type: Counter, DisableCorrelation: true},
		{Name: "elapsed-time", Type: Text, DisableCorrelation: true},
		{Name: "encapsulation", Type: Text, DisableCorrelation: true},
		{Name: "file-format", Type: Text, DisableCorrelation: true},
		{Name: "file-hash-md5", Type: MD5, DisableCorrelation: true},
		{Name: "file-hash-ripemd160", Type: Text, DisableCorrelation: true},
		{Name: "file-hash-sha1", Type: SHA1, DisableCorrelation: true},
		{Name: "file-hash-sha256", Type: SHA256, DisableCorrelation: true},
		{Name: "file-name", Type: Filename, DisableCorrelation: true},
		{Name: "file-size-in-bytes", Type: SizeInBytes, DisableCorrelation: true},
		{Name: "first-packet-seen", Type: Datetime, DisableCorrelation: true},
		{Name: "last-packet-seen", Type: Datetime, DisableCorrelation: true},
		{Name: "marked-packets", Type: Counter, DisableCorrelation: true},
		{Name: "packet-size-limit", Type: SizeInBytes, DisableCorrelation: true},
		{Name: "protocol", Type: Text, DisableCorrelation: true},
		{Name: "text", Type: Text, DisableCorrelation: true},
		{Name: "time-span-seconds", Type: Float, DisableCorrelation: true},
	},
}

// TemplateNetworkConnection is the template network-connection.
var TemplateNetworkConnection = &Template{
	Name: "network-connection", UUID: templateUUID("af16764b-f8e5-4603-9de1-de34d272f80b"), Version: 7, MetaCategory: "network",
	Description:   "A local or remote network connection.",
	RequiredOneOf: []string{"first-packet-seen", "ip-src", "ip-dst", "src-port", "dst-port", "community-id"},
	Relations: []Relation{
		{Name: "community-id", Type: CommunityID},
		{Name: "count", Type: Counter},
		{Name: "dst-bytes-count", Type: SizeInBytes, DisableCorrelation: true},
		{Name: "dst-packets-count", Type: Counter, DisableCorrelation: true},
		{Name: "dst-port", Type: Port},
		{Name: "first-packet-seen", Type: Datetime, DisableCorrelation: true},
		{Name: "hostname-dst", Type: Hostname},
		{Name: "hostname-src", Type: Hostname},
		{Name: "ip-dst", Type: IPDst},
		{Name: "ip-src", Type: IPSrc},
		{Name: "last-packet-seen", Type: Datetime, DisableCorrelation: true},
		{Name: "layer3-protocol", Type: Text, DisableCorrelation: true},
		{Name: "layer4-protocol", Type: Text, DisableCorrelation: true},
		{Name: "layer7-protocol", Type: Text, Multiple: true, DisableCorrelation: true},
		{Name: "mac-dst", Type: MACAddress},
		{Name: "mac-src", Type: MACAddress},
		{Name: "src-bytes-count", Type: SizeInBytes, DisableCorrelation: true},
		{Name: "src-packets-count", Type: Counter, DisableCorrelation: true},
		{Name: "src-port", Type: Port},
	},
}

// TemplateDNSRecord is the template dns-record.
var TemplateDNSRecord = &Template{
	Name: "dns-record", UUID: templateUUID("f023c8f0-81ab-41f3-9f5d-fa597a34a9b9"), Version: 2, MetaCategory: "network",
	Description: "A set of DNS records observed for a specific domain.",
	Required:    []string{"queried-domain"},
	RequiredOneOf: []string{
		"a-record", "aaaa-record", "cname-record", "mx-record", "ns-record", "ptr-record", "soa-record",
		"spf-record", "srv-record", "txt-record",
	},
	Relations: []Relation{
		{Name: "a-record", Type: IPDst, Multiple: true},
		{Name: "aaaa-record", Type: IPDst, Multiple: true},
		{Name: "cname-record", Type: Domain, Multiple: true},
		{Name: "mx-record", Type: Domain, Multiple: true},
		{Name: "ns-record", Type: Domain, Multiple: true},
		{Name: "ptr-record", Type: Domain, Multiple: true},
		{Name: "queried-domain", Type: Domain},
		{Name: "soa-record", Type: Domain, Multiple: true},
		{Name: "spf-record", Type: IPDst, Multiple: true},
		{Name: "srv-record", Type: Domain, Multiple: true},
		{Name: "text", Type: Text},
		{Name: "txt-record", Type: Text, Category: NetworkActivity, Multiple: true},
	},
}

// TemplateDomainIP is the template domain-ip.
var TemplateDomainIP = &Template{
	Name: "domain-ip", UUID: templateUUID("43b3b146-77eb-4931-b4cc-b66c60f28734"), Version: 11, MetaCategory: "network",
	Description:   "A domain/hostname and IP address seen as a tuple in a specific time frame.",
	RequiredOneOf: []string{"ip", "domain", "hostname"},
	Relations: []Relation{
		{Name: "domain", Type: Domain, Multiple: true},
		{Name: "first-seen", Type: Datetime, DisableCorrelation: true},
		{Name: "hostname", Type: Hostname},
		{Name: "ip", Type: IPDst, Multiple: true},
		{Name: "last-seen", Type: Datetime, DisableCorrelation: true},
		{Name: "port", Type: Port, Multiple: true},
		{Name: "registration-date", Type: Datetime},
		{Name: "text", Type: Text, DisableCorrelation: true},
	},
}

// TemplateHTTPRequest is the template http-request.
var TemplateHTTPRequest = &Template{
	Name: "http-request", UUID: templateUUID("b4a8d163-8110-4239-bfcf-e08f3a9fdf7b"), Version: 4, MetaCategory: "network",
	Description:   "A single HTTP request header",
	RequiredOneOf: []string{"url", "uri"},
	Relations: []Relation{
		{Name: "basicauth-password", Type: Text, Category: NetworkActivity},
		{Name: "basicauth-user", Type: Text, Category: NetworkActivity},
		{Name: "content-type", Type: Other, Category: NetworkActivity},
		{Name: "cookie", Type: Text, Category: NetworkActivity, Multiple: true},
		{Name: "header", Type: Text, Category: NetworkActivity, Multiple: true},
		{Name: "host", Type: Hostname},
		{Name: "ip-dst", Type: IPDst},
		{Name: "ip-src", Type: IPSrc},
		{Name: "method", Type: HTTPMethod, DisableCorrelation: true},
		{Name: "proxy-password", Type: Text, Category: NetworkActivity},
		{Name: "proxy-user", Type: Text, Category: NetworkActivity},
		{Name: "referer", Type: Other, Category: NetworkActivity},
		{Name: "text", Type: Text, DisableCorrelation: true},
		{Name: "uri", Type: URI},
		{Name: "url", Type: URL},
		{Name: "user-agent", Type: UserAgent},
	},
}

// TemplateFile is the template file.
var TemplateFile = &Template{
	Name: "file", UUID: templateUUID("688c46fb-5edb-40a3-8273-1af7923e2215"), Version: 25, MetaCategory: "file",
	Description: "File object describing a file with meta-information",
	RequiredOneOf: []string{
		"filename", "size-in-bytes", "authentihash", "ssdeep", "md5", "sha1", "sha224", "sha256", "sha384",
		"sha512", "sha512/224", "sha512/256", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "tlsh",
		"telfhash", "imphash", "pattern-in-file", "certificate", "malware-sample", "attachment", "path",
		"fullpath",
	},
	Relations: []Relation{
		{Name: "access-time", Type: Datetime},
		{Name: "attachment", Type: Attachment},
		{Name: "authentihash", Type: "authentihash"},
		{Name: "certificate", Type: X509SHA1},
		{Name: "compilation-timestamp", Type: Datetime},
		{Name: "creation-time", Type: Datetime},
		{Name: "dom-hash", Type: DOMHash},
		{Name: "entropy", Type: Float, DisableCorrelation: true},
		{Name: "file-encoding", Type: Text, DisableCorrelation: true},
		{Name: "filename", Type: Filename, Multiple: true, DisableCorrelation: true},
		{Name: "fullpath", Type: Text, Multiple: true},
		{Name: "imphash", Type: "imphash"},
		{Name: "magic", Type: Text, DisableCorrelation: true},
		{Name: "malware-sample", Type: MalwareSample},
		{Name: "md5", Type: MD5},
		{Name: "mimetype", Type: MIMEType, DisableCorrelation: true},
		{Name: "modification-time", Type: Datetime},
		{Name: "path", Type: Text, Multiple: true, DisableCorrelation: true},
		{Name: "pattern-in-file", Type: "pattern-in-file", Category: ArtifactsDropped, Multiple: true},
		{Name: "sha1", Type: SHA1},
		{Name: "sha224", Type: "sha224"},
		{Name: "sha256", Type: SHA256},
		{Name: "sha3-224", Type: "sha3-224"},
		{Name: "sha3-256", Type: "sha3-256"},
		{Name: "sha3-384", Type: "sha3-384"},
		{Name: "sha3-512", Type: "sha3-512"},
		{Name: "sha384", Type: "sha384"},
		{Name: "sha512", Type: SHA512},
		{Name: "sha512/224", Type: "sha512/224"},
		{Name: "sha512/256", Type: "sha512/256"},
		{Name: "size-in-bytes", Type: SizeInBytes, DisableCorrelation: true},
		{Name: "ssdeep", Type: SSDeep},
		{Name: "state", Type: Text, Multiple: true, DisableCorrelation: true},
		{Name: "telfhash", Type: "telfhash"},
		{Name: "text", Type: Text, Multiple: true, DisableCorrelation: true},
		{Name: "tlsh", Type: TLSH},
		{Name: "vhash", Type: "vhash"},
	},
}

// TemplateX509 is the template x509.
var TemplateX509 = &Template{
	Name: "x509", UUID: templateUUID("d1ab756a-26b5-4349-9f43-765630f0911c"), Version: 14, MetaCategory: "network",
	Description:   "x509 object describing a X.509 certificate",
	RequiredOneOf: []string{"x509-fingerprint-md5", "x509-fingerprint-sha1", "x509-fingerprint-sha256", "serial-number", "issuer"},
	Relations: []Relation{
		{Name: "dns_names", Type: Hostname, Multiple: true},
		{Name: "email", Type: EmailDst, Multiple: true},
		{Name: "extended_key_usage", Type: Text, Multiple: true, DisableCorrelation: true},
		{Name: "ip", Type: IPDst, Multiple: true},
		{Name: "is_ca", Type: Boolean, DisableCorrelation: true},
		{Name: "is_self_signed", Type: Boolean, DisableCorrelation: true},
		{Name: "issuer", Type: Text, DisableCorrelation: true},
		{Name: "issuer-common-name", Type: Text, DisableCorrelation: true},
		{Name: "issuer-country", Type: Text, DisableCorrelation: true},
		{Name: "issuer-distinguished-name-qualifier", Type: Text, DisableCorrelation: true},
		{Name: "issuer-generation-qualifier", Type: Text, DisableCorrelation: true},
		{Name: "issuer-given-name", Type: Text, DisableCorrelation: true},
		{Name: "issuer-initials", Type: Text, DisableCorrelation: true},
		{Name: "issuer-key-id", Type: Text, DisableCorrelation: true},
		{Name: "issuer-locality", Type: Text, DisableCorrelation: true},
		{Name: "issuer-organization", Type: Text, DisableCorrelation: true},
		{Name: "issuer-organizational-unit", Type: Text, DisableCorrelation: true},
		{Name: "issuer-pseudonym", Type: Text, DisableCorrelation: true},
		{Name: "issuer-serial-number", Type: Text, DisableCorrelation: true},
		{Name: "issuer-state-or-province-name", Type: Text, DisableCorrelation: true},
		{Name: "issuer-surname", Type: Text, DisableCorrelation: true},
		{Name: "issuer-title", Type: Text, DisableCorrelation: true},
		{Name: "issuing_certificate", Type: URI, Multiple: true},
		{Name: "key_usage", Type: Text, Multiple: true, DisableCorrelation: true},
		{Name: "ocsp_server", Type: URI, Multiple: true},
		{Name: "pem", Type: Text},
		{Name: "pubkey-info-algorithm", Type: Text, DisableCorrelation: true},
		{Name: "pubkey-info-exponent", Type: Text},
		{Name: "pubkey-info-modulus", Type: Text},
		{Name: "pubkey-info-size", Type: Text, DisableCorrelation: true},
		{Name: "raw-base64", Type: Text},
		{Name: "rid", Type: Text, Multiple: true},
		{Name: "self_signed", Type: Boolean, DisableCorrelation: true},
		{Name: "serial-number", Type: Text},
		{Name: "signature_algorithm", Type: Text, DisableCorrelation: true},
		{Name: "subject", Type: Text},
		{Name: "subject-common-name", Type: Text, DisableCorrelation: true},
		{Name: "subject-country", Type: Text, DisableCorrelation: true},
		{Name: "subject-distinguished-name-qualifier", Type: Text, DisableCorrelation: true},
		{Name: "subject-generation-qualifier", Type: Text, DisableCorrelation: true},
		{Name: "subject-given-name", Type: Text, DisableCorrelation: true},
		{Name: "subject-initials", Type: Text, DisableCorrelation: true},
		{Name: "subject-key-id", Type: Text, DisableCorrelation: true},
		{Name: "subject-locality", Type: Text, DisableCorrelation: true},
		{Name: "subject-organization", Type: Text, DisableCorrelation: true},
		{Name: "subject-organizational-unit", Type: Text, DisableCorrelation: true},
		{Name: "subject-pseudonym", Type: Text, DisableCorrelation: true},
		{Name: "subject-serial-number", Type: Text, DisableCorrelation: true},
		{Name: "subject-state-or-province-name", Type: Text, DisableCorrelation: true},
		{Name: "subject-surname", Type: Text, DisableCorrelation: true},
		{Name: "subject-title", Type: Text, DisableCorrelation: true},
		{Name: "text", Type: Text},
		{Name: "uri", Type: URI, Multiple: true},
		{Name: "validity-not-after", Type: Datetime, DisableCorrelation: true},
		{Name: "validity-not-before", Type: Datetime, DisableCorrelation: true},
		{Name: "version", Type: Text, DisableCorrelation: true},
		{Name: "x509-fingerprint-md5", Type: X509MD5},
		{Name: "x509-fingerprint-sha1", Type: X509SHA1},
		{Name: "x509-fingerprint-sha256", Type: X509SHA256},
	},
}

// TemplateJA3 is the template ja3.
var TemplateJA3 = &Template{
	Name: "ja3", UUID: templateUUID("09b45449-5d6e-492c-a68a-cb2e188cbfac"), Version: 4, MetaCategory: "network",
	Description: "JA3 is a new technique for creating SSL client fingerprints that are easy to produce and can be " +
		"easily shared for threat intelligence. Fingerprints are composed of Client Hello packet; SSL " +
		"Version, Accepted Ciphers, List of Extensions, Elliptic Curves, and Elliptic Curve Formats. " +
		"https://github.com/salesforce/ja3",
	Required: []string{"ja3-fingerprint-md5"},
	Relations: []Relation{
		{Name: "description", Type: Text},
		{Name: "first-seen", Type: Datetime, DisableCorrelation: true},
		{Name: "ip-dst", Type: IPDst},
		{Name: "ip-src", Type: IPSrc},
		{Name: "ja3-fingerprint-md5", Type: JA3},
		{Name: "last-seen", Type: Datetime, DisableCorrelation: true},
	},
}

// TemplateJA3S is the template ja3s.
var TemplateJA3S = &Template{
	Name: "ja3s", UUID: templateUUID("7f377f66-d128-4b97-897f-592d06ba2ff7"), Version: 5, MetaCategory: "network",
	Description: "JA3S is JA3 for the Server side of the SSL/TLS communication and fingerprints how servers " +
		"respond to particular clients. JA3S fingerprints are composed of Server Hello packet; SSL " +
		"Version, Cipher, SSLExtensions. https://github.com/salesforce/ja3",
	Required: []string{"ja3-fingerprint-md5", "ja3s-fingerprint-md5"},
	Relations: []Relation{
		{Name: "description", Type: Text},
		{Name: "domain", Type: Domain},
		{Name: "first-seen", Type: Datetime, DisableCorrelation: true},
		{Name: "hostname", Type: Hostname},
		{Name: "ip-dst", Type: IPDst},
		{Name: "ip-src", Type: IPSrc},
		{Name: "ja3-fingerprint-md5", Type: JA3},
		{Name: "ja3s-fingerprint-md5", Type: JA3},
		{Name: "last-seen", Type: Datetime, DisableCorrelation: true},
	},
}

// TemplateJA4Plus is the template ja4-plus.
var TemplateJA4Plus = &Template{
	Name: "ja4-plus", UUID: templateUUID("2c15c75e-e7db-4b62-8d17-633e7571818f"), Version: 2, MetaCategory: "network",
	Description: "JA4 is a technique for creating network fingerprints that are easy to produce and can be easily " +
		"shared for threat intelligence. " +
		"https://github.com/FoxIO-LLC/ja4/blob/main/technical_details/README.md",
	Required: []string{"ja4-fingerprint", "ja4-type"},
	Relations: []Relation{
		{Name: "description", Type: Text},
		{Name: "ip-src", Type: IPSrc, Multiple: true},
		{Name: "ja4-fingerprint", Type: Text},
		{Name: "ja4-type", Type: Text},
	},
}

// TemplatePassiveSSH is the template passive-ssh.
var TemplatePassiveSSH = &Template{
	Name: "passive-ssh", UUID: templateUUID("ec350cdf-2311-4df5-972a-a4342a2c0065"), Version: 2, MetaCategory: "network",
	Description: "Passive-ssh object as described on passive-ssh services from circl.lu - " +
		"https://github.com/D4-project/passive-ssh",
	RequiredOneOf: []string{"host", "base64", "fingerprint", "hassh"},
	Relations: []Relation{
		{Name: "banner", Type: Text, Category: NetworkActivity, Multiple: true},
		{Name: "base64", Type: Text, Multiple: true, DisableCorrelation: true},
		{Name: "fingerprint", Type: SSHFingerprint, Multiple: true, DisableCorrelation: true},
		{Name: "first_seen", Type: Datetime, DisableCorrelation: true},
		{Name: "hassh", Type: HASSH},
		{Name: "host", Type: IPDst, Multiple: true},
		{Name: "last_seen", Type: Datetime, DisableCorrelation: true},
		{Name: "port", Type: Port},
	},
}

// TemplateEmail is the template email.
var TemplateEmail = &Template{
	Name: "email", UUID: templateUUID("a0c666e0-fc65-4be8-b48f-3423d788b552"), Version: 19, MetaCategory: "network",
	Description: "Email object describing an email with meta-information",
	RequiredOneOf: []string{
		"from", "from-display-name", "to", "to-display-name", "subject", "attachment", "message-id",
		"reply-to", "send-date", "mime-boundary", "thread-index", "header", "x-mailer", "return-path",
		"email-body", "email-body-attachment", "eml", "msg",
	},
	Relations: []Relation{
		{Name: "attachment", Type: EmailAttachment, Multiple: true},
		{Name: "bcc", Type: EmailDst, Category: PayloadDelivery, Multiple: true, DisableCorrelation: true},
		{Name: "bcc-display-name", Type: EmailDstDisplayName, Multiple: true},
		{Name: "cc", Type: EmailDst, Category: PayloadDelivery, Multiple: true, DisableCorrelation: true},
		{Name: "cc-display-name", Type: EmailDstDisplayName, Multiple: true},
		{Name: "email-body", Type: EmailBody, Multiple: true, DisableCorrelation: true},
		{Name: "email-body-attachment", Type: Attachment, DisableCorrelation: true},
		{Name: "eml", Type: Attachment, DisableCorrelation: true},
		{Name: "from", Type: EmailSrc, Multiple: true},
		{Name: "from-display-name", Type: EmailSrcDisplayName, Multiple: true},
		{Name: "from-domain", Type: Domain, Category: PayloadDelivery, Multiple: true},
		{Name: "header", Type: EmailHeader, Multiple: true, DisableCorrelation: true},
		{Name: "ip-src", Type: IPSrc, Multiple: true},
		{Name: "message-id", Type: EmailMessageID, DisableCorrelation: true},
		{Name: "mime-boundary", Type: EmailMIMEBoundary, DisableCorrelation: true},
		{Name: "msg", Type: Attachment, DisableCorrelation: true},
		{Name: "received-header-hostname", Type: Hostname, Multiple: true},
		{Name: "received-header-ip", Type: IPSrc, Multiple: true},
		{Name: "reply-to", Type: EmailReplyTo, Multiple: true},
		{Name: "reply-to-display-name", Type: EmailDstDisplayName, Multiple: true},
		{Name: "return-path", Type: EmailSrc},
		{Name: "screenshot", Type: Attachment, DisableCorrelation: true},
		{Name: "send-date", Type: Datetime, DisableCorrelation: true},
		{Name: "subject", Type: EmailSubject, Multiple: true},
		{Name: "thread-index", Type: EmailThreadIndex, DisableCorrelation: true},
		{Name: "to", Type: EmailDst, Category: PayloadDelivery, Multiple: true, DisableCorrelation: true},
		{Name: "to-display-name", Type: EmailDstDisplayName, Multiple: true},
		{Name: "user-agent", Type: Text, DisableCorrelation: true},
		{Name: "x-mailer", Type: EmailXMailer, DisableCorrelation: true},
	},
}
