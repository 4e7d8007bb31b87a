// Command devserver serves the page of sightline serve from its directory, so that a
// reload shows changes:
//
//	go run ./devserver [directory [address]]
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/sightline-go/sightline/examples/sightline/serve/e2e"
)

func main() {
	dir, addr := "../page", "127.0.0.1:8666"
	if len(os.Args) > 1 {
		dir = os.Args[1]
	}
	if len(os.Args) > 2 {
		addr = os.Args[2]
	}
	log.Print("http://", addr, "/")
	log.Fatal(http.ListenAndServe(addr, e2e.Handler(os.DirFS(dir), e2e.Analyze)))
}
