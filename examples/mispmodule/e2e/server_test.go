package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/sightline-go/sightline/examples/mispmodule/e2e"
)

// serve starts a server of the page and returns its URL.
func serve(t *testing.T, analyze http.HandlerFunc) string {
	s := httptest.NewServer(e2e.Handler(os.DirFS("../page"), analyze))
	t.Cleanup(s.Close)
	return s.URL
}
