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

// An Email is a mail, by its header section (RFC 5322 section 3.6). What it
// holds is what the sender says.
type Email struct {
	Fact
	MessageID string   `json:"message_id,omitempty"`
	From      []string `json:"from,omitempty"` // addresses
	FromNames []string `json:"from_names,omitempty"`
	To        []string `json:"to,omitempty"`
	Cc        []string `json:"cc,omitempty"`
	ReplyTo   []string `json:"reply_to,omitempty"`
	Subject   string   `json:"subject,omitempty"` // encoded words decoded
	Date      string   `json:"date,omitempty"`    // as it is written
	Mailer    string   `json:"mailer,omitempty"`  // X-Mailer or User-Agent

	Proto  stream.Proto   `json:"proto"` // what carried it
	Client netip.Addr     `json:"client"`
	Server netip.AddrPort `json:"server"`
}

// Key identifies the mail in File.Email: a hash of its header fields.
func (m *Email) Key() string {
	sum := sha256.Sum256(appendText(nil, m.MessageID, strings.Join(m.From, ","), strings.Join(m.To, ","),
		strings.Join(m.Cc, ","), m.Subject, m.Date))
	return hex.EncodeToString(sum[:8])
}

func (m *Email) appendKey(dst []byte) []byte {
	dst = appendText(dst, m.MessageID, m.Key(), strings.Join(m.FromNames, ","), strings.Join(m.ReplyTo, ","), m.Mailer)
	return append(appendAddrPort(appendAddr(dst, m.Client), m.Server), byte(m.Proto))
}

func (m *Email) merge(o *Email) { m.Fact.merge(&o.Fact) }

// An Envelope is an address that an SMTP client names for the transport of a
// mail (RFC 5321 section 2.3.1).
type Envelope struct {
	Fact
	Recipient bool           `json:"recipient,omitempty"` // of RCPT, else of MAIL
	Addr      string         `json:"addr"`
	Client    netip.Addr     `json:"client"`
	Server    netip.AddrPort `json:"server"`
}

func (v *Envelope) appendKey(dst []byte) []byte {
	dst = appendAddrPort(appendAddr(appendText(dst, v.Addr), v.Client), v.Server)
	if v.Recipient {
		dst = append(dst, 1)
	}
	return dst
}

func (v *Envelope) merge(o *Envelope) { v.Fact.merge(&o.Fact) }

var (
	emails    = handleOf[Email]()
	envelopes = handleOf[Envelope]()
)

// Emails returns the mails by their header fields, in order of Message-ID.
func (r *Report) Emails() iter.Seq[*Email] { return emails.all(r) }

// Envelopes returns the addresses that SMTP clients named for the transport of
// mails.
func (r *Report) Envelopes() iter.Seq[*Envelope] { return envelopes.all(r) }

// A mailState holds the key of the mail that a connection carries last.
type mailState struct{ mails fifo[string] }

// maxMailboxes bounds the addresses of one field that are kept, and maxListLen the
// bytes of them and their names together.
const (
	maxMailboxes = 256
	maxListLen   = 8 << 10
)

// email notes a mail, and that its connection carries it.
func (w *worker) email(s *shard, m *stream.Message) {
	h, err := mail.ParseHeader(m.Data)
	if err != nil {
		return
	}
	mail := Email{
		MessageID: fieldText(h, "Message-ID"), Subject: fieldText(h, "Subject"),
		Date: fieldText(h, "Date"), Mailer: fieldText(h, "X-Mailer"),
		Proto: m.Via.Innermost(), Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst,
	}
	if mail.Mailer == "" {
		mail.Mailer = fieldText(h, "User-Agent")
	}
	mail.From, mail.FromNames = w.mailboxes(h, "From")
	mail.To, _ = w.mailboxes(h, "To")
	mail.Cc, _ = w.mailboxes(h, "Cc")
	mail.ReplyTo, _ = w.mailboxes(h, "Reply-To")
	if _, full := s.mails.put(m.Conn.Flow, mail.Key()); full {
		w.report.Unseen.Unpaired++
	}
	if w.options.Only.Has(Mail) && w.fits(mail.MessageID, mail.Subject, mail.Date, mail.Mailer) {
		emails.observe(w, mail, byMessage(m))
	}
}

// mailboxes returns the addresses and the names of an address field, without
// those that are too long.
func (w *worker) mailboxes(h mail.Header, field string) (addrs, names []string) {
	size := 0
	for name, addr := range h.Addresses(field) {
		a, n := text(addr), mail.Text(name)
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

// fieldText returns a field's body as text, without white space around it.
func fieldText(h mail.Header, name string) string {
	return text([]byte(strings.TrimSpace(mail.Text(h.Get(name)))))
}

// smtp notes the addresses of a mail's envelope.
func (w *worker) smtp(_ *shard, m *stream.Message) {
	c, err := mail.ParseCommand(m.Data)
	if err != nil || !m.FromClient || !c.Is("MAIL") && !c.Is("RCPT") {
		return
	}
	addr := text(c.Mailbox())
	if addr != "" && w.fits(addr) {
		v := Envelope{Recipient: c.Is("RCPT"), Addr: addr, Client: m.Conn.Flow.Src.Addr(), Server: m.Conn.Flow.Dst}
		envelopes.observe(w, v, byMessage(m))
	}
}
