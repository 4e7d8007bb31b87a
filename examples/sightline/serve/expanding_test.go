package serve

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const attachmentUUID = "0b4f6a3c-5d2e-4f10-8a9b-1c2d3e4f5a6b"

// attached returns the member attribute of a request for an expansion, as MISP's page
// sends it.
func attached(typ, value string, file []byte) string {
	return fmt.Sprintf(`"attribute":{"id":"10116","event_id":"42","object_id":"0","object_relation":null,"category":"Network activity","type":%q,`+
		`"value1":"x","value":%q,"to_ids":false,"uuid":%q,"first_seen":null,"Galaxy":[{"meta":{"a":["b"]}}],"data":%q}`,
		typ, value, attachmentUUID, base64.StdEncoding.EncodeToString(file))
}

// expansion returns the request of MISP's page.
func expansion(attribute, config string) string {
	return `{"module":"pcap_expand",` + attribute + `,"event_id":"42","config":{` + config + `}}`
}

// enrichment returns the request of MISP's /events/enrichEvent.
func enrichment(attribute, config string) string {
	return `{"module":"pcap_expand","event_id":42,"attribute_uuid":"` + attachmentUUID + `","config":{` + config + `},` + attribute + `}`
}

// An attachment gives what an import of the capture gives, and a reference to it.
func TestExpand(t *testing.T) {
	v := start(t)
	want := v.query(body(requests(1), ""))
	const value = "case 42.pcap|592d0445dc447870af41d7d77cd553e0"
	for name, request := range map[string]string{
		"attachment":       expansion(attached(attachmentType, "case 42.pcap", requests(1)), `"internal_networks":null`),
		"attachment, REST": enrichment(attached(attachmentType, "case 42.pcap", requests(1)), `"internal_networks":null`),
		"sample":           expansion(attached(sampleType, value, unhex(t, infozipSample)), ""),
		"sample, REST":     enrichment(attached(sampleType, value, unhex(t, libzipSample)), ""),
		"no settings":      `{"module":"pcap_expand",` + attached(attachmentType, "case 42.pcap", requests(1)) + `,"event_id":"42"}`,
	} {
		a := v.query(request)
		if a.Results == nil || len(a.Results.Object) == 0 {
			t.Errorf("%s: %+v", name, a)
			continue
		}
		refs := a.Results.Object[0].ObjectReference
		if len(refs) == 0 || refs[0].ReferencedUUID != attachmentUUID {
			t.Errorf("%s: %+v", name, refs)
			continue
		}
		a.Results.Object[0].ObjectReference = refs[1:]
		if len(refs) == 1 {
			a.Results.Object[0].ObjectReference = nil
		}
		if diff := cmp.Diff(want, a); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// Site settings are the options of an expansion, wherever they come in the request.
func TestExpandSettings(t *testing.T) {
	v := start(t)
	file := attached(attachmentType, "a.pcap", requests(200))
	for _, request := range []func(attribute, config string) string{expansion, enrichment} {
		a := v.query(request(file, `"detail":"Attributes only","include":"http","private":null,"tags":"tlp:amber","most_rows":"50"`))
		const want = "350 of 400 attributes did not fit into 50 rows. Name topics in the setting Plugin.Enrichment_pcap_expand_include " +
			"or raise the setting Plugin.Enrichment_pcap_expand_most_rows (3000 at most)."
		if a.Error != want || a.rows() != 50 || len(a.Results.Object) != 0 || !slices.Equal(a.tags(), []string{"tlp:amber"}) || a.Results.Attribute[0].Type != "url" {
			t.Errorf("%d rows, %s", a.rows(), a.Error)
		}
		if a := v.query(request(file, `"most_rows":"many"`)); a.Error != `Most rows: "many" is not a positive number.` || a.rows() != 0 {
			t.Errorf("%+v", a)
		}
	}
	// The object about a capture without indicators says so; it is not an error.
	a := v.query(expansion(attached(attachmentType, "a.pcap", requests(1)[:24]), ""))
	if a.Error != "" || len(a.Results.Object) != 1 || a.Results.Object[0].Comment != "capture a.pcap. Nothing to propose in 0 packets." {
		t.Errorf("%+v", a)
	}
	// So does that of one that is incomplete.
	cut, err := os.ReadFile("../../../testdata/snaplen.pcap")
	if err != nil {
		t.Fatal(err)
	}
	a = v.query(expansion(attached(attachmentType, "a.pcap", cut), ""))
	if a.Error != "" || !strings.Contains(a.Results.Object[0].Comment, "Incomplete: 7 packets truncated in the capture") {
		t.Errorf("%+v", a)
	}
	// With an invalid or missing UUID there is nothing to refer to.
	a = v.query(expansion(strings.Replace(attached(attachmentType, "a.pcap", requests(1)), attachmentUUID, "x", 1), ""))
	if a.rows() == 0 || a.Error != "" {
		t.Errorf("%+v", a)
	}
	checkReferences(t, "no UUID", a)
}

// An expansion that fails says why. Its results are empty, since MISP's enrichEvent
// stops at an answer without any.
func TestExpandRefusals(t *testing.T) {
	v := start(t)
	sample := func(archive []byte) string { return expansion(attached(sampleType, "a.pcap|x", archive), "") }
	const unreadable = "The malware sample cannot be read: "
	for _, test := range []struct{ name, body, want string }{
		{"not a capture", expansion(attached(attachmentType, "a.png", []byte("\x89PNG\r\n\x1a\n")), ""), "The attachment is not a readable capture: "},
		{"an empty file", enrichment(attached(attachmentType, "a.png", nil), ""), "The attachment is not a readable capture: "},
		{"an archive", expansion(attached(attachmentType, "a.zip", unhex(t, infozipSample)), ""), "The attachment is not a readable capture: "},
		{"a plain sample", sample(requests(1)), unreadable + "it is not a zip archive."},
		{"another password", sample(changed(t, infozipSample, localLen+32+28, 0)), unreadable + `the zip archive does not have the password "infected".`},
		{"a broken archive", sample(unhex(t, infozipSample)[:50]), unreadable + "the zip archive is truncated."},
		{"a sample without a capture", sample(archiveOf(zipped{name: "x", method: methodStored, content: []byte("MZ\x90\x00")})), "The attachment is not a readable capture: "},
		{"a type without a file", expansion(attached("ip-dst", "192.0.2.1", requests(1)), ""), `pcap_expand decodes attachments and malware samples, not attributes of type "ip-dst".`},
		{"no data", expansion(`"attribute":{"type":"attachment","value":"a"}`, ""), "The request has no attachment."},
		{"null", expansion(`"attribute":{"type":"attachment","data":null}`, ""), "The request has no attachment."},
		{"no attribute", `{"module":"pcap_expand","attribute":null}`, "The request has no attachment."},
		{"a text", `{"module":"pcap_expand","attribute":"a"}`, `"attribute" is not an object.`},
		{"data of an import", strings.Replace(body(requests(1), ""), "pcap_import", "pcap_expand", 1), "The request has no attachment."},
		{"no type", `{"module":"pcap_expand","attribute":{"data":"AAAA"}}`, `pcap_expand decodes attachments and malware samples, not attributes of type "".`},
		{"two captures", `{"module":"pcap_expand",` + attached(attachmentType, "a", requests(1)) + `,"data":"AAAA"}`, "The request has more than one capture."},
		{"data twice", expansion(strings.Replace(attached(attachmentType, "a", nil), `"data"`, `"data":"AAAA","data"`, 1), ""), `The key "data" is duplicated.`},
		{"a long type", expansion(attached(strings.Repeat("x", 70_000), "a", nil), ""), `A key or value other than "data" is longer than 64 KiB.`},
		{"a long galaxy", expansion(`"attribute":{"Galaxy":"`+strings.Repeat("x", 2<<20)+`"}`, ""), `A key or value other than "data" is longer than 1024 KiB.`},
		{"a deep galaxy", expansion(`"attribute":{"Galaxy":`+strings.Repeat("[", 50)+strings.Repeat("]", 50)+`}`, ""), "The request is nested more than 32 levels deep."},
	} {
		status, answer := v.do(v.request("POST", "/query", strings.NewReader(test.body)))
		a := decode(t, answer)
		if status != 200 || !strings.HasPrefix(a.Error, test.want) || a.Results == nil || a.rows() != 0 {
			t.Errorf("%s: %d %s", test.name, status, answer)
		}
	}
	if a := v.query(strings.Replace(expansion(attached(attachmentType, "a", requests(1)), ""), "pcap_expand", "pcap_import", 1)); a.Error != "The request has no data." {
		t.Errorf("%+v", a)
	}
	if status, _ := v.do(v.request("POST", "/query", strings.NewReader(`{"module":"pcap_expand","attribute":{"type":"attachment","data":"QUJD`))); status != 500 {
		t.Errorf("a truncated request: status %d", status)
	}
	if a := v.query(expansion(attached(attachmentType, "a.pcap", story(t)), "")); !a.values()[storyURL] {
		t.Error("the service has stopped")
	}
}

// A damaged sample gives what comes before the damage.
func TestDamagedSample(t *testing.T) {
	v := start(t)
	capture := requests(3)
	for name, archive := range map[string][]byte{
		"a stated size that is too small": archiveOf(zipped{name: "x", method: methodStored, content: capture, size: len(capture) - 10}),
		"another checksum":                archiveOf(zipped{name: "x", method: methodDeflated, content: capture, crc: 1}),
		"a truncated archive":             archiveOf(zipped{name: "x", method: methodStored, content: capture})[:len(capture)],
	} {
		a := v.query(expansion(attached(sampleType, "a.pcap|x", archive), ""))
		if !a.values()["http://host0.example/0"] || !strings.HasPrefix(a.Error, "The capture is damaged (") {
			t.Errorf("%s: %q, %d rows", name, a.Error, a.rows())
		}
	}
	// Only the first entry with content counts.
	a := v.query(expansion(attached(sampleType, "a.pcap|x", append(
		archiveOf(zipped{name: "x.filename.txt", method: methodStored, content: []byte("a.pcap")}, zipped{name: "x", method: methodStored, content: requests(1)}),
		archiveOf(zipped{name: "y", method: methodStored, content: requests(9)})...)), ""))
	if !a.values()["http://host0.example/0"] || a.values()["http://host8.example/8"] || a.Error != "" {
		t.Errorf("several entries: %q, %d rows", a.Error, a.rows())
	}
}

// A sample that grows a thousandfold or more is read until the budget is spent.
func TestZipBomb(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits until the budget is spent")
	}
	v := start(t, "-budget", "1s")
	capture := requests(1)
	packet := binary.LittleEndian.AppendUint32(make([]byte, 8), 0) // an empty packet
	packet = append(packet, 0, 0, 0, 0)
	deflated := deflatedCapture(capture, packet, 256<<20)
	var twice bytes.Buffer
	z := gzip.NewWriter(&twice)
	if _, err := z.Write(deflatedCapture(capture, make([]byte, 1<<10), 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, archive := range map[string][]byte{
		"empty packets": rawArchive("x", methodDeflated, deflated, 0xffffffff),
		"gzip":          archiveOf(zipped{name: "x", method: methodDeflated, content: twice.Bytes()}),
	} {
		begin := time.Now()
		a := v.query(expansion(attached(sampleType, "a.pcap|x", archive), ""))
		if took := time.Since(begin); took > time.Second+2*answerTime || a.Error == "" {
			t.Errorf("%s: %d bytes took %v: %s", name, len(archive), took, a.Error)
		}
	}
}

// deflatedCapture returns a capture with about n bytes of the text after, deflated.
func deflatedCapture(capture, after []byte, n int) []byte {
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		panic(err)
	}
	block := bytes.Repeat(after, (1<<20)/len(after))
	_, _ = w.Write(capture)
	for range n >> 20 {
		_, _ = w.Write(block)
	}
	_ = w.Close()
	return b.Bytes()
}

// A zipped is an entry of an archive that is not encrypted. Size and crc are those of
// the content if they are 0.
type zipped struct {
	name    string
	method  uint16
	content []byte
	size    int
	crc     uint32
}

// archiveOf returns the local headers and the data of entries.
func archiveOf(entries ...zipped) (archive []byte) {
	for _, z := range entries {
		data := z.content
		if z.method == methodDeflated {
			data = deflatedCapture(z.content, []byte("x"), 0)
		}
		if z.size == 0 {
			z.size = len(z.content)
		}
		if z.crc == 0 {
			z.crc = crc32.ChecksumIEEE(z.content)
		}
		b := rawArchive(z.name, z.method, data, uint32(z.size))
		binary.LittleEndian.PutUint32(b[14:], z.crc)
		archive = append(archive, b...)
	}
	return archive
}

func rawArchive(name string, method uint16, data []byte, size uint32) []byte {
	b := make([]byte, localLen, localLen+len(name)+len(data))
	binary.LittleEndian.PutUint32(b, signLocal)
	binary.LittleEndian.PutUint16(b[8:], method)
	binary.LittleEndian.PutUint32(b[18:], uint32(len(data)))
	binary.LittleEndian.PutUint32(b[22:], size)
	binary.LittleEndian.PutUint16(b[26:], uint16(len(name)))
	return append(append(b, name...), data...)
}
