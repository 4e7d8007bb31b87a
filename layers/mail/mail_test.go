package mail_test

import (
	"errors"
	stdmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/mail"
	"github.com/sightline-go/sightline/layers/wire"
)

// RFC 5322 appendix A.5, with its folding and comments.
const odd = "From: Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>\r\n" +
	"To:A Group(Some people)\r\n     :Chris Jones <c@(Chris's host.)public.example>,\r\n         joe@example.org,\r\n  John <jdoe@one.test> (my dear friend); (the end of the group)\r\n" +
	"Cc:(Empty list)(start)Hidden recipients  :(nobody(that I know))  ;\r\n" +
	"not a field\r\nbad name : x\r\n: no name\r\n" +
	"Subject: one\r\n two\r\n\r\nFrom: the body\r\n"

func TestMailHeader(t *testing.T) {
	h, err := mail.ParseHeader([]byte(odd))
	if err != nil || h.Len() != strings.Index(odd, "\r\n\r\n")+4 || len(h.Bytes()) != h.Len() {
		t.Fatalf("Len() = %d, %v", h.Len(), err)
	}
	var names []string
	for name := range h.Fields() {
		names = append(names, string(name))
	}
	if want := []string{"From", "To", "Cc", "Subject"}; !slices.Equal(names, want) {
		t.Errorf("fields %q, want %q", names, want)
	}
	if got := h.Get("SUBJECT"); string(got) != "one\r\n two" || mail.Text(got) != "one two" {
		t.Errorf("subject %q", got)
	}
	if h.Get("Date") != nil {
		t.Error("an absent field is found")
	}
	for b, want := range map[string]error{"": wire.Short, "x\r\n": wire.Malformed, "\r\n": nil, "\nX: y": nil, "X: y": nil} {
		if _, err := mail.ParseHeader([]byte(b)); !errors.Is(err, want) {
			t.Errorf("ParseHeader(%q): %v, want %v", b, err, want)
		}
	}
}

func TestMailAddresses(t *testing.T) {
	tests := []struct {
		body string
		want [][2]string
	}{
		// RFC 5322 appendix A.1 and A.6.
		{"John Doe <jdoe@machine.example>", [][2]string{{"John Doe", "jdoe@machine.example"}}},
		{`"Joe Q. Public" <john.q.public@example.com>`, [][2]string{{`"Joe Q. Public"`, "john.q.public@example.com"}}},
		{"Mary Smith <mary@x.test>, jdoe@example.org, Who? <one@y.test>", [][2]string{{"Mary Smith", "mary@x.test"}, {"", "jdoe@example.org"}, {"Who?", "one@y.test"}}},
		{`<boss@nil.test>, "Giant; \"Big\" Box" <sysservices@example.net>`, [][2]string{{"", "boss@nil.test"}, {`"Giant; \"Big\" Box"`, "sysservices@example.net"}}},
		{"A Group:Ed Jones <c@a.test>,joe@where.test,John <jdoe@one.test>;", [][2]string{{"Ed Jones", "c@a.test"}, {"", "joe@where.test"}, {"John", "jdoe@one.test"}}},
		{"Undisclosed recipients:;", nil},
		{"Mary Smith <@node.test,@b.test:mary@example.net>, , jdoe@test  . example", [][2]string{{"Mary Smith", "mary@example.net"}, {"", "jdoe@test  . example"}}},
		// What senders write.
		{"<dgo.billing@dhl.com> (DHL, x)", [][2]string{{"", "dgo.billing@dhl.com"}}},
		{"a@b.example (Name), c@d.example", [][2]string{{"", "a@b.example"}, {"", "c@d.example"}}},
		{"\"a@b.example <c@d.example>", [][2]string{{"\"a@b.example", "c@d.example"}}},
		{"Doe, John <jdoe@a.example>", [][2]string{{"John", "jdoe@a.example"}}},
		{"a@[192.0.2.1]; b@c.example", [][2]string{{"", "a@[192.0.2.1]"}, {"", "b@c.example"}}},
		{"<a@b.example", [][2]string{{"", "a@b.example"}}},
		{"nobody", nil},
		{"", nil},
	}
	for _, tt := range tests {
		var got [][2]string
		for display, addr := range mail.Addresses([]byte(tt.body)) {
			got = append(got, [2]string{string(display), string(addr)})
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.body, diff)
		}
	}
}

// capturedFields returns the bodies of the fields with these names in the mail
// of testdata, including its parts.
func capturedFields(t testing.TB, names ...string) (bodies [][]byte) {
	t.Helper()
	for _, b := range viewtest.CapturedPayloads(t, "smtp.pcap") {
		for line := range strings.Lines(string(b)) {
			name, body, ok := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
			if ok && slices.Contains(names, name) {
				bodies = append(bodies, []byte(body))
			}
		}
	}
	if len(bodies) == 0 {
		t.Fatal("no fields ", names)
	}
	return bodies
}

// Addresses that net/mail accepts, Addresses accepts too.
func FuzzMailAddresses(f *testing.F) {
	for _, s := range []string{"a@b.example", "A <a@b.example>, c@d.example", `"x, y" <a@b.example>`, "g: a@b.example;", "a@b.example (c)"} {
		f.Add(s)
	}
	for _, body := range capturedFields(f, "From", "To") {
		f.Add(string(body))
	}
	f.Fuzz(func(t *testing.T, body string) {
		var got []string
		for _, addr := range mail.Addresses([]byte(body)) {
			got = append(got, string(addr))
		}
		list, err := stdmail.ParseAddressList(body)
		if err != nil || strings.ContainsAny(body, "(\\\"[=:;\r\n\t") {
			return // net/mail decodes and unquotes, and does not end a name at a colon
		}
		var want []string
		for _, a := range list {
			want = append(want, a.Address)
		}
		for i := range got {
			got[i] = strings.ReplaceAll(got[i], " ", "")
		}
		if !slices.Equal(want, got) {
			t.Errorf("%q: %q, net/mail has %q", body, got, want)
		}
	})
}

// Header sections designed to be slow are parsed in linear time.
func TestMailLinear(t *testing.T) {
	began := time.Now()
	for _, unit := range []string{"(", "\"", "[", "<", ",", ":", "(\"", "\\", "<@", "a@b,", ";", "=", "=?", "x*0=y;", "\n "} {
		body := []byte(strings.Repeat(unit, 1<<20/len(unit)))
		for range mail.Addresses(body) {
		}
		p := mail.ParseParams(body)
		p.Get("x")
		mail.Text(body)
		mail.ParseHeader(body)
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("took %v", d)
	}
}
