package extract

import (
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// The topics, in the order in which they are added to an event.
const (
	HTTP        Topic = iota // requests and redirects
	Files                    // files in HTTP, mail and FTP
	TLS                      // hellos and certificates, also of QUIC and DTLS
	DNS                      // queries and resolutions
	Mail                     // header fields and envelopes
	SSH                      // software, algorithms, host keys
	IRC                      // servers, nicknames and channels
	Logins                   // user names in FTP, IMAP, POP3, SMTP and HTTP
	DHCP                     // host names, vendor classes, hardware addresses
	IP                       // addresses
	Connections              // connections and single flows

	topicCount
)

var topicNames = [topicCount]string{
	HTTP: "http", Files: "files", TLS: "tls", DNS: "dns", Mail: "mail", SSH: "ssh", IRC: "irc", Logins: "logins", DHCP: "dhcp",
	IP: "ip", Connections: "connections",
}

// A kind is a kind of observation, for which a Report has a table.
type kind struct {
	name  string           // of the table in JSON and in Report.LeftOut
	table func() tabled    // makes an empty table
	limit func(limits) int // returns the most rows that the table keeps
}

// kinds lists all kinds in order of their names. To add a kind, add a line here, a
// row type, the handle of its table, a method of Report that returns the rows, and an
// observer that records them.
var kinds = [...]kind{
	{"certificates", newTable[Certificate], limits.maxValues},
	{"connections", newTable[Connection], limits.maxValues},
	{"emails", newTable[Email], limits.maxValues},
	{"envelopes", newTable[Envelope], limits.maxValues},
	{"files", newTable[File], limits.maxValues},
	{"flows", newTable[Flow], limits.maxConns},
	{"hosts", newTable[Host], limits.maxValues},
	{"irc", newTable[IRCDetail], limits.maxValues},
	{"leases", newTable[Lease], limits.maxValues},
	{"links", newTable[Link], limits.maxValues},
	{"logins", newTable[Login], limits.maxValues},
	{"presented", newTable[Presented], limits.maxValues},
	{"queries", newTable[Query], limits.maxValues},
	{"redirects", newTable[Redirect], limits.maxValues},
	{"requests", newTable[Request], limits.maxValues},
	{"resolutions", newTable[Resolution], limits.maxValues},
	{"resolvers", newTable[Resolver], limits.maxValues},
	{"services", newTable[Service], limits.maxValues},
	{"sessions", newTable[Session], limits.maxValues},
	{"ssh", newTable[SSHPeer], limits.maxValues},
	{"timeservers", newTable[TimeServer], limits.maxValues},
}

// An observer records the observations of a message.
type observer struct {
	topics TopicSet // the topics that need it; 0: no observer
	record func(*worker, *shard, *stream.Message)
}

// observers maps kinds of messages to their observers.
var observers = [...]observer{
	stream.DNSMessage:      {TopicSetOf(DNS), (*worker).dns},
	stream.HTTPRequest:     {TopicSetOf(HTTP, Logins), (*worker).httpRequest},
	stream.HTTPResponse:    {TopicSetOf(HTTP), (*worker).httpResponse},
	stream.ClientHello:     {TopicSetOf(TLS), (*worker).clientHello},
	stream.ServerHello:     {TopicSetOf(TLS), (*worker).serverHello},
	stream.Certificate:     {TopicSetOf(TLS), (*worker).chain},
	stream.TLSHandshake:    {TopicSetOf(TLS), (*worker).encrypted},
	stream.SSHIdent:        {TopicSetOf(SSH), (*worker).sshIdent},
	stream.SSHKexInit:      {TopicSetOf(SSH), (*worker).sshKexInit},
	stream.SSHKexReply:     {TopicSetOf(SSH), (*worker).sshKexReply},
	stream.IRCMessage:      {TopicSetOf(IRC), (*worker).irc},
	stream.WebSocketText:   {TopicSetOf(HTTP), (*worker).webSocket},
	stream.WebSocketBinary: {TopicSetOf(HTTP), (*worker).webSocket},
	stream.GRPCMessage:     {TopicSetOf(HTTP), (*worker).grpc},
	stream.ServerSentEvent: {TopicSetOf(HTTP), (*worker).event},
	stream.AuthResponse:    {TopicSetOf(Logins), (*worker).authResponse},
	stream.MailHeader:      {TopicSetOf(Mail, Files), (*worker).email},
	stream.FileEnd:         {TopicSetOf(Files), (*worker).file},
	stream.Opened:          {TopicSetOf(IP, Connections), (*worker).tcpOpened},
	stream.Closed:          {TopicSetOf(IP, Connections), (*worker).tcpClosed},
}

// commandObservers maps the protocols of commands to their observers.
var commandObservers = [...]observer{
	stream.SMTP: {TopicSetOf(Mail, Logins), (*worker).smtp},
	stream.FTP:  {TopicSetOf(Logins), (*worker).login},
	stream.POP3: {TopicSetOf(Logins), (*worker).login},
	stream.IMAP: {TopicSetOf(Logins), (*worker).login},
}

func observerOf(m *stream.Message) observer {
	switch {
	case m.Kind == stream.Command && int(m.Proto) < len(commandObservers):
		return commandObservers[m.Proto]
	case int(m.Kind) < len(observers):
		return observers[m.Kind]
	}
	return observer{}
}

// packetObservers record the observations of single packets, other than their
// connections.
var packetObservers = [...]struct {
	topics TopicSet
	record func(*worker, *layers.Packet)
}{
	{TopicSetOf(DHCP), (*worker).dhcp},
	{TopicSetOf(DHCP, DNS, IP, Connections), (*worker).services},
	{TopicSetOf(DNS, IP, Connections), (*worker).ntp},
}

// enders record everything still open in a shard at the end of the captures.
var enders = [...]func(*worker, *shard){(*worker).endTraffic, (*worker).endHellos, (*worker).endLogins}

// A workerState holds the state of topics in a worker.
type workerState struct {
	dnsState
	hostState
	httpState
	webSocketState
}

// A shardState holds the state of topics in a shard, for its connections.
type shardState struct {
	live  liveConns
	pairs hostPairs
	tlsState
	mailState
	loginState
}

// A handle finds the table of a kind in any Report.
type handle[V any, P row[V]] int

// handleOf returns the handle of the kind with rows of type V.
func handleOf[V any, P row[V]]() handle[V, P] {
	for i, k := range kinds {
		if _, ok := k.table().(*table[V, P]); ok {
			return handle[V, P](i)
		}
	}
	panic(fmt.Sprintf("extract: %T is not among the kinds", *new(V)))
}

// of returns the table of a report that has tables.
func (h handle[V, P]) of(r *Report) *table[V, P] { return r.tables[h].(*table[V, P]) }

// observe counts an observation of v with evidence e. It returns its row in the
// worker's report, or nil if the table has no room for it.
func (h handle[V, P]) observe(w *worker, v V, e Evidence) P { return h.of(&w.report).observe(v, e) }

// all returns the rows of a complete report in order of their keys.
func (h handle[V, P]) all(r *Report) iter.Seq[P] {
	if r.tables == nil {
		return func(func(P) bool) {}
	}
	return h.of(r).all()
}
