package serve

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// A read is a result of readQuery.
type read struct {
	Module, EventID, Filename string
	Config                    map[string]string
	UUID, Type, Value         string // of the attribute
	Data                      string
	HasData                   bool
}

// readAll reads a query with its data.
func readAll(src io.Reader) (r read, dataErr, err error) {
	q, err := readQuery(src, func(_ *query, data *base64Reader) error {
		if r.HasData {
			return queryError("two captures")
		}
		r.HasData = true
		var b []byte
		b, dataErr = io.ReadAll(data)
		r.Data = string(b)
		return nil
	})
	r.Module, r.EventID, r.Filename, r.Config = q.module, q.eventID, q.filename, q.config
	if a := q.attribute; a != nil {
		r.UUID, r.Type, r.Value = a.uuid, a.typ, a.value
	}
	return r, dataErr, err
}

// FuzzQuery compares the streaming reader with encoding/json. Whatever the reader
// accepts, encoding/json accepts with the same result. If only encoding/json accepts
// a query, the query exceeds a limit or has a wrong type, and the error says so.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{
		body([]byte("a capture"), ""), body(nil, `"private":"1","detail":0,"x":null`), `{}`, ` { } `, `{"data":null,"config":[]}`,
		`{"module":"a\u00e9\/","event_id":42,"data":"QUJD\r\nQQ=\u003d","filename":"\ud83d\ude00 \ud83d"}`,
		`{"module":true,"x":{"y":["]}",1e5,{"a":"\"\\"}]}}`, `{"data":"QQ"}`, `{"data":"QUJD`, `{"a":1,}`, `{"a":1 "b":2}`, `{"a" 1}`, `{a:1}`,
		`{"config":{"a":"b"},"config":1}`, `{"data":"!","config":{}}`, `{"a":tru}`, `{"a":01}`, `{"a":}`, `{"a":1}]`, "{\"data\":\"QU\nJD\"}", "{\"a\":\"\xff\"}",
		expansion(attached("attachment", "a|b", []byte("a capture")), `"private":null`), enrichment(attached("malware-sample", "", nil), ""),
		`{"attribute":null,"data":"QQ=="}`, `{"attribute":{"type":1,"data":null},"data":"QQ=="}`, `{"attribute":{"data":"QQ=="},"data":"QQ=="}`, `{"attribute":{"data":"Q!`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, dataErr, err := readAll(bytes.NewReader(b))
		slow, slowDataErr, slowErr := readAll(iotest.OneByteReader(bytes.NewReader(b)))
		if diff := cmp.Diff(got, slow); diff != "" || text(err) != text(slowErr) || text(dataErr) != text(slowDataErr) {
			t.Fatalf("%v and %v, %v and %v; byte by byte it is another: %s", err, slowErr, dataErr, slowDataErr, diff)
		}
		var members map[string]json.RawMessage
		jsonErr := json.Unmarshal(b, &members)
		var wrong queryError
		switch {
		case errors.As(err, &wrong):
			return
		case err != nil && err != errSyntax:
			t.Fatal(err)
		case dataErr != nil && jsonErr != nil: // the base64Reader sees bytes that JSON does not allow
			return
		case (err == nil) != (jsonErr == nil && members != nil):
			t.Fatalf("%v, but encoding/json: %v", err, jsonErr)
		case err != nil:
			return
		}
		if diff := cmp.Diff(expected(t, members, dataErr != nil), got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// expected decodes members with encoding/json and encoding/base64. badData means that
// data is not base64; then it is decoded up to its first error.
func expected(t *testing.T, members map[string]json.RawMessage, badData bool) (r read) {
	plain := func(raw json.RawMessage) string {
		var s string
		if len(raw) == 0 || json.Unmarshal(raw, &s) == nil {
			return s
		}
		return string(raw)
	}
	r.Module, r.EventID, r.Filename = plain(members["module"]), plain(members["event_id"]), plain(members["filename"])
	var config map[string]json.RawMessage
	if raw := members["config"]; raw != nil && string(raw) != "[]" {
		if err := json.Unmarshal(raw, &config); err != nil {
			t.Fatal(err)
		}
		r.Config = map[string]string{}
		for key, raw := range config {
			if string(raw) != "null" {
				r.Config[key] = plain(raw)
			}
		}
	}
	raw := members["data"]
	var a map[string]json.RawMessage
	if json.Unmarshal(members["attribute"], &a) == nil && a != nil {
		r.UUID, r.Type, r.Value = plain(a["uuid"]), plain(a["type"]), plain(a["value"])
		if inside := a["data"]; len(inside) > 0 && inside[0] == '"' {
			raw = inside
		}
	}
	if r.HasData = len(raw) > 0 && raw[0] == '"'; !r.HasData {
		return r
	}
	data := strings.NewReplacer("\r", "", "\n", "").Replace(plain(raw))
	n, err := 0, error(nil)
	b := make([]byte, base64.StdEncoding.DecodedLen(len(data))+3)
	if n, err = base64.StdEncoding.Decode(b, []byte(data)); (err != nil) != badData {
		t.Fatalf("%q: %v, but the streaming reader says %t", data, err, badData)
	}
	if badData {
		n = 0
		for i := 0; ; i += 4 { // group by group, since StdEncoding returns fewer bytes before an error
			group := data[i:min(i+4, len(data))]
			m, err := base64.StdEncoding.Decode(b[n:], []byte(group))
			if err != nil {
				m, err = base64.RawStdEncoding.Decode(b[n:], []byte(group))
				if err == nil && len(group) < 4 {
					n += m
				}
				break
			}
			n += m
			if m < 3 {
				break
			}
		}
	}
	r.Data = string(b[:n])
	return r
}
