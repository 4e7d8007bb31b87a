package serve

import (
	"bufio"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// Errors in a request are reported as MISP shows them, and the service continues.
func TestRefusals(t *testing.T) {
	v := start(t)
	capture := base64.StdEncoding.EncodeToString(requests(2))
	for _, test := range []struct{ name, body, want string }{
		{"unknown module", `{"module":"dns","data":"` + capture + `"}`, `Unknown module "dns": this service has "pcap_import" and "pcap_expand".`},
		{"no module", `{}`, `Unknown module "": this service has "pcap_import" and "pcap_expand".`},
		{"no data", `{"module":"pcap_import"}`, "The request has no data."},
		{"null", `{"module":"pcap_import","data":null}`, "The request has no data."},
		{"a number", `{"module":"pcap_import","data":1}`, `"data" is not a string.`},
		{"empty data", head("") + `"}`, "The data is not a readable capture: "},
		{"not a capture", body([]byte("hello"), ""), "The data is not a readable capture: "},
		{"a zip archive", body([]byte("PK\x03\x04\x14\x00\x00\x00"), ""), "The data is not a readable capture: pcap: offset 0, after 0 records: not a capture file: it is a zip archive: unpack it first."},
		{"not base64", head("") + `!!!"}`, "The request is damaged (bad base64 at character 3"},
		{"a wrong config after data", `{"module":"pcap_import","data":"` + capture + `","config":{"detail":"9"}}`, `What to propose: "9" is not`},
		{"an unknown module after data", `{"data":"` + capture + `","module":"dns"}`, `Unknown module "dns": `},
		{"data without a module", `{"data":"` + capture + `"}`, `Unknown module "": `},
		{"the data of an attribute", `{"attribute":{"data":"` + capture + `"},"module":"pcap_import"}`, "The request has no data."},
		{"module twice", `{"module":"x","module":"pcap_import"}`, `The key "module" is duplicated.`},
		{"data twice", body(requests(1), "")[:len(body(requests(1), ""))-1] + `,"data":"AAAA"}`, `The key "data" is duplicated.`},
		{"config is a list", `{"module":"pcap_import","config":[1]}`, `"config" is not an object.`},
		{"depth 10,000", `{"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`, "The request is nested more than 32 levels deep."},
		{"a long key", `{"` + strings.Repeat("x", 100_000) + `":1}`, `A key or value other than "data" is longer than 64 KiB.`},
		{"a long value", `{"x":` + strings.Repeat("1", 100_000) + `}`, `A key or value other than "data" is longer than 64 KiB.`},
		{"many keys", `{` + keys(100) + `}`, "The request has more than 64 keys."},
	} {
		a := v.query(test.body)
		if !strings.HasPrefix(a.Error, test.want) || a.Results != nil {
			t.Errorf("%s: %+v", test.name, a)
		}
	}
	if a := v.query(body(story(t), "")); !a.values()[storyURL] {
		t.Error("the service has stopped")
	}
}

func keys(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"k%d":%d`, i, i))
	}
	return strings.Join(list, ",")
}

// The response has the results before the damage, and reports the damage.
func TestDamaged(t *testing.T) {
	v := start(t)
	capture := requests(4)
	good := base64.StdEncoding.EncodeToString(capture)
	half := len(good) / 8 * 4
	for _, test := range []struct{ name, body, want string }{
		{"truncated capture", body(capture[:len(capture)-1], ""), "The capture is damaged (pcap: offset"},
		{"bad base64", head("") + good[:half] + "~" + good[half:] + `"}`, "The request is damaged (bad base64 at character"},
		{"truncated request", head("") + good, "The request is damaged (the body is not JSON)"},
		{"a line break in the text", head("") + good[:half] + "\n" + good[half:] + `"}`, "The request is damaged (the body is not JSON)"},
		{"an invalid escape", head("") + good[:half] + `\q` + good[half:] + `"}`, "The request is damaged (the body is not JSON)"},
		{"text after the object", body(capture, "") + "]", "The request is damaged (the body is not JSON)"},
	} {
		a := v.query(test.body)
		if !a.values()["http://host0.example/0"] || !strings.HasPrefix(a.Error, test.want) {
			t.Errorf("%s: %q, %d rows", test.name, a.Error, a.rows())
		}
	}
}

// zeros returns 1 GiB that takes no memory.
func zeros(c byte) io.Reader { return io.LimitReader(repeated(c), 1<<30) }

// archived returns a query with an archive of zeros that takes no memory.
func archived(method uint16) io.Reader {
	entry := rawArchive("name", method, nil, 0)
	binary.LittleEndian.PutUint32(entry[18:], 700<<20)
	binary.LittleEndian.PutUint32(entry[22:], 700<<20)
	entry = append(entry, 0, 0)[:localLen+6] // a multiple of 3
	return io.MultiReader(strings.NewReader(head(`"private":"0"`)+base64.StdEncoding.EncodeToString(entry)), zeros('A'), strings.NewReader(`"}`))
}

type repeated byte

func (c repeated) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c)
	}
	return len(b), nil
}

