package event

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// The URL of a WebSocket, a call or a stream of events says that it is one, and its object
// what was exchanged.
func TestWebSocket(t *testing.T) {
	rep := readReport(t, `{"requests":[
		{"count":1,"url":"http://a.badfiles.example/c","method":"GET","target":"/c","host":"a.badfiles.example","client":"10.0.0.5","server":"203.0.113.9:80",
			"statuses":{"400":2},"websocket":{"sent":{"text":1,"bytes":5},"received":{"text":2,"binary":1,"bytes":1,"magic":"4d5a"}}},
		{"count":1,"url":"http://b.badfiles.example/c","method":"GET","target":"/c","host":"b.badfiles.example","client":"10.0.0.5","server":"203.0.113.9:80",
			"websocket":{"sent":{},"received":{"binary":1}}},
		{"count":1,"url":"http://b.badfiles.example/d","method":"POST","target":"/d","host":"b.badfiles.example","client":"10.0.0.5","server":"203.0.113.9:80",
			"statuses":{"200":1},"grpc":{"sent":{"count":2,"bytes":5},"received":{}}},
		{"count":1,"url":"http://b.badfiles.example/e","method":"GET","target":"/e","host":"b.badfiles.example","client":"10.0.0.5","server":"203.0.113.9:80",
			"events":{"count":1,"bytes":7}}]}`)
	s := Select(rep, Options{Only: extract.TopicSetOf(extract.HTTP)})
	acceptable(t, s.Event())
	got := map[string]string{}
	for _, a := range s.Attributes {
		if a.Type == misp.URL {
			got[a.Value], _, _ = strings.Cut(a.Comment, ";")
		}
	}
	for _, o := range s.Objects {
		for _, a := range o.Attributes {
			if a.Relation == "text" {
				got[o.Comment] = a.Value
			}
		}
	}
	want := map[string]string{
		"http://a.badfiles.example/c": "WebSocket", "http://b.badfiles.example/c": "WebSocket",
		"http://b.badfiles.example/d": "gRPC", "http://b.badfiles.example/e": "server-sent events",
		"POST http://b.badfiles.example/d": "1 x status 200; gRPC: sent 2 messages of 5 bytes; received nothing",
		"GET http://b.badfiles.example/e":  "received 1 server-sent event of 7 bytes",
		"GET http://a.badfiles.example/c":  "2 x status 400; WebSocket: sent 1 text message of 5 bytes; received 2 text messages and 1 binary message of 1 byte, binary ones begin with 4d5a",
		"GET http://b.badfiles.example/c":  "WebSocket: sent nothing; received 1 binary message of 0 bytes",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A URL that holds a DNS query (the example of RFC 8484 section 4.1.1) is not an
// attribute; one with another parameter of that name is.
func TestDNSQueryURL(t *testing.T) {
	rep := readReport(t, `{"requests":[
		{"count":1,"url":"http://a.badfiles.example/?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB","method":"GET","target":"/?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB","host":"a.badfiles.example","client":"10.0.0.5","server":"203.0.113.9:80"},
		{"count":1,"url":"http://a.badfiles.example/?dns=AAAB","method":"GET","target":"/?dns=AAAB","host":"a.badfiles.example","client":"10.0.0.5","server":"203.0.113.9:80"}]}`)
	var got []string
	for _, a := range Select(rep, Options{}).Attributes {
		if a.Type == misp.URL {
			got = append(got, a.Value)
		}
	}
	if diff := cmp.Diff([]string{"http://a.badfiles.example/?dns=AAAB"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
