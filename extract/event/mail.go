package event

import (
	"net/mail"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
)

func mailAttributes(m *mapping) {
	for e := range m.report.Emails() {
		putEmail(m, e)
	}
	for v := range m.report.Envelopes() {
		switch v.Command {
		case "MAIL":
			m.put(mailEnvelopeFrom, misp.EmailSrc, v.Addr, &v.Fact)
		case "RCPT":
			m.put(mailEnvelopeTo, misp.EmailDst, v.Addr, &v.Fact)
		case "EHLO": // an address literal is in brackets
			if !strings.HasPrefix(v.Addr, "[") {
				m.name(mailGreeting, v.Addr, &v.Fact)
			}
		}
	}
}

func putEmail(m *mapping, e *extract.Email) {
	f := &e.Fact
	for _, a := range e.From {
		m.put(mailSender, misp.EmailSrc, a, f)
	}
	for _, a := range slices.Concat(e.To, e.Cc) {
		m.put(mailRecipient, misp.EmailDst, a, f)
	}
	for _, a := range e.ReplyTo {
		m.put(mailReply, misp.EmailReplyTo, a, f)
	}
	for _, a := range e.Sender {
		m.put(mailOnBehalf, misp.EmailSrc, a, f)
	}
	for _, a := range e.ReturnPath {
		m.put(mailReturnPath, misp.EmailSrc, a, f)
	}
	for _, n := range e.FromNames {
		m.put(mailName, misp.EmailSrcDisplayName, n, f, OnlyInObject)
	}
	m.put(mailSubject, misp.EmailSubject, e.Subject, f)
	m.put(mailID, misp.EmailMessageID, e.MessageID, f, OnlyInObject)
	m.put(mailProgram, misp.EmailXMailer, e.Mailer, f, OnlyInObject)
}

// mailObjects drafts the mails, with references to their attachments.
func mailObjects(d *drafts) {
	attached := attachments(d.report)
	known := map[string]bool{}
	for e := range d.report.Emails() {
		key := e.Key()
		if known[key] {
			continue // the same mail on another hop
		}
		known[key] = true
		d.add(misp.TemplateEmail, key, &e.Fact, func(o *object) (refs []reference) {
			fillEmail(o, e)
			for _, n := range attached[key].names {
				o.text("attachment", n)
			}
			for _, hash := range attached[key].hashes {
				refs = append(refs, reference{misp.Contains, misp.TemplateFile, "", hash})
			}
			return refs
		})
	}
}

type attachmentList struct{ names, hashes []string }

// attachments returns the files of each mail, by Email.Key.
func attachments(r *extract.Report) map[string]attachmentList {
	all := map[string]attachmentList{}
	for f := range r.Files() {
		if f.Email == "" {
			continue
		}
		list := all[f.Email]
		if f.Name != "" {
			list.names = append(list.names, baseName(f.Name))
		}
		if f.SHA256 != "" && !slices.Contains(list.hashes, f.SHA256) {
			list.hashes = append(list.hashes, f.SHA256)
		}
		all[f.Email] = list
	}
	return all
}

func fillEmail(o *object, e *extract.Email) {
	o.Comment = "email: " + e.Subject
	for _, a := range e.From {
		o.indicator("from", a, o.s.detects(misp.EmailSrc, a))
	}
	for _, n := range e.FromNames {
		o.text("from-display-name", n)
	}
	for _, a := range e.To {
		o.text("to", a)
	}
	for _, a := range e.Cc {
		o.text("cc", a)
	}
	for _, a := range e.ReplyTo {
		o.text("reply-to", a)
	}
	for _, a := range e.ReturnPath {
		o.text("return-path", a)
	}
	o.text("subject", e.Subject)
	o.text("message-id", e.MessageID)
	if date, err := mail.ParseDate(e.Date); err == nil {
		o.time("send-date", date)
	} else {
		o.text("send-date", e.Date)
	}
	o.text("x-mailer", e.Mailer)
	if e.Proto == stream.SMTP { // with POP3 and IMAP the client is the recipient
		o.addr("ip-src", e.Client)
	}
}