// Memory does not grow with a body of 1 GiB, whatever its contents.
func TestGigabyte(t *testing.T) {
	if testing.Short() {
		t.Skip("a gigabyte is too long for -short")
	}
	// Captures of any size take up to 96 MiB: more than that is growth.
	runtime.KeepAlive(make([]byte, 96<<20))
	runtime.GC()
	begun := head("") + base64.StdEncoding.EncodeToString(requests(3)[:300])
	for _, test := range []struct {
		name   string
		body   io.Reader
		status int
		want   string
		budget string
	}{
		{"zeros", zeros(0), 500, "", "1m"},
		{"blanks", zeros(' '), 500, "", "1m"},
		{"a key", io.MultiReader(strings.NewReader(`{"`), zeros('a')), 200, "A key or value", "1m"},
		{"a list", io.MultiReader(strings.NewReader(`{"a":`), zeros('[')), 200, "The request is nested more than", "1m"},
		{"not a capture", io.MultiReader(strings.NewReader(head("")), zeros('A')), 200, "The data is not a readable capture", "1m"},
		{"a capture with damage", io.MultiReader(strings.NewReader(begun), zeros('/')), 200, "The capture is damaged", "1m"},
		{"a capture of empty packets", io.MultiReader(strings.NewReader(begun), zeros('A')), 200, "Time ran out after 2s", "2s"},
		{"an archive of a text", archived(methodStored), 200, "The data is not a readable capture: the zip archive is truncated.", "1m"},
		{"an archive of nonsense", archived(methodDeflated), 200, "The data is not a readable capture: the zip archive is truncated.", "1m"},
	} {
		c, err := parse([]string{"-budget", test.budget})
		if err != nil {
			t.Fatal(err)
		}
		s, err := newServer(c, c.logger(io.Discard))
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		w := httptest.NewRecorder()
		s.handler().ServeHTTP(w, httptest.NewRequest("POST", "http://localhost/query", test.body))
		runtime.ReadMemStats(&after)
		if grown := int64(after.Sys) - int64(before.Sys); grown > 4<<20 {
			t.Errorf("%s: the process grew by %d bytes", test.name, grown)
		}
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%s: %d %.2000s", test.name, w.Code, w.Body)
		}
	}
}

// At the end of the budget the response has the results so far, even if the rest of
// the body never arrives.
func TestBudget(t *testing.T) {
	v := start(t, "-budget", "1s")
	text := body(requests(2000), "")
	begin := time.Now()
	c := v.raw()
	v.post(c, "/query", len(text), text[:len(text)/2])
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(begin)
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := decode(t, string(answer))
	if a.rows() < 100 || !strings.HasPrefix(a.Error, "Time ran out after 1s: ") || !strings.Contains(a.Error, "(50 %) of the request") ||
		!strings.Contains(a.Error, `Without "Hash files", a capture takes a third less time.`) {
		t.Errorf("%d rows, %s", a.rows(), a.Error)
	}
	if took < time.Second || took > time.Second+2*answerTime {
		t.Errorf("answered after %v", took)
	}
}

// A client that sends the rest of a body after the response still gets all of the
// response.
func TestSendsOn(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until the budget is spent, as TestBudget does")
	}
	v := start(t, "-budget", "1s")
	text := body(requests(20_000), `"most_rows":"3000"`)
	c := v.raw()
	v.post(c, "/query", len(text)+4<<20, text[:len(text)/2])
	r := bufio.NewReaderSize(c, 16)
	if _, err := r.Peek(1); err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(c, repeated('A'), 4<<20); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, text[len(text)/2:]); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body)
	if a := decode(t, string(answer)); err != nil || a.rows() < 2000 || !strings.HasPrefix(a.Error, "Time ran out") {
		t.Errorf("%d rows, %s, %v", a.rows(), a.Error, err)
	}
}

