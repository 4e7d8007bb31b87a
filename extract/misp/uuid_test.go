package misp

import "testing"

func TestNewUUID(t *testing.T) {
	// RFC 9562 appendix A.4: www.example.com in the DNS namespace.
	dns, err := ParseUUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")
	if err != nil {
		t.Fatal(err)
	}
	if got := NewUUID(dns, "www.example.com").String(); got != "2ed6657d-e927-568b-95e1-2665a8aea6a2" {
		t.Error(got)
	}
	if NewUUID(dns, "a", "bc") == NewUUID(dns, "ab", "c") {
		t.Error("different parts give the same UUID")
	}
}

func TestParseUUID(t *testing.T) {
	const text = "2ed6657d-e927-568b-95e1-2665a8aea6a2"
	u, err := ParseUUID(text)
	if err != nil || u.String() != text {
		t.Errorf("%v, %v", u, err)
	}
	for _, bad := range []string{"", text[1:], text + "0", "2ed6657d+e927-568b-95e1-2665a8aea6a2", "2ed6657d-e927-568b-95e1-2665a8aea6ag"} {
		if _, err := ParseUUID(bad); err == nil {
			t.Errorf("no error for %q", bad)
		}
	}
}
