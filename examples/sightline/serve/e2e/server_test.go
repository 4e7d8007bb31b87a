package e2e_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sightline-go/sightline/examples/sightline/serve/e2e"
)

// serve starts sightline serve and returns the URL of its page.
func serve(t *testing.T) string {
	t.Helper()
	bin, err := program()
	if err != nil {
		t.Fatal(err)
	}
	addr := freeAddr(t)
	cmd := exec.Command(bin, "serve", "-listen", addr)
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	url := "http://" + addr
	for range 100 {
		if answer, err := http.Get(url + "/healthcheck"); err == nil {
			answer.Body.Close()
			return url
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("sightline serve does not respond")
	return ""
}

// program returns the path of the program: SIGHTLINE_PROGRAM, or one built once for
// all tests.
var program = sync.OnceValues(func() (string, error) {
	if bin := os.Getenv("SIGHTLINE_PROGRAM"); bin != "" {
		return bin, nil
	}
	dir, err := os.MkdirTemp("", "sightline")
	if err != nil {
		return "", err
	}
	built = dir
	bin := filepath.Join(dir, "sightline.exe") // Windows needs the extension
	cmd := exec.Command("go", "build", "-o", bin, ".")
	cmd.Dir = "../.."
	return bin, cmd.Run()
})

// built is the directory of the program built by program.
var built string

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		os.RemoveAll(built)
	}
	os.Exit(code)
}

func freeAddr(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serveStub serves the page with a stub for /analyze.
func serveStub(t *testing.T, analyze http.HandlerFunc) string {
	s := httptest.NewServer(e2e.Handler(os.DirFS("../page"), analyze))
	t.Cleanup(s.Close)
	return s.URL
}
