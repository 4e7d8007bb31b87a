package mail_test

import (
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/mail"
)

// views has every Parse function of the package. Each is truncated at every
// length, mutated and fuzzed, and all methods of its view are called.
var views = []viewtest.View{
	// Text before the first colon is not a truncated header section.
	viewtest.Of(mail.ParseHeader, viewtest.Text(odd)).MayBeMalformed(),
	viewtest.Of(mail.ParseCommand, viewtest.Text("MAIL FROM:<@hosta.int,@jkl.org:userc@d.bar.org> SIZE=500\r\n")),
	viewtest.Of(mail.ParseReply, viewtest.Text("123-First line\r\nSecond line\r\n123 The last line\r\n")),
	viewtest.Of(mail.ParseIMAPCommand, viewtest.Text("a001 LOGIN {4}\r\nuser {4}\r\nword\r\n")),
	viewtest.Of(func(b []byte) (mail.Params, error) { return mail.ParseParams(b), nil },
		viewtest.Text("attachment; name*0*=us-ascii'en'a%20; name*1=\"b\\\"c\"; name=\"=?utf-8?q?x?=\"")),
	viewtest.Of(func(b []byte) (mail.Params, error) { return mail.ParseMIMEParams(b), nil },
		viewtest.Text("text/plain (a (b)); charset=us-ascii")),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, `
		fields 4 len 368
		MAIL FROM:<@hosta.int,@jkl.org:userc@d.bar.org> SIZE=500
		123 First line
		a001 LOGIN
		attachment; name*0*=us-ascii'en'a%20; name*1=\"b\\\"c\"; name=\"=?utf-8?q?x?=\"
		text/plain  ; charset=us-ascii
	`)
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }
