package extract

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"net/netip"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/stream"
)

// An Email is a mail, described by its header section (RFC 5322 section 3.6). Its
// fields are claims of the sender.
type Email struct {
	Fact
	MessageID string   `json:"message_id,omitempty"`
	From      []string `json:"from,omitempty"` // addresses
	FromNames []string `json:"from_names,omitempty"`
	To        []string `json:"to,omitempty"`
	Cc        []string `json:"cc,omitempty"`
	ReplyTo   []string `json:"reply_to,omitempty"`

	// Sender is the address that sent the mail for From, and ReturnPath the one
	// that a server added from the envelope.
	Sender     []string `json:"sender,omitempty"`
	ReturnPath []string `json:"return_path,omitempty"`

	Subject string `json:"subject,omitempty"` // encoded words decoded
	Date    string `json:"date,omitempty"`    // as written
	Mailer  string `json:"mailer,omitempty"`  // X-Mailer or User-Agent

	Proto  stream.Proto   `json:"proto"` // the protocol that carried it
	Client netip.Addr     `json:"client"`
	Server netip.AddrPort `json:"server"`
}

// Key returns a hash of the mail's header fields, which identifies it in File.Email.
func (m *Email) Key() string {
	sum := sha256.Sum256(appendText(nil, m.MessageID, strings.Join(m.From, ","), strings.Join(m.To, ","),
		strings.Join(m.Cc, ","), m.Subject, m.Date))
	return hex.EncodeToString(sum[:8])
}

func (m *Email) appendKey(dst []byte) []byte {
	dst = appendText(dst, m.MessageID, m.Key(), strings.Join(m.FromNames, ","), strings.Join(m.ReplyTo, ","), strings.Join(m.Sender, ","), strings.Join(m.ReturnPath, ","), m.Mailer)
	return append(appendAddrPort(appendAddr(dst, m.Client), m.Server), byte(m.Proto))
}

func (m *Email) merge(o *Email) { m.Fact.merge(&o.Fact) }

// An Envelope is an argument of an SMTP command: an address in the envelope of a mail
// (RFC 5321 section 2.3.1), or the name that a client gives itself.
type Envelope struct {
	Fact
	Command string         `json:"command"` // MAIL, RCPT, or EHLO, also for HELO
	Addr    string         `json:"addr"`    // of MAIL and RCPT; of EHLO a host name or an address literal
	Client  netip.Addr     `json:"client"`
	Server  netip.AddrPort `json:"server"`
}

func (v *Envelope) appendKey(dst []byte) []byte {
	return appendText(appendAddrPort(appendAddr(appendText(dst, v.Addr), v.Client), v.Server), v.Command)
}

func (v *Envelope) merge(o *Envelope) { v.Fact.merge(&o.Fact) }

var (
	emails    = handleOf[Email]()
	envelopes = handleOf[Envelope]()
)

// Emails returns the mails, in order of Message-ID.
func (r *Report) Emails() iter.Seq[*Email] { return emails.all(r) }

// Envelopes returns the addresses and names in SMTP commands, in order.
func (r *Report) Envelopes() iter.Seq[*Envelope] { return envelopes.all(r) }

// A mailState holds the key of the latest mail of each connection.
type mailState struct{ mails fifo[string] }

// maxMailboxes limits the addresses kept of one header field, and maxListLen the
// bytes of these and their names together.
const (
	maxMailboxes = 256
	maxListLen   = 8 << 10
)

// email records a mail and remembers its key for the attachments that follow on the
// connection.
func (w *worker) email(s *shard, m *stream.Message) {
	h, err := mail.ParseHeader(m.Data)
	if err != nil {
		return
	}
	charset := mail.Charset(s.streams.Charset)
	fieldText := func(name string) string {
		return text([]byte(strings.TrimSpace(charset.Text(h.Get(name)))))
	}
	mail := Email{
		MessageID: fieldText("Message-ID"), Subject: fieldText("Subject"),
		Date: fieldText("Date"), Mailer: fieldText("X-Mailer"),
		Proto: m.Via.Innermost(), Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst,
	}
	if mail.Mailer == "" {
		mail.Mailer = fieldText("User-Agent")
	}
	mail.From, mail.FromNames = w.mailboxes(h, charset, "From")
	mail.To, _ = w.mailboxes(h, charset, "To")
	mail.Cc, _ = w.mailboxes(h, charset, "Cc")
	mail.ReplyTo, _ = w.mailboxes(h, charset, "Reply-To")
	mail.Sender, _ = w.mailboxes(h, charset, "Sender")
	mail.ReturnPath, _ = w.mailboxes(h, charset, "Return-Path")
	if _, full := s.mails.put(m.Conn.Flow, mail.Key()); full {
		w.report.Unseen.Unpaired++
	}
	if w.options.Only.Has(Mail) && w.fits(mail.MessageID, mail.Subject, mail.Date, mail.Mailer) {
		emails.observe(w, mail, w.byMessage(m))
	}
}

// mailboxes returns the addresses and the names in an address field, except those
// that are too long.
func (w *worker) mailboxes(h mail.Header, charset mail.Charset, field string) (addrs, names []string) {
	size := 0
	for name, addr := range h.Addresses(field) {
		a, n := text(addr), charset.Text(name)
		if !w.fits(a, n) {
			continue
		}
		if size += len(a) + len(n); len(addrs) == maxMailboxes || size > maxListLen {
			w.report.Unseen.TooLong++
			break
		}
		addrs = append(addrs, a)
		if n != "" && !slices.Contains(names, n) {
			names = append(names, text([]byte(n)))
		}
	}
	return addrs, names
}

func (w *worker) smtp(s *shard, m *stream.Message) {
	if w.options.Only.Has(Logins) {
		w.login(s, m)
	}
	c, err := mail.ParseCommand(m.Data)
	if err != nil || !m.FromClient || !w.options.Only.Has(Mail) {
		return
	}
	v := Envelope{Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst}
	switch {
	case c.Is("MAIL"):
		v.Command, v.Addr = "MAIL", text(c.Mailbox())
	case c.Is("RCPT"):
		v.Command, v.Addr = "RCPT", text(c.Mailbox())
	case c.Is("EHLO"), c.Is("HELO"):
		v.Command, v.Addr = "EHLO", text(c.Arg())
	}
	if v.Addr != "" && w.fits(v.Addr) {
		envelopes.observe(w, v, w.byMessage(m))
	}
}
