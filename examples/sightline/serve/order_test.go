package serve

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// permutations calls f with all orders of members, joined as an object.
func permutations(members []string, f func(object string)) {
	var place func(n int)
	place = func(n int) {
		if n == len(members) {
			f("{" + strings.Join(members, ",") + "}")
			return
		}
		for i := n; i < len(members); i++ {
			members[n], members[i] = members[i], members[n]
			place(n + 1)
			members[n], members[i] = members[i], members[n]
		}
	}
	place(0)
}

// The members of an object have no order: RFC 8259 section 4.
func TestAnyOrderOfImport(t *testing.T) {
	v := start(t)
	data := base64.StdEncoding.EncodeToString(story(t))
	for _, config := range []string{`"private":"1","tags":"tlp:amber","most_rows":"4"`, `"include":"http,files","hashes":"0"`, ""} {
		want := v.query(fmt.Sprintf(`{"module":"pcap_import","event_id":"42","config":{%s},"data":"%s","filename":"a.pcap"}`, config, data))
		if want.rows() == 0 {
			t.Fatalf("%s: %+v", config, want)
		}
		members := []string{`"module":"pcap_import","event_id":"42"`, `"config":{` + config + `}`, `"data":"` + data + `"`, `"filename":"a.pcap"`}
		permutations(members, func(query string) {
			if diff := cmp.Diff(want, v.query(query)); diff != "" {
				t.Errorf("%.80s: %s", query, diff)
			}
		})
	}
}

func TestAnyOrderOfExpansion(t *testing.T) {
	v := start(t)
	for typ, file := range map[string][]byte{attachmentType: requests(1), sampleType: unhex(t, infozipSample), "attachment of another file": unhex(t, infozipSample)} {
		typ, _, _ = strings.Cut(typ, " ")
		whole := `"event_id":"42","config":{"tags":"tlp:amber"}`
		want := v.query(fmt.Sprintf(`{"module":"pcap_expand","attribute":{"type":"%s","uuid":"%s","value":"a.pcap","data":"%s"},%s}`,
			typ, attachmentUUID, base64.StdEncoding.EncodeToString(file), whole))
		inner := []string{`"type":"` + typ + `"`, `"uuid":"` + attachmentUUID + `"`, `"value":"a.pcap"`, `"data":"` + base64.StdEncoding.EncodeToString(file) + `"`}
		permutations(inner, func(attribute string) {
			for _, query := range []string{
				`{"module":"pcap_expand","attribute":` + attribute + `,` + whole + `}`,
				`{"attribute":` + attribute + `,` + whole + `,"module":"pcap_expand"}`,
			} {
				if diff := cmp.Diff(want, v.query(query)); diff != "" {
					t.Errorf("%.80s: %s", query, diff)
				}
			}
		})
	}
	a := v.query(`{"attribute":{"data":"` + base64.StdEncoding.EncodeToString(requests(1)) + `","type":"malware-sample"},"module":"pcap_expand"}`)
	if a.Error != "The malware sample cannot be read: it is not a zip archive." {
		t.Errorf("%+v", a)
	}
}

// A capture is not kept without limit for options that follow it. Options that do not
// matter for reading it may follow any capture.
func TestLargeBeforeConfig(t *testing.T) {
	v := start(t, "-memory", "64") // of which an import's half of a share is 8 MiB
	for records, fits := range map[int]bool{1: true, 9 << 20 / 16: false} {
		capture := append(requests(3), make([]byte, 16*records)...) // of empty packets
		text := `{"data":"` + base64.StdEncoding.EncodeToString(capture) + `","module":"pcap_import","config":{%s}}`
		if a := v.query(fmt.Sprintf(text, `"detail":"1"`)); !a.values()["http://host0.example/0"] || a.Error != "" && !strings.HasPrefix(a.Error, "Incomplete") {
			t.Errorf("%d bytes: %+v", len(capture), a)
		}
		a := v.query(fmt.Sprintf(text, `"include":"http"`))
		if fits != a.values()["http://host0.example/0"] || !fits && !strings.HasPrefix(a.Error, `The key "config" must come before "data" if the capture is larger than 8.4 MB`) {
			t.Errorf("%d bytes: %+v", len(capture), a)
		}
	}
}

// What was found is lost if the module is missing, as no module was asked.
func TestTruncatedBeforeModule(t *testing.T) {
	v := start(t)
	text := `{"data":"` + base64.StdEncoding.EncodeToString(requests(3))
	if status, body := v.do(v.request("POST", "/query", strings.NewReader(text))); status != 500 {
		t.Errorf("%d %s", status, body)
	}
}
