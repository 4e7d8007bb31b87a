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

// What misp-modules answers, without the text of its pages.
func TestProtocol(t *testing.T) {
	v := start(t)
	for _, test := range []struct {
		method, path, body string
		status             int
		answer             string // "": a page
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

// MISP refuses modules for reasons of its own; see Module.php and
// EventsController::importModule.
func TestModules(t *testing.T) {
	for _, warninglists := range []bool{false, true} {
		b, err := json.Marshal(moduleList("1", true, warninglists))
		if err != nil {
			t.Fatal(err)
		}
		var list []struct {
			Name           string
			MISPAttributes struct {
				InputSource []string
				Format      string
				UserConfig  map[string]map[string]any
			}
			Meta map[string]any
		}
		if err := json.Unmarshal(b, &list); err != nil {
			t.Fatal(err)
		}
		m := list[0]
		if len(list) != 1 || !regexp.MustCompile(`^[A-Za-z0-9_]+$`).MatchString(m.Name) || m.MISPAttributes.Format != "misp_standard" ||
			!slices.Equal(m.MISPAttributes.InputSource, []string{"file"}) {
			t.Errorf("%+v", m)
		}
		if diff := cmp.Diff([]any{"import"}, m.Meta["module-type"]); diff != "" {
			t.Error(diff)
		}
		for key, f := range m.MISPAttributes.UserConfig {
			typ := f["type"]
			switch {
			case f["regex"] != nil, f["message"] == "", !slices.Contains([]any{"String", "Boolean", "Select"}, typ),
				(f["validation"] != nil) != (typ == "String"), typ == "String" && f["validation"] != "0",
				(f["options"] != nil) != (typ == "Select"):
				t.Errorf("%s: %v", key, f)
			}
		}
		if _, there := m.MISPAttributes.UserConfig["warninglists"]; there != warninglists {
			t.Error("the form offers warninglists that are not there, or hides them")
		}
	}
}

func TestImport(t *testing.T) {
	v := start(t)
	whole := body(story(t), "")
	a := v.query(whole)
	if !a.values()[storyURL] || a.Error != "" {
		t.Fatalf("%q, %d rows", a.Error, a.rows())
	}
	// The UUIDs follow from the number of the event.
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
	// The file's name comes behind the capture, and reaches the object about it.
	if o := a.Results.Object[0]; o.Name != "pcap-metadata" || !slices.ContainsFunc(o.Attribute, func(r row) bool { return r.Value == "case 42.pcap" }) {
		t.Errorf("%+v", o)
	}
	// The same in other words.
	if b := v.query(strings.ReplaceAll(whole, "/", `\/`)); !cmp.Equal(a, b) {
		t.Error("escapes change the answer:", cmp.Diff(a, b))
	}
	if b := v.query(" {\n" + strings.ReplaceAll(whole[1:], `":`, "\" :\r\n\t")); !cmp.Equal(a, b) {
		t.Error("blanks change the answer:", cmp.Diff(a, b))
	}
	if b := v.query(strings.Replace(whole, `"module"`, `"x":[{"y":"]}"}],"mod\u0075le"`, 1)); !cmp.Equal(a, b) {
		t.Error("an unknown key changes the answer:", cmp.Diff(a, b))
	}
	lines := regexp.MustCompile(`"data":"`).ReplaceAllString(whole, `"data":"\r\n`)
	if b := v.query(lines); !cmp.Equal(a, b) {
		t.Error("line breaks change the answer:", cmp.Diff(a, b))
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

// Other events, and other servers, have other UUIDs.
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
	// Without an event they follow from the capture.
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
		{`"detail":"3"`, `detail: "3" is not one of 0 to 2.`},
		{`"include":"smtp"`, `What to look for: there is no "smtp"; there are ` + topicList() + `.`},
		{`"internal_networks":"10.0.0.0/33"`, `Own networks: "10.0.0.0/33" is not a network such as 192.0.2.0/24.`},
		{`"most_rows":"many"`, `most_rows: "many" is not a number from 1.`},
		{`"include":["dns"]`, `"include" is not a text.`},
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

// Files are given by their hashes, unless the user does without: the answer says
// so.
func TestHashes(t *testing.T) {
	const note = `Files were not hashed, as the option "hashes" says.`
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
		if _, list := v.get("/modules"); strings.Contains(list, `"hashes":{"type":"Boolean"`) != (test.flag != "none") {
			t.Errorf("-hash %s: %s", test.flag, list)
		}
	}
}

// What is on a warninglist is marked, if the user wants it.
func TestWarninglists(t *testing.T) {
	dir := t.TempDir()
	list := `{"name":"Hosts of ours","description":"","version":1,"type":"hostname","matching_attributes":["domain","hostname"],"list":["host1.example"]}`
	if err := os.WriteFile(filepath.Join(dir, "list.json"), []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	v := start(t, "-warninglists", dir)
	for config, want := range map[string]int{`"warninglists":"1"`: 1, `"warninglists":"0"`: 0} {
		marked := 0
		for _, r := range v.query(body(requests(3), config)).Results.Attribute {
			if strings.Contains(r.Comment, "on warninglist Hosts of ours") && r.Value == "host1.example" && !r.ToIDS {
				marked++
			}
		}
		if marked != want {
			t.Errorf("%s: %d are marked", config, marked)
		}
	}
	if _, list := v.get("/modules"); !strings.Contains(list, `"warninglists":{"type":"Boolean"`) {
		t.Error(list)
	}
	if _, _, stderr := run1("-warninglists", filepath.Join(dir, "missing")); !strings.Contains(stderr, "-warninglists") {
		t.Error(stderr)
	}
}

// A handler that fails answers as misp-modules does.
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

// The log tells sizes and times, and nothing of what is in a capture.
func TestLogIsSilentOnContents(t *testing.T) {
	v := start(t)
	v.query(body(story(t), ""))
	v.query(body([]byte("secret words"), ""))
	v.stop()
	log := v.log.String()
	for _, word := range []string{"badfiles", "198.51.100", "case 42", "secret", "UpdateHelper"} {
		if strings.Contains(log, word) {
			t.Errorf("the log tells %q: %s", word, log)
		}
	}
	if !strings.Contains(log, `"packets":205`) {
		t.Error(log)
	}
}
