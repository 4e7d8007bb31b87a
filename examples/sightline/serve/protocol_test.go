package serve

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract/misp"
)

// The responses are those of misp-modules, except for the text of error pages.
func TestProtocol(t *testing.T) {
	v := start(t)
	for _, test := range []struct {
		method, path, body string
		status             int
		answer             string // "" for an error page
	}{
		{"GET", "/healthcheck", "", 200, `{"status":true}`},
		{"GET", "/version", "", 200, `{"version":"` + version() + `"}`},
		{"GET", "/query", "", 405, ""},
		{"OPTIONS", "/query", "", 405, ""},
		{"POST", "/modules", "", 405, ""},
		{"DELETE", "/analyze", "", 405, ""},
		{"GET", "/nosuch", "", 404, ""},
		{"GET", "/page/index.html", "", 404, ""},
		{"GET", "/../run.go", "", 404, ""},
		{"POST", "/query", "{not json", 500, ""},
		{"POST", "/query", "", 500, ""},
		{"POST", "/query", "[]", 500, ""},
		{"POST", "/query", `{"module":"pcap_import"`, 500, ""},
		{"POST", "/query", `{"module":"pcap_import"} x`, 500, ""},
		{"POST", "/query", `{"module":"pcap_import","data":"QUJD`, 500, ""},
	} {
		status, answer := v.do(v.request(test.method, test.path, strings.NewReader(test.body)))
		if status != test.status || test.answer != "" && answer != test.answer || test.answer == "" && !strings.HasPrefix(answer, "<html>") {
			t.Errorf("%s %s %s: %d %s", test.method, test.path, test.body, status, answer)
		}
	}
}

// The modules pass the checks in MISP's Module.php, EventsController::importModule and
// EventsController::queryEnrichment.
func TestModules(t *testing.T) {
	for _, warninglists := range []bool{false, true} {
		b, err := json.Marshal(moduleList("1", true, warninglists))
		if err != nil {
			t.Fatal(err)
		}
		var list []struct {
			Name           string
			MISPAttributes struct {
				InputSource, Input []string
				Format             string
				UserConfig         map[string]map[string]any
			}
			Meta struct {
				Config     []string
				ModuleType []string `json:"module-type"`
			}
		}
		if err := json.Unmarshal(b, &list); err != nil {
			t.Fatal(err)
		}
		if len(list) != 2 || list[0].Name != "pcap_import" || list[1].Name != "pcap_expand" {
			t.Fatalf("%+v", list)
		}
		imports, expands := list[0].MISPAttributes, list[1].MISPAttributes
		if imports.Format != "misp_standard" || expands.Format != "misp_standard" || !slices.Equal(imports.InputSource, []string{"file"}) ||
			!slices.Equal(expands.Input, []string{"attachment", "malware-sample"}) {
			t.Errorf("%+v, %+v", imports, expands)
		}
		if diff := cmp.Diff([][]string{{"import"}, {"expansion"}}, [][]string{list[0].Meta.ModuleType, list[1].Meta.ModuleType}); diff != "" {
			t.Error(diff)
		}
		for key, f := range imports.UserConfig {
			typ := f["type"]
			switch {
			case f["regex"] != nil, f["message"] == "", !slices.Contains([]any{"String", "Boolean", "Select"}, typ),
				(f["validation"] != nil) != (typ == "String"), typ == "String" && f["validation"] != "0",
				(f["options"] != nil) != (typ == "Select"), !regexp.MustCompile("^[A-Z][a-z ]+$").MatchString(key):
				t.Errorf("%s: %v", key, f)
			}
		}
		if _, there := imports.UserConfig["Use warninglists"]; there != warninglists || slices.Contains(list[1].Meta.Config, "warninglists") != warninglists {
			t.Error("wrong warninglists field")
		}
		for _, key := range list[1].Meta.Config {
			if !regexp.MustCompile("^[a-z_]+$").MatchString(key) {
				t.Errorf("setting %q", key)
			}
		}
	}
}

