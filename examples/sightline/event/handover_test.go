package event

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const story = "../../../testdata/story.pcapng"

// detected returns the values for detection in the table of a capture, but those of
// some types.
func detected(t *testing.T, but ...string) (values []string) {
	t.Helper()
	_, stdout, _ := run1(t, nil, "-q", "-o", "csv", story)
	rows, err := csv.NewReader(strings.NewReader(stdout)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		if row[3] == "true" && !slices.Contains(but, row[0]) {
			values = append(values, row[2])
		}
	}
	slices.Sort(values)
	return values
}

// A STIX bundle has an indicator for each value for detection, and requests on demand.
func TestSTIX(t *testing.T) {
	for _, args := range [][]string{{"-detail", "indicators"}, {"-detail", "indicators", "-http-requests"}, {"-http-requests"}} {
		status, stdout, stderr := run1(t, nil, append([]string{"-o", "stix", "-tag", "tlp:green", story}, args...)...)
		var bundle struct {
			Objects []struct{ Type, Name string }
		}
		if err := json.Unmarshal([]byte(stdout), &bundle); status != 0 || err != nil {
			t.Fatal(status, err, stderr)
		}
		var got []string
		for _, o := range bundle.Objects {
			if o.Type == "indicator" {
				got = append(got, o.Name)
			}
		}
		slices.Sort(got)
		if args[0] == "-detail" {
			if diff := cmp.Diff(detected(t, "ja3-fingerprint-md5"), got); diff != "" {
				t.Error(diff)
			}
		}
		if requests := strings.Contains(stdout, "http-request-ext"); requests != (args[0] == "-http-requests") {
			t.Errorf("%q: requests %t", args, requests)
		}
	}
	if status, _, stderr := run1(t, nil, "-http-requests", story); status != 2 || !strings.Contains(stderr, "-o stix") {
		t.Errorf("status %d, %s", status, stderr)
	}
}

// Each value for detection is in the rules and in Zeek's file, or a comment counts its
// type.
func TestRulesAndIntel(t *testing.T) {
	_, rules, _ := run1(t, nil, "-q", "-detail", "indicators", "-o", "suricata", story)
	_, intel, _ := run1(t, nil, "-q", "-detail", "indicators", "-o", "zeek-intel", story)
	for _, value := range detected(t, "ja3-fingerprint-md5") {
		name, hash, file := strings.Cut(value, "|")
		indicator := strings.TrimPrefix(name, "http://")
		if file && len(hash) == 64 {
			indicator = hash
			if !strings.Contains(rules, "# without a rule: 1 filename|sha256\n") {
				t.Error("no comment on the hash in the rules")
			}
		} else if !strings.Contains(rules, indicator) {
			t.Errorf("rules: no %s", value)
		}
		if !strings.Contains(intel, "\n"+indicator+"\tIntel::") {
			t.Errorf("intel: no %s", value)
		}
	}
}
