package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/event"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/tls"
)

// Analyze responds with the results of extract for the capture in the body.
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

// A result has its members in the order that the page expects.
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
	keys, n, err := keysOf(r)
	if err != nil {
		return nil, err
	}
	var x extract.Extractor
	x.Stream.Keys = keys
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
	summary := map[string]any{"packets": rep.Packets, "bytes": rep.Bytes, "unseen": rep.Unseen, "notes": notes, "left_out": len(sel.LeftOut)}
	if n > 0 {
		summary["keys"] = map[string]int{"logs": n, "keys": keys.Len(), "bad": keys.Bad(), "connections": rep.Unseen.Stream.Decrypted}
	}
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
		rep.Captures, wrapped.Event, summary,
		sel.Attributes, sel.Objects, sel.LeftOut, slices.Collect(rep.Connections()), slices.Collect(rep.Certificates()), slices.Collect(rep.Files()),
	}, nil
}

// keysOf reads the key logs before the capture, and returns their number.
func keysOf(r *http.Request) (keys *tls.Keys, n int, err error) {
	keys = new(tls.Keys)
	for word := range strings.FieldsFuncSeq(r.URL.Query().Get("keys"), func(r rune) bool { return r == ',' }) {
		size, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return nil, 0, err
		}
		if err := extract.ReadKeys(keys, io.LimitReader(r.Body, size)); err != nil {
			return nil, 0, err
		}
		n++
	}
	return keys, n, nil
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

// documentation imitates a warninglist with the name server's range of the story.
func documentation(typ, value string) []event.Warning {
	if strings.Contains(value, "time.partner.example") {
		return []event.Warning{{List: "List of known time servers", Harmless: true}}
	}
	return nil
}