// MISP shows the fields in the order of the JSON.
func TestFormOrder(t *testing.T) {
	b, err := json.Marshal(importForm(true, true))
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for _, label := range []string{"What to propose", "Look for", "Own networks", "Local addresses too", "Use warninglists", "Hash files", "Tags for the event", "Most rows", "Most objects"} {
		i := strings.Index(string(b[at:]), `"`+label+`":{`)
		if i < 0 {
			t.Fatalf("%q is not after %s", label, b[:at])
		}
		at += i
	}
}

func TestImport(t *testing.T) {
	v := start(t)
	whole := body(story(t), "")
	a := v.query(whole)
	if !a.values()[storyURL] || a.Error != "" {
		t.Fatalf("%q, %d rows", a.Error, a.rows())
	}
	// The UUIDs are derived from the event's number.
	event := misp.NewUUID(mustUUID(t, defaultNamespace), "42")
	for _, r := range a.Results.Attribute {
		want, err := misp.NewAttribute(event, misp.Type(r.Type), r.Value)
		if err != nil || r.UUID != want.UUID.String() {
			t.Errorf("%+v: %v, %v", r, want.UUID, err)
		}
		if r.Comment == "" {
			t.Errorf("%s has no comment", r.Value)
		}
	}
	// MISP fills in the comments of objects' attributes.
	if a.Comment != "case 42.pcap" {
		t.Errorf("comment %q", a.Comment)
	}
	// The file name comes after the capture, and still is in the object about it.
	if o := a.Results.Object[0]; o.Name != "pcap-metadata" || !slices.ContainsFunc(o.Attribute, func(r row) bool { return r.Value == "case 42.pcap" }) {
		t.Errorf("%+v", o)
	}
	// Equivalent JSON gives the same response.
	if b := v.query(strings.ReplaceAll(whole, "/", `\/`)); !cmp.Equal(a, b) {
		t.Error("escapes change the response:", cmp.Diff(a, b))
	}
	if b := v.query(" {\n" + strings.ReplaceAll(whole[1:], `":`, "\" :\r\n\t")); !cmp.Equal(a, b) {
		t.Error("white space changes the response:", cmp.Diff(a, b))
	}
	if b := v.query(strings.Replace(whole, `"module"`, `"x":[{"y":"]}"}],"mod\u0075le"`, 1)); !cmp.Equal(a, b) {
		t.Error("an unknown key changes the response:", cmp.Diff(a, b))
	}
	lines := regexp.MustCompile(`"data":"`).ReplaceAllString(whole, `"data":"\r\n`)
	if b := v.query(lines); !cmp.Equal(a, b) {
		t.Error("line breaks change the response:", cmp.Diff(a, b))
	}
}

