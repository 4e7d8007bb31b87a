package http1_test

import (
	"fmt"

	"github.com/sightline-go/sightline/layers/http1"
)

func ExampleParseRequest() {
	b := []byte("POST /gate.php?id=7 HTTP/1.1\r\nHost: c2.example:8080\r\nUser-Agent: x\r\nContent-Length: 4\r\n\r\nping")
	r, err := http1.ParseRequest(b)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s %s\n", r.Method(), r.AppendURL(nil))
	for name, value := range r.Fields() {
		fmt.Printf("%s = %s\n", name, value)
	}
	fmt.Printf("body %s\n", b[r.Len():])
	// Output:
	// POST http://c2.example:8080/gate.php?id=7
	// Host = c2.example:8080
	// User-Agent = x
	// Content-Length = 4
	// body ping
}

func ExampleParseResponse() {
	r, err := http1.ParseResponse([]byte("HTTP/1.1 302 Found\r\nLocation: http://b.example/\r\n\r\n"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d to %s\n", r.Status(), r.Get("Location"))
	// Output:
	// 302 to http://b.example/
}
