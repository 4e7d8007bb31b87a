package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
)

// Analyze answers with what extract finds in the capture that the body is.
func Analyze(w http.ResponseWriter, r *http.Request) {
	res, err := analyze(r)
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		out.Encode(map[string]string{"error": err.Error()})
		return
	}
	out.Encode(res)
}

// A result has its members in the order in which the page reads them.
type result struct {
	Captures     []extract.Capture      `json:"captures"`
	Event        map[string]any         `json:"event"`
	Summary      map[string]any         `json:"summary"`
	Attributes   []event.Attribute      `json:"attributes"`
	Objects      []misp.Object          `json:"objects"`
	LeftOut      []event.LeftOut        `json:"left_out"`
	Connections  []*extract.Connection  `json:"connections"`
	Certificates []*extract.Certificate `json:"certificates"`
	Files        []*extract.File        `json:"files"`
}

func analyze(r *http.Request) (*result, error) {
	o, err := options(r)
	if err != nil {
		return nil, err
	}
	var x extract.Extractor
	err = x.ReadInput(r.Context(), r.URL.Query().Get("name"), r.Body)
	rep := x.Finish()
	if len(rep.Captures) == 0 {
		return nil, err
	}
	var notes []string
	if err != nil {
		notes = append(notes, "The capture is damaged ("+err.Error()+").")
	}
	sel := event.Select(rep, o)
	var wrapped struct{ Event map[string]any }
	b, err := json.Marshal(sel.Event())
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(b, &wrapped); err != nil {
		return nil, err
	}
	delete(wrapped.Event, "Attribute")
	delete(wrapped.Event, "Object")
	return &result{
		rep.Captures, wrapped.Event, map[string]any{"packets": rep.Packets, "bytes": rep.Bytes, "unseen": rep.Unseen, "notes": notes, "left_out": len(sel.LeftOut)},
		sel.Attributes, sel.Objects, sel.LeftOut, slices.Collect(rep.Connections()), slices.Collect(rep.Certificates()), slices.Collect(rep.Files()),
	}, nil
}

func options(r *http.Request) (event.Options, error) {
	q := r.URL.Query()
	o := event.Options{Private: q.Get("private") == "1", MaxAttributes: -1, MaxObjects: -1, Warned: documentation}
	for s := range strings.FieldsFuncSeq(q.Get("internal"), func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return o, fmt.Errorf("own networks: %q is not a network such as 198.51.100.0/24", s)
		}
		o.Internal = append(o.Internal, p)
	}
	return o, nil
}

// documentation stands in for a warninglist: the name server range of the story.
func documentation(typ, value string) []string {
	if strings.Contains(value, "time.partner.example") {
		return []string{"List of known time servers"}
	}
	return nil
}