// Only time spent waiting for a client counts: data that has arrived is read,
// however long decoding took.
func TestPatience(t *testing.T) {
	now := time.Now()
	in := &intake{ctx: t.Context(), began: now, until: now.Add(time.Hour), maxBody: 1 << 20, minRate: 1, heap: newHeap(1 << 30), full: make(chan chunk, 1), empty: make(chan []byte, 2)}
	in.waited = time.Minute
	in.full <- chunk{b: []byte("abc")}
	b := make([]byte, 8)
	if n, err := in.Read(b); n != 3 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if _, err := in.Read(b); err != errSlow {
		t.Errorf("%v, want %v", err, errSlow)
	}
	if allowed := (&intake{minRate: 64 << 10, taken: 1 << 20}).allowed(); allowed != patience+16*time.Second {
		t.Errorf("allowed: %v", allowed)
	}
}

// A very slow client does not keep its place.
func TestSlowClient(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until patience with the client ends")
	}
	t.Parallel()
	v := start(t, "-budget", "30s")
	text := body(requests(2000), "")
	begin := time.Now()
	c := v.raw()
	v.post(c, "/query", len(text), text[:4000])
	_, answer := v.answer(c)
	if a := decode(t, answer); a.rows() == 0 || !strings.HasPrefix(a.Error, "The client sent too slowly: 0.0 MB of ") {
		t.Errorf("%d rows, %s", a.rows(), a.Error)
	}
	if took := time.Since(begin); took > 15*time.Second {
		t.Errorf("answered after %v", took)
	}
}

// A client that never ends its header is disconnected.
func TestSlowHeader(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until the header takes too long")
	}
	t.Parallel()
	v := start(t)
	c := v.raw()
	if _, err := io.WriteString(c, "POST /query HTTP/1.1\r\nHost: "); err != nil {
		t.Fatal(err)
	}
	begin := time.Now()
	if _, err := io.ReadAll(c); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("disconnected after %v", took)
	}
}

// Of a request larger than -max-body, the beginning is used.
func TestTooLarge(t *testing.T) {
	v := start(t, "-max-body", "1")
	a := v.query(body(requests(20_000), ""))
	if a.rows() == 0 || !strings.HasPrefix(a.Error, "The request exceeds the limit of 1.0 MB: 1.0 MB of ") {
		t.Errorf("%d rows, %s", a.rows(), a.Error)
	}
}

// A request without a place is refused. /modules needs no place.
func TestBusy(t *testing.T) {
	v := start(t, "-imports", "1", "-wait", "100ms", "-budget", "5s")
	text := body(requests(2000), "")
	c := v.raw()
	v.post(c, "/query", len(text), text[:len(text)-10])
	for !strings.Contains(metricsOf(v), "sightline_imports_running 1\n") { // each iteration sends a request
	}
	if a := v.query(body(requests(1), "")); a.Error != "The service is busy with other captures; please try again in a few seconds." || a.Results != nil {
		t.Errorf("%+v", a)
	}
	begin := time.Now()
	if status, _ := v.get("/modules"); status != 200 || time.Since(begin) > time.Second {
		t.Errorf("/modules: %d after %v", status, time.Since(begin))
	}
	if _, err := io.WriteString(c, text[len(text)-10:]); err != nil {
		t.Fatal(err)
	}
	if _, answer := v.answer(c); rowsIn(t, answer) == 0 {
		t.Error(answer)
	}
	if a := v.query(body(requests(1), "")); a.rows() == 0 {
		t.Errorf("the place is not free: %s", a.Error)
	}
}

func metricsOf(v *service) string {
	_, text := v.get("/metrics")
	return text
}

func rowsIn(t *testing.T, answer string) int {
	t.Helper()
	a := decode(t, answer)
	return a.rows()
}

// A running import gets its response when the service stops.
func TestStops(t *testing.T) {
	v := start(t)
	text := body(requests(2000), "")
	c := v.raw()
	v.post(c, "/query", len(text), text[:len(text)-10])
	for !strings.Contains(metricsOf(v), "sightline_imports_running 1\n") {
	}
	stopped := make(chan bool)
	go func() { v.stop(); close(stopped) }()
	if _, err := io.WriteString(c, text[len(text)-10:]); err != nil {
		t.Fatal(err)
	}
	if _, answer := v.answer(c); rowsIn(t, answer) == 0 {
		t.Error(answer)
	}
	<-stopped
}

// At the memory limit reading stops, and the response has the results so far.
func TestMemory(t *testing.T) {
	c, err := parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(c, c.logger(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC() // which measures the live heap
	s.heap.limit = 1
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, httptest.NewRequest("POST", "http://localhost/query", strings.NewReader(body(requests(10), ""))))
	if a := decode(t, w.Body.String()); !strings.HasPrefix(a.Error, "The service ran out of memory: 0.0 MB of ") {
		t.Errorf("%+v", a)
	}
}
