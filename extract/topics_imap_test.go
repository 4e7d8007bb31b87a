package extract_test

import (
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
)

// The sessions of RFC 3501 sections 6.2.3 and 7.5, where the user is an atom and a
// literal.
func TestIMAPLogins(t *testing.T) {
	for _, test := range []struct {
		want, password string
		lines          []string
	}{
		{"1x IMAP SMITH", "SESAME", []string{
			"S * OK IMAP4rev1 Service Ready", "C a001 LOGIN SMITH SESAME", "S a001 OK LOGIN completed",
		}},
		{"1x IMAP FRED FOOBAR", "fat man", []string{
			"S * OK IMAP4rev1 Service Ready", "C A001 LOGIN {11}", "S + Ready for additional command text",
			"C FRED FOOBAR {7}", "S + Ready for additional command text", "C fat man", "S A001 OK LOGIN completed",
		}},
	} {
		rep := observeBytes(t, dialogue(143, test.lines...), extract.Logins)
		same(t, users(rep), []string{test.want})
		if strings.Contains(jsonOf(t, rep), test.password) {
			t.Errorf("the report holds the password %q", test.password)
		}
	}
}
