package serve

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// What is wrong with a request is told as MISP shows it, and the service goes
// on.
func TestRefusals(t *testing.T) {
	v := start(t)
	capture := base64.StdEncoding.EncodeToString(requests(2))
	for _, test := range []struct{ name, body, want string }{
		{"unknown module", `{"module":"dns","data":"` + capture + `"}`, `There is no module "dns" here, only "pcap_import".`},
		{"no module", `{}`, `There is no module "" here, only "pcap_import".`},
		{"no data", `{"module":"pcap_import"}`, "The request has no data."},
		{"null", `{"module":"pcap_import","data":null}`, "The request has no data."},
		{"a number", `{"module":"pcap_import","data":1}`, `"data" is not a text.`},
		{"empty data", head("") + `"}`, "The data can not be read as a capture: "},
		{"no capture", body([]byte("hello"), ""), "The data can not be read as a capture: "},
		{"no base64", head("") + `!!!"}`, "The request is damaged (bad base64 at character 3"},
		{"config behind", `{"module":"pcap_import","data":"` + capture + `","config":{}}`, `The key "config" comes after "data"`},
		{"module behind", `{"data":"` + capture + `","module":"pcap_import"}`, `The key "module" is missing before "data"`},
		{"module twice", `{"module":"x","module":"pcap_import"}`, `The key "module" is there twice.`},
		{"data twice", body(requests(1), "")[:len(body(requests(1), ""))-1] + `,"data":"AAAA"}`, `The key "data" is there twice.`},
		{"config is a list", `{"module":"pcap_import","config":[1]}`, `"config" is not an object.`},
		{"depth 10,000", `{"x":` + strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) + `}`, "The request is nested deeper than 32."},
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
		t.Error("the service has stopped to serve")
	}
}

func keys(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`"k%d":%d`, i, i))
	}
	return strings.Join(list, ",")
}

// What was before damage is in the answer, and so is the damage.
func TestDamaged(t *testing.T) {
	v := start(t)
	capture := requests(4)
	good := base64.StdEncoding.EncodeToString(capture)
	half := len(good) / 8 * 4
	for _, test := range []struct{ name, body, want string }{
		{"the capture is cut", body(capture[:len(capture)-1], ""), "The capture is damaged (pcap: offset"},
		{"bad base64", head("") + good[:half] + "~" + good[half:] + `"}`, "The request is damaged (bad base64 at character"},
		{"the end is missing", head("") + good, "The request is damaged (the body is not JSON)"},
		{"a line break in the text", head("") + good[:half] + "\n" + good[half:] + `"}`, "The request is damaged (the body is not JSON)"},
		{"a wrong escape", head("") + good[:half] + `\q` + good[half:] + `"}`, "The request is damaged (the body is not JSON)"},
		{"more behind the object", body(capture, "") + "]", "The request is damaged (the body is not JSON)"},
	} {
		a := v.query(test.body)
		if !a.values()["http://host0.example/0"] || !strings.HasPrefix(a.Error, test.want) {
			t.Errorf("%s: %q, %d rows", test.name, a.Error, a.rows())
		}
	}
}

// zeros is 1 GiB that costs no memory.
func zeros(c byte) io.Reader { return io.LimitReader(repeated(c), 1<<30) }

type repeated byte

func (c repeated) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = byte(c)
	}
	return len(b), nil
}

// A body of 1 GiB does not make the memory grow, whatever it is.
func TestGigabyte(t *testing.T) {
	if testing.Short() {
		t.Skip("a gigabyte is too long for -short")
	}
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
		{"a list", io.MultiReader(strings.NewReader(`{"a":`), zeros('[')), 200, "The request is nested deeper", "1m"},
		{"no capture", io.MultiReader(strings.NewReader(head("")), zeros('A')), 200, "The data can not be read as a capture", "1m"},
		{"a capture with damage", io.MultiReader(strings.NewReader(begun), zeros('/')), 200, "The capture is damaged", "1m"},
		{"a capture of empty packets", io.MultiReader(strings.NewReader(begun), zeros('A')), 200, "Time ran out after 2s", "2s"},
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
		s.handler().ServeHTTP(w, httptest.NewRequest("POST", "/query", test.body))
		runtime.ReadMemStats(&after)
		if grown := int64(after.Sys) - int64(before.Sys); grown > 4<<20 {
			t.Errorf("%s: the process grew by %d bytes", test.name, grown)
		}
		if w.Code != test.status || !strings.Contains(w.Body.String(), test.want) {
			t.Errorf("%s: %d %.2000s", test.name, w.Code, w.Body)
		}
	}
}

// At the budget, what came until then is answered, although the rest of the body
// does not come at all.
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
		!strings.Contains(a.Error, `Without the option "hashes"`) {
		t.Errorf("%d rows, %s", a.rows(), a.Error)
	}
	if took < time.Second || took > time.Second+2*answerTime {
		t.Errorf("answered after %v", took)
	}
}

// A client that sends the rest of a body behind the answer still gets all of it.
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

// Only waiting for a client counts: what is there is taken, however long decoding
// took.
func TestPatience(t *testing.T) {
	now := time.Now()
	in := &intake{began: now, until: now.Add(time.Hour), maxBody: 1 << 20, minRate: 1, heap: newHeap(1 << 30), full: make(chan chunk, 1), empty: make(chan []byte, 2)}
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
		t.Errorf("%v are allowed", allowed)
	}
}

// A client that sends next to nothing does not keep a place.
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
	if a := decode(t, answer); a.rows() == 0 || !strings.HasPrefix(a.Error, "The request came too slowly: 0.0 MB of ") {
		t.Errorf("%d rows, %s", a.rows(), a.Error)
	}
	if took := time.Since(begin); took > 15*time.Second {
		t.Errorf("answered after %v", took)
	}
}

// A client that does not end its header is cut off.
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
		t.Errorf("cut off after %v", took)
	}
}

// Beyond -max-body, the beginning counts.
func TestTooLarge(t *testing.T) {
	v := start(t, "-max-body", "1")
	a := v.query(body(requests(20_000), ""))
	if a.rows() == 0 || !strings.HasPrefix(a.Error, "The request is larger than the 1.0 MB that this service takes: 1.0 MB of ") {
		t.Errorf("%d rows, %s", a.rows(), a.Error)
	}
}

// Who finds no place is told so. /modules needs none.
func TestBusy(t *testing.T) {
	v := start(t, "-imports", "1", "-wait", "100ms", "-budget", "5s")
	text := body(requests(2000), "")
	c := v.raw()
	v.post(c, "/query", len(text), text[:len(text)-10])
	for !strings.Contains(metricsOf(v), "sightline_imports_running 1\n") { // each turn asks the service
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
		t.Errorf("the place is not free again: %s", a.Error)
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

// An import in work is answered when the service stops.
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

// Where memory is short, reading stops, and what was found is answered.
func TestMemory(t *testing.T) {
	c, err := parse(nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newServer(c, c.logger(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC() // which tells how much is in use
	s.heap.limit = 1
	w := httptest.NewRecorder()
	s.handler().ServeHTTP(w, httptest.NewRequest("POST", "/query", strings.NewReader(body(requests(10), ""))))
	if a := decode(t, w.Body.String()); !strings.HasPrefix(a.Error, "The memory of the service was used up: 0.0 MB of ") {
		t.Errorf("%+v", a)
	}
}