func mustUUID(t *testing.T, s string) misp.UUID {
	t.Helper()
	u, err := misp.ParseUUID(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// Different events and namespaces give different UUIDs.
func TestNamespace(t *testing.T) {
	uuids := map[string]bool{}
	one, other := start(t), start(t, "-namespace", "00000000-0000-4000-8000-000000000001")
	capture := body(requests(1), "")
	for _, a := range []answered{one.query(capture), one.query(strings.Replace(capture, `"42"`, `43`, 1)), other.query(capture)} {
		uuids[a.Results.Attribute[0].UUID] = true
	}
	if len(uuids) != 3 {
		t.Errorf("%d UUIDs", len(uuids))
	}
	// Without an event they are derived from the capture.
	for _, id := range []string{"null", `""`} {
		uuids[one.query(strings.Replace(capture, `"42"`, id, 1)).Results.Attribute[0].UUID] = true
	}
	if len(uuids) != 4 {
		t.Errorf("%d UUIDs", len(uuids))
	}
}

func TestChoices(t *testing.T) {
	v := start(t)
	capture := requests(3)
	types := func(config string) string {
		a := v.query(body(capture, config))
		if a.Results == nil {
			return a.Error
		}
		seen := map[string]bool{}
		for _, r := range a.Results.Attribute {
			seen[r.Type] = true
		}
		for _, o := range a.Results.Object {
			seen[o.Name] = true
		}
		var list []string
		for s := range seen {
			list = append(list, s)
		}
		slices.Sort(list)
		return strings.Join(list, " ")
	}
	const everything = "domain http-request ip-dst pcap-metadata url"
	for _, test := range []struct{ config, want string }{
		{``, everything},
		{`"detail":"0","private":"0","internal_networks":"","include":"","most_rows":"","most_objects":""`, everything},
		{`"detail":null,"private":null,"internal_networks":null,"include":null,"most_rows":null`, everything},
		{`"detail":0,"private":false,"most_rows":0`, everything},
		{`"detail":"1"`, "domain ip-dst url"},
		{`"detail":"2"`, "http-request pcap-metadata"},
		{`"private":"1"`, "domain http-request ip-dst ip-src mac-address pcap-metadata url"},
		{`"detail":"1","internal_networks":"198.51.0.0/16, 2001:db8::/32"`, "domain url"},
		{`"detail":"1","internal_networks":"198.51.100.1 198.51.100.2;198.51.100.3"`, "domain url"},
		{`"detail":"1","include":"IP, dns"`, "ip-dst"},
		{`"detail":"2","most_objects":"1"`, "pcap-metadata"},
		{`"What to propose":"1","Own networks":"198.51.0.0/16, 2001:db8::/32"`, "domain url"},
		{`"What to propose":"0","Local addresses too":"1","Look for":"","Own networks":"","Most rows":"","Most objects":""`, "domain http-request ip-dst ip-src mac-address pcap-metadata url"},
		{`"What to propose":"1","detail":"2"`, "domain ip-dst url"},
		{`"detail":"attributes ONLY"`, "domain ip-dst url"},
		{`"Tags for the event":"tlp:amber"`, everything},
		{`"detail":"3"`, `What to propose: "3" is not a number from 0 to 2.`},
		{`"include":"smtp"`, `Look for: "smtp" is not a topic: use ` + topicList() + `.`},
		{`"internal_networks":"10.0.0.0/33"`, `Own networks: "10.0.0.0/33" is not a network such as 192.0.2.0/24.`},
		{`"most_rows":"many"`, `Most rows: "many" is not a positive number.`},
		{`"include":["dns"]`, `"include" is not a string.`},
		{`"warninglists":"1","detail":"1"`, "domain ip-dst url"},
	} {
		if got := types(test.config); got != test.want {
			t.Errorf("%s: %q, want %q", test.config, got, test.want)
		}
	}
	if a := v.query(body(capture, `"warninglists":"1"`)); a.Error != "This service has no warninglists." {
		t.Error(a.Error)
	}
}

// Files are reported by their hashes unless the user turns hashes off; a note says
// so.
func TestHashes(t *testing.T) {
	const note = `Files were not hashed, because "Hash files" is off.`
	for _, test := range []struct {
		flag, config string
		hashed       bool
	}{
		{"sha256", ``, true}, {"sha256", `"hashes":"1"`, true}, {"sha256", `"hashes":null`, true},
		{"sha256", `"hashes":"0"`, false}, {"none", ``, false}, {"none", `"hashes":"1"`, false},
	} {
		v := start(t, "-hash", test.flag)
		a := v.query(body(story(t), test.config))
		hashed := false
		for _, row := range a.Results.Attribute {
			hashed = hashed || strings.Contains(row.Type, "sha256") && !strings.HasPrefix(row.Type, "x509")
		}
		if hashed != test.hashed || strings.Contains(a.Error, note) != (test.config == `"hashes":"0"`) {
			t.Errorf("-hash %s, %s: hashes %t, %q", test.flag, test.config, hashed, a.Error)
		}
		if _, list := v.get("/modules"); strings.Contains(list, `"Hash files":{"type":"Boolean"`) != (test.flag != "none") {
			t.Errorf("-hash %s: %s", test.flag, list)
		}
	}
}

// Values on a warninglist are marked if the user selects it.
func TestWarninglists(t *testing.T) {
	dir := t.TempDir()
	list := `{"name":"Hosts of ours","description":"","version":1,"type":"hostname","matching_attributes":["domain","hostname"],"list":["host1.example"]}`
	if err := os.WriteFile(filepath.Join(dir, "list.json"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	v := start(t, "-warninglists", dir)
	for config, want := range map[string]int{`"warninglists":"1"`: 1, `"warninglists":"0"`: 0, `"Use warninglists":"0"`: 0, ``: 1} {
		marked := 0
		for _, r := range v.query(body(requests(3), config)).Results.Attribute {
			if strings.Contains(r.Comment, "on warninglist Hosts of ours") && r.Value == "host1.example" && !r.ToIDS {
				marked++
			}
		}
		if marked != want {
			t.Errorf("%s: %d values are marked", config, marked)
		}
	}
	if _, list := v.get("/modules"); !strings.Contains(list, `"Use warninglists":{"type":"Boolean"`) {
		t.Error(list)
	}
	if _, _, stderr := run1("-warninglists", filepath.Join(dir, "missing")); !strings.Contains(stderr, "-warninglists") {
		t.Error(stderr)
	}
}

// Tags go to the event. MISP refuses some.
func TestTags(t *testing.T) {
	v := start(t)
	a := v.query(body(requests(1), `"Tags for the event":" tlp:amber, misp-galaxy:threat-actor=\"APT 29\",,"`))
	if diff := cmp.Diff([]string{"tlp:amber", `misp-galaxy:threat-actor="APT 29"`}, a.tags()); diff != "" || a.Error != "" {
		t.Error(a.Error, diff)
	}
	for tags, want := range map[string]string{
		strings.Repeat("x", 300): "Tags for the event: MISP cannot store the tag ", `a\u0000b`: "Tags for the event: MISP cannot store the tag ",
		strings.Repeat("a,", 65): "Tags for the event: there are more than 64.",
	} {
		if a := v.query(body(requests(1), `"tags":"`+tags+`"`)); !strings.HasPrefix(a.Error, want) || a.Results != nil {
			t.Errorf("%.20s: %+v", tags, a)
		}
	}
}

// A handler that panics responds as misp-modules does.
func TestRecovers(t *testing.T) {
	s := &server{log: (&config{}).logger(t.Output())}
	w := httptest.NewRecorder()
	s.recovering(nil).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if got, want := w.Body.String(), `{"error":"Something went wrong, look in the server logs for details"}`; w.Code != 200 || got != want {
		t.Errorf("%d %s", w.Code, got)
	}
}

func TestMetrics(t *testing.T) {
	v := start(t)
	v.query(body(requests(3), ""))
	v.query(`{"module":"other"}`)
	v.get("/modules")
	_, text := v.get("/metrics")
	for _, line := range []string{
		`sightline_imports_total{outcome="whole"} 1`, `sightline_imports_total{outcome="invalid"} 1`, `sightline_imports_total{outcome="busy"} 0`,
		`sightline_imports_packets_total 3`, `sightline_imports_running 0`, `sightline_modules_requests_total 1`, "# TYPE sightline_imports_total counter",
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no %s in\n%s", line, text)
		}
	}
	form := regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{outcome="[a-z]+"\})? [0-9.e+-]+)$`)
	for line := range strings.Lines(text) {
		if !form.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("%q", line)
		}
	}
}

// The log has sizes and times, and nothing from a capture.
func TestLogIsSilentOnContents(t *testing.T) {
	v := start(t)
	v.query(body(story(t), ""))
	v.query(body([]byte("secret words"), ""))
	v.stop()
	log := v.log.String()
	for _, word := range []string{"badfiles", "198.51.100", "case 42", "secret", "UpdateHelper"} {
		if strings.Contains(log, word) {
			t.Errorf("the log contains %q: %s", word, log)
		}
	}
	if !strings.Contains(log, `"packets":205`) {
		t.Error(log)
	}
}
