package sightings

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sightline-go/sightline/extract/misp"
)

const testKey = "Zo9aXeUnGkDq3YbTtPpLhWc7RvMsJi5KfE1oNu8B"

// A server imitates the parts of a MISP 2.5 server that the program uses.
type server struct {
	*httptest.Server
	t          *testing.T
	attributes []stored
	sightings  []sent

	mu      sync.Mutex // serialises requests
	queries []query
	posts   int
	fault   func(w http.ResponseWriter, r *http.Request) bool // responds in place of the server
}

// A stored is an attribute on the server.
type stored struct {
	ID        string    `json:"id"`
	UUID      misp.UUID `json:"uuid"`
	EventID   string    `json:"event_id"`
	Type      misp.Type `json:"type"`
	Value     string    `json:"value"`
	ToIDS     bool      `json:"to_ids"`
	Relation  *string   `json:"object_relation"`
	published bool
}

// A sent is a sighting as received.
type sent struct {
	UUID      string `json:"uuid"`
	Attribute string `json:"attribute_uuid"`
	Date      string `json:"date_sighting"`
	Type      string `json:"type"`
	Source    string `json:"source"`
}

// newServer starts a server with attributes "type value", all in event 1.
func newServer(t *testing.T, attributes ...string) *server {
	s := &server{t: t}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	for _, a := range attributes {
		s.add("1", a)
	}
	return s
}

func (s *server) add(event, attribute string) {
	typ, text, _ := strings.Cut(attribute, " ")
	id := misp.NewUUID(misp.UUID{}, event, attribute)
	s.attributes = append(s.attributes, stored{strconv.Itoa(len(s.attributes) + 1), id, event, misp.Type(typ), text, true, nil, true})
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.posts++
	if s.fault != nil && s.fault(w, r) {
		return
	}
	if r.Header.Get("Authorization") != testKey {
		s.refuse(w, 403, "Authentication failed. Please make sure you pass the API key of an API enabled user along in the Authorization header.")
		return
	}
	if r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("Accept") != "application/json" {
		s.t.Errorf("%s with %v", r.Method, r.Header)
	}
	event, bulk := strings.CutPrefix(r.URL.Path, "/sightings/bulkSaveSightings/")
	switch {
	case r.URL.Path == "/attributes/restSearch":
		var q query
		s.decode(r, &q)
		s.queries = append(s.queries, q)
		s.answer(w, 200, map[string]any{"response": map[string]any{"Attribute": s.search(q)}})
	case !bulk:
		s.refuse(w, 404, "The requested address was not found on this server.")
	case !slices.ContainsFunc(s.attributes, func(a stored) bool { return a.EventID == event }):
		s.refuse(w, 405, "Event not found or not accessible by this user.")
	default:
		var list []sent
		s.decode(r, &list)
		s.save(w, list)
	}
}

func (s *server) decode(r *http.Request, into any) {
	if err := json.NewDecoder(r.Body).Decode(into); err != nil {
		s.t.Error(err)
	}
}

func (s *server) answer(w http.ResponseWriter, status int, doc any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.Header().Set("X-Result-Count", "4711") // with a limit it is not the total
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(doc)
}

func (s *server) refuse(w http.ResponseWriter, status int, message string) {
	s.answer(w, status, map[string]string{"name": message, "message": message, "url": "/"})
}

// search finds the attributes with a part equal to one of the values. It ignores
// case, like the collation of MISP's database.
func (s *server) search(q query) []stored {
	list := []stored{}
	for _, a := range s.attributes {
		one, two, _ := strings.Cut(a.Value, "|")
		is := func(v string) bool { return strings.EqualFold(v, one) || strings.EqualFold(v, two) }
		if slices.Contains(q.Type, a.Type) && slices.ContainsFunc(q.Value, is) &&
			(a.ToIDS || q.ToIDS == 0) && (a.published || q.Published == 0) {
			list = append(list, a)
		}
	}
	first := min((q.Page-1)*q.Limit, len(list))
	return list[first:min(first+q.Limit, len(list))]
}

// save stores new sightings.
func (s *server) save(w http.ResponseWriter, list []sent) {
	n := 0
	for _, g := range list {
		known := slices.ContainsFunc(s.attributes, func(a stored) bool { return a.UUID.String() == g.Attribute })
		had := slices.ContainsFunc(s.sightings, func(o sent) bool { return o.UUID == g.UUID })
		if known && !had && g.UUID != "" && g.Type != "" && g.Date != "" {
			s.sightings = append(s.sightings, g)
			n++
		}
	}
	success := fmt.Sprintf("%d sightings added.", n)
	if n == 0 {
		success = "No sightings added."
	}
	s.answer(w, 200, map[string]any{"saved": n > 0, "success": success})
}

// seen returns the times of an attribute's sightings, in order.
func (s *server) seen(attribute string) (list []int64) {
	id := misp.NewUUID(misp.UUID{}, "1", attribute).String()
	for _, g := range s.sightings {
		if g.Attribute == id {
			n, err := strconv.ParseInt(g.Date, 10, 64)
			if err != nil {
				s.t.Error(err)
			}
			list = append(list, n)
		}
	}
	slices.Sort(list)
	return list
}
