package event

import (
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// topics lists the functions that map the observations of each topic to
// attributes and objects, in the order of the objects in an event, the most
// specific first. A topic may have several entries.
var topics = [...]struct {
	topics     extract.TopicSet // at least one must be selected; empty: always
	attributes func(*mapping)
	objects    func(*drafts)
	templates  []*misp.Template // of the objects
}{
	{0, nil, captureObjects, []*misp.Template{misp.TemplatePcapMetadata}},
	{extract.TopicSetOf(extract.Files), fileAttributes, fileObjects, []*misp.Template{misp.TemplateFile}},
	{extract.TopicSetOf(extract.Mail), mailAttributes, mailObjects, []*misp.Template{misp.TemplateEmail}},
	{extract.TopicSetOf(extract.HTTP), httpAttributes, httpObjects, []*misp.Template{misp.TemplateHTTPRequest}},
	{extract.TopicSetOf(extract.TLS), certificateAttributes, certificateObjects, []*misp.Template{misp.TemplateX509}},
	{extract.TopicSetOf(extract.DNS), dnsAttributes, dnsObjects, []*misp.Template{misp.TemplateDNSRecord}},
	{extract.TopicSetOf(extract.Connections), connectionAttributes, connectionObjects, []*misp.Template{misp.TemplateNetworkConnection}},
	{extract.TopicSetOf(extract.TLS), tlsAttributes, tlsObjects, []*misp.Template{misp.TemplateJA3S, misp.TemplateJA3, misp.TemplateJA4Plus}},
	{extract.TopicSetOf(extract.SSH), sshAttributes, sshObjects, []*misp.Template{misp.TemplatePassiveSSH}},
	{extract.TopicSetOf(extract.IRC), ircAttributes, ircObjects, []*misp.Template{misp.TemplateIRC}},
	{extract.TopicSetOf(extract.Logins), loginAttributes, credentialObjects, []*misp.Template{misp.TemplateCredential}},
	{extract.TopicSetOf(extract.DHCP), dhcpAttributes, nil, nil},
	{extract.TopicSetOf(extract.IP), hostAttributes, nil, nil},
}

// templates returns all templates, in the order of an event.
func templates() (all []*misp.Template) {
	for i := range topics {
		all = append(all, topics[i].templates...)
	}
	return all
}

// An origin is the place where a value was found.
type origin uint8

// The origins, in the order in which a comment names them.
const (
	httpRequest origin = iota
	httpHost
	httpAgent
	httpMethod
	httpUser
	httpRedirect
	httpWebSocket
	httpGRPC
	httpEvents
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
	dnsUpdate
	dnsAlias
	dnsServer
	dnsText
	mailSender
	mailOnBehalf
	mailReturnPath
	mailEnvelopeFrom
	mailEnvelopeTo
	mailGreeting
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
	ircServer
	ircChannel
	ircNick
	ircUser
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

// originInfo describes the origins.
var originInfo = [originCount]struct {
	topic   extract.Topic
	text    string
	claimed bool // a peer asserts the value; the packets do not prove it
}{
	httpRequest:          {extract.HTTP, "HTTP request", true},
	httpHost:             {extract.HTTP, "HTTP host", true},
	httpAgent:            {extract.HTTP, "HTTP user agent", true},
	httpMethod:           {extract.HTTP, "HTTP method", true},
	httpUser:             {extract.HTTP, "HTTP Basic user name", true},
	httpRedirect:         {extract.HTTP, "HTTP redirect", true},
	httpWebSocket:        {extract.HTTP, "WebSocket", true},
	httpGRPC:             {extract.HTTP, "gRPC", true},
	httpEvents:           {extract.HTTP, "server-sent events", true},
	fileHash:             {extract.Files, "transferred file", false},
	fileName:             {extract.Files, "file name", true},
	tlsName:              {extract.TLS, "TLS server name", true},
	tlsClient:            {extract.TLS, "client JA3", false},
	tlsServer:            {extract.TLS, "server JA3S", false},
	tlsJA4:               {extract.TLS, "client JA4", false},
	tlsCertificate:       {extract.TLS, "server certificate", false},
	tlsClientCertificate: {extract.TLS, "client certificate", false},
	tlsIssuer:            {extract.TLS, "issuer certificate", false},
	dnsQuestion:          {extract.DNS, "DNS query", true},
	dnsAbsent:            {extract.DNS, "DNS query answered NXDOMAIN", true},
	dnsAnswer:            {extract.DNS, "DNS answer", true},
	dnsUpdate:            {extract.DNS, "DNS UPDATE", true},
	dnsAlias:             {extract.DNS, "DNS CNAME/MX/SRV/HTTPS target", true},
	dnsServer:            {extract.DNS, "DNS NS/SOA/PTR target", true},
	dnsText:              {extract.DNS, "DNS TXT record", true},
	mailSender:           {extract.Mail, "email From", true},
	mailOnBehalf:         {extract.Mail, "email Sender", true},
	mailReturnPath:       {extract.Mail, "email Return-Path", true},
	mailEnvelopeFrom:     {extract.Mail, "SMTP MAIL FROM", true},
	mailEnvelopeTo:       {extract.Mail, "SMTP RCPT TO", true},
	mailGreeting:         {extract.Mail, "SMTP EHLO", true},
	mailRecipient:        {extract.Mail, "email To or Cc", true},
	mailReply:            {extract.Mail, "email reply-to address", true},
	mailSubject:          {extract.Mail, "email subject", true},
	mailID:               {extract.Mail, "email message ID", true},
	mailName:             {extract.Mail, "email sender name", true},
	mailProgram:          {extract.Mail, "email client", true},
	mailAttachment:       {extract.Mail, "email attachment", true},
	sshClient:            {extract.SSH, "SSH client HASSH", false},
	sshServer:            {extract.SSH, "SSH server HASSH", false},
	sshHostKey:           {extract.SSH, "SSH host key", false},
	sshSoftware:          {extract.SSH, "SSH banner", true},
	ircServer:            {extract.IRC, "IRC server", true},
	ircChannel:           {extract.IRC, "IRC channel", true},
	ircNick:              {extract.IRC, "IRC nickname", true},
	ircUser:              {extract.IRC, "IRC user name", true},
	loginUser:            {extract.Logins, "login user name", true},
	dhcpName:             {extract.DHCP, "DHCP host name", true},
	dhcpClass:            {extract.DHCP, "DHCP vendor class", true},
	hostServer:           {extract.IP, "contacted host", false},
	hostClient:           {extract.IP, "connecting client", false},
	hostHardware:         {extract.Connections, "MAC address", false},
	connService:          {extract.Connections, "contacted port", false},
	connID:               {extract.Connections, "Community ID", false},
}
