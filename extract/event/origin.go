package event

import (
	"iter"
	"math/bits"

	"github.com/sightline-go/sightline/extract"
)

// An origin is where a value stood.
type origin uint8

// The origins, in the order in which a comment names them.
const (
	httpRequest origin = iota
	httpHost
	httpAgent
	httpMethod
	httpUser
	httpRedirect
	fileHash
	fileName
	tlsName
	tlsClient
	tlsServer
	tlsJA4
	tlsCertificate
	tlsClientCertificate
	tlsIssuer
	dnsQuestion
	dnsAbsent
	dnsAnswer
	dnsAlias
	dnsServer
	dnsText
	mailSender
	mailRecipient
	mailReply
	mailSubject
	mailID
	mailName
	mailProgram
	mailAttachment
	sshClient
	sshServer
	sshHostKey
	sshSoftware
	loginUser
	dhcpName
	dhcpClass
	hostServer
	hostClient
	hostHardware
	connService
	connID

	originCount
)

const _ = uint(64 - originCount) // each origin has a bit in a set of origins

// What is to be said of an origin.
var originInfo = [originCount]struct {
	topic   extract.Topic
	text    string
	claimed bool // it is what a peer says, and not what the packets themselves show
}{
	httpRequest:          {extract.HTTP, "HTTP request", true},
	httpHost:             {extract.HTTP, "HTTP host", true},
	httpAgent:            {extract.HTTP, "HTTP user agent", true},
	httpMethod:           {extract.HTTP, "HTTP method", true},
	httpUser:             {extract.HTTP, "HTTP user", true},
	httpRedirect:         {extract.HTTP, "HTTP redirect", true},
	fileHash:             {extract.Files, "file", false},
	fileName:             {extract.Files, "name of a file", true},
	tlsName:              {extract.TLS, "TLS server name", true},
	tlsClient:            {extract.TLS, "JA3 of a client", false},
	tlsServer:            {extract.TLS, "JA3S of a server", false},
	tlsJA4:               {extract.TLS, "JA4 of a client", false},
	tlsCertificate:       {extract.TLS, "certificate of a server", false},
	tlsClientCertificate: {extract.TLS, "certificate of a client", false},
	tlsIssuer:            {extract.TLS, "certificate of an issuer", false},
	dnsQuestion:          {extract.DNS, "asked for in DNS", true},
	dnsAbsent:            {extract.DNS, "asked for in DNS and not there", true},
	dnsAnswer:            {extract.DNS, "DNS answer", true},
	dnsAlias:             {extract.DNS, "DNS alias", true},
	dnsServer:            {extract.DNS, "name server in DNS", true},
	dnsText:              {extract.DNS, "text in DNS", true},
	mailSender:           {extract.Mail, "sender of a mail", true},
	mailRecipient:        {extract.Mail, "recipient of a mail", true},
	mailReply:            {extract.Mail, "reply address of a mail", true},
	mailSubject:          {extract.Mail, "subject of a mail", true},
	mailID:               {extract.Mail, "ID of a mail", true},
	mailName:             {extract.Mail, "name of a sender", true},
	mailProgram:          {extract.Mail, "mail program", true},
	mailAttachment:       {extract.Mail, "attachment of a mail", true},
	sshClient:            {extract.SSH, "SSH client", false},
	sshServer:            {extract.SSH, "SSH server", false},
	sshHostKey:           {extract.SSH, "SSH host key", false},
	sshSoftware:          {extract.SSH, "SSH software", true},
	loginUser:            {extract.Logins, "user name", true},
	dhcpName:             {extract.DHCP, "host name in DHCP", true},
	dhcpClass:            {extract.DHCP, "vendor class in DHCP", true},
	hostServer:           {extract.IP, "contacted", false},
	hostClient:           {extract.IP, "came in", false},
	hostHardware:         {extract.Connections, "hardware address", false},
	connService:          {extract.Connections, "contacted", false},
	connID:               {extract.Connections, "Community ID", false},
}

func (o origin) topic() extract.Topic { return originInfo[o].topic }

// origins is a set of origins.
type origins uint64

func originsOf(o origin) origins { return 1 << o }

// first returns the first of them.
func (s origins) first() origin { return origin(bits.TrailingZeros64(uint64(s))) }

// all returns them in their order.
func (s origins) all() iter.Seq[origin] {
	return func(yield func(origin) bool) {
		for left := s; left != 0; left &= left - 1 {
			if !yield(left.first()) {
				return
			}
		}
	}
}
