package extract

import (
	"fmt"
	"strings"
	"testing"
)

// A mail with an enormous number of addresses keeps the first maxMailboxes.
func TestMaxMailboxes(t *testing.T) {
	field := func(n int, format string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(format, i))
		}
		return strings.Join(all, ",\r\n ")
	}
	mail := func(to string) *Report {
		var c capture
		c.greeted("220 x ESMTP\r\n", "EHLO x\r\nMAIL FROM:<a@example>\r\nRCPT TO:<b@example>\r\nDATA\r\nFrom: a@example\r\nTo: "+to+
			"\r\nMessage-ID: <1@example>\r\n\r\ntext\r\n.\r\n")
		return c.report(t, Options{})
	}
	for name, test := range map[string]struct {
		to   string
		kept int
	}{
		"many":   {field(1000, "u%d@example"), maxMailboxes},
		"long":   {field(20, "u%d@"+strings.Repeat("x", 1000)+".example"), maxListLen / 1011},
		"longer": {field(1, "u%d@"+strings.Repeat("x", 5000)+".example"), 0},
	} {
		rep := mail(test.to)
		mails := 0
		for m := range rep.Emails() {
			mails++
			if len(m.To) != test.kept {
				t.Errorf("%s: %d addresses kept, want %d", name, len(m.To), test.kept)
			}
		}
		if mails != 1 || rep.Unseen.TooLong != 1 {
			t.Errorf("%s: %d mails, %d too long", name, mails, rep.Unseen.TooLong)
		}
	}
}
