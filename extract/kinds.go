package extract

import (
	"fmt"
	"iter"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
)

// A kind is a kind of observation, for which a Report has a table.
type kind struct {
	name  string           // of the table in JSON and in Report.LeftOut
	table func() tabled    // makes an empty one
	limit func(limits) int // returns how many rows it keeps
}

// kinds are all of them, in the order of their names. A new kind is a line here and
// a file, or a part of one, that has its row, the handle of its table, the method
// of Report that returns the rows, and what records them.
var kinds = [...]kind{
	{"certificates", newTable[Certificate], limits.maxValues},
	{"connections", newTable[Connection], limits.maxValues},
	{"emails", newTable[Email], limits.maxValues},
	{"envelopes", newTable[Envelope], limits.maxValues},
	{"files", newTable[File], limits.maxValues},
	{"flows", newTable[Flow], limits.maxConns},
	{"hosts", newTable[Host], limits.maxValues},
	{"leases", newTable[Lease], limits.maxValues},
	{"links", newTable[Link], limits.maxValues},
	{"logins", newTable[Login], limits.maxValues},
	{"presented", newTable[Presented], limits.maxValues},
	{"queries", newTable[Query], limits.maxValues},
	{"redirects", newTable[Redirect], limits.maxValues},
	{"requests", newTable[Request], limits.maxValues},
	{"resolutions", newTable[Resolution], limits.maxValues},
	{"sessions", newTable[Session], limits.maxValues},
	{"ssh", newTable[SSHPeer], limits.maxValues},
}

// An observer records what a message shows.
type observer struct {
	topics TopicSet // that need it; 0 where there is no observer
	record func(*worker, *shard, *stream.Message)
}

// observers are those of messages, by what their Data is.
var observers = [...]observer{
	stream.DNSMessage:   {TopicSetOf(DNS), (*worker).dns},
	stream.HTTPRequest:  {TopicSetOf(HTTP), (*worker).httpRequest},
	stream.HTTPResponse: {TopicSetOf(HTTP), (*worker).httpResponse},
	stream.ClientHello:  {TopicSetOf(TLS), (*worker).clientHello},
	stream.ServerHello:  {TopicSetOf(TLS), (*worker).serverHello},
	stream.Certificate:  {TopicSetOf(TLS), (*worker).chain},
	stream.SSHIdent:     {TopicSetOf(SSH), (*worker).sshIdent},
	stream.SSHKexInit:   {TopicSetOf(SSH), (*worker).sshKexInit},
	stream.SSHKexReply:  {TopicSetOf(SSH), (*worker).sshKexReply},
	stream.MailHeader:   {TopicSetOf(Mail, Files), (*worker).email},
	stream.FileEnd:      {TopicSetOf(Files), (*worker).file},
	stream.Opened:       {TopicSetOf(IP, Connections), (*worker).tcpOpened},
	stream.Closed:       {TopicSetOf(IP, Connections), (*worker).tcpClosed},
}

// commandObservers are those of commands, by the protocol that has them.
var commandObservers = [...]observer{
	stream.SMTP: {TopicSetOf(Mail), (*worker).smtp},
	stream.FTP:  {TopicSetOf(Logins), (*worker).login},
	stream.POP3: {TopicSetOf(Logins), (*worker).login},
	stream.IMAP: {TopicSetOf(Logins), (*worker).login},
}

// observerOf returns the observer of a message.
func observerOf(m *stream.Message) observer {
	switch {
	case m.Kind == stream.Command && int(m.Proto) < len(commandObservers):
		return commandObservers[m.Proto]
	case int(m.Kind) < len(observers):
		return observers[m.Kind]
	}
	return observer{}
}

// packetObservers record what single packets show, other than their connections.
var packetObservers = [...]struct {
	topics TopicSet
	record func(*worker, *layers.Packet)
}{
	{TopicSetOf(DHCP), (*worker).dhcp},
}

// enders record what is still open in a shard at the end.
var enders = [...]func(*worker, *shard){(*worker).endTraffic, (*worker).endHellos}

// A workerState is what topics remember in a worker.
type workerState struct {
	dnsState
	httpState
	linkState
}

// A shardState is what topics remember in a shard, of its connections.
type shardState struct {
	live  liveConns
	pairs hostPairs
	tlsState
	mailState
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

// observe counts an observation of what v is at e, and returns its row in the
// worker's report, nil if there is no room for it.
func (h handle[V, P]) observe(w *worker, v V, e Evidence) P { return h.of(&w.report).observe(v, e) }

// all returns the rows of a complete report in the order of their keys.
func (h handle[V, P]) all(r *Report) iter.Seq[P] {
	if r.tables == nil {
		return func(func(P) bool) {}
	}
	return h.of(r).all()
}
