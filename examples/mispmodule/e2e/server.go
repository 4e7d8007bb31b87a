// Package e2e tests the page of mispmodule in a real browser. It is a module of
// its own, because only these tests need a browser's protocol.
//
// What is here serves the page without the rest of mispmodule: to develop the
// page, and to give it answers that no small capture leads to.
package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/pcap"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// Handler serves the page in files, under the content security policy that it
// must work with, and answers POST /analyze with analyze.
func Handler(files fs.FS, analyze http.HandlerFunc) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(files))
	mux.HandleFunc("POST /analyze", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-Sightline") != "analyze" || r.Header.Get("Content-Type") != "application/octet-stream" {
			http.Error(w, `{"error":"not a request of the page"}`, http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		analyze(w, r)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		mux.ServeHTTP(w, r)
	})
}

// Analyze answers with what extract finds in the capture that the body is.
func Analyze(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	a, err := answer(r, body)
	if err != nil {
		a["error"] = err.Error()
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.Encode(a)
}

func answer(r *http.Request, body []byte) (map[string]any, error) {
	o, err := options(r)
	if err != nil {
		return map[string]any{}, err
	}
	in, err := pcap.NewReader(bytes.NewReader(body))
	if err != nil {
		return map[string]any{}, err
	}
	var x extract.Extractor
	err = x.Read(r.Context(), r.URL.Query().Get("name"), in)
	x.Identify(int64(len(body)), sha256.Sum256(body))
	rep := x.Finish()
	sel := rep.Select(o)
	var event struct{ Event map[string]any }
	b, _ := json.Marshal(sel.Event())
	json.Unmarshal(b, &event)
	delete(event.Event, "Attribute")
	delete(event.Event, "Object")
	return map[string]any{
		"captures": rep.Captures, "attributes": sel.Attributes, "objects": sel.Objects, "left_out": sel.LeftOut,
		"connections":  slices.AppendSeq([]*extract.Connection{}, rep.Connections()),
		"certificates": slices.AppendSeq([]*extract.Certificate{}, rep.Certificates()),
		"files":        slices.AppendSeq([]*extract.File{}, rep.Files()),
		"event":        event.Event,
		"summary":      map[string]any{"packets": rep.Packets, "bytes": rep.Bytes, "unseen": rep.Unseen},
	}, err
}

func options(r *http.Request) (extract.EventOptions, error) {
	q := r.URL.Query()
	o := extract.EventOptions{Private: q.Get("private") == "1", MaxAttributes: -1, MaxObjects: -1, Warned: documentation}
	for s := range strings.FieldsFuncSeq(q.Get("internal"), func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return o, errors.New("own networks: " + fmt.Sprintf("%q is not a network such as 198.51.100.0/24", s))
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
