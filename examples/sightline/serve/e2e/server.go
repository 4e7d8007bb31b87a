// Package e2e tests the page of sightline serve in a real browser. It is a separate
// module, because only these tests need a client of the browser's protocol.
//
// The tests need Chromium, and are skipped without it. Environment variables:
//
//	SIGHTLINE_PROGRAM     program to test; built if not set
//	SIGHTLINE_MISP        directory with validate.py, which checks MISP events
//	SIGHTLINE_SHOTS       directory for screenshots of all views
//	SIGHTLINE_DOCS        set to take the screenshot of the documentation again
//
// The package serves the page without the rest of the program, to develop the page
// and to test it with responses that no small capture gives.
package e2e

import (
	"io/fs"
	"net/http"
)

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// Handler serves the page in files with its content security policy, and passes POST
// /analyze to analyze.
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
