package serve

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// sandboxed returns a key log of TLS 1.2 in the form of CAPE.
func (k keyed) sandboxed() string {
	f := strings.Fields(k.log)
	return fmt.Sprintf("client_random: %s, server_random: %064x, master_secret: %s\n", f[1], 1, f[2])
}

// Each way to send a capture with its keys gives what they decrypt, and says so.
func TestKeysInArchive(t *testing.T) {
	v := start(t)
	k13, k12 := talk(t, tls.VersionTLS13, "one.example"), talk(t, tls.VersionTLS12, "three.example")
	stored := func(files ...string) []byte {
		var all []zipped
		for i := 0; i < len(files); i += 2 {
			all = append(all, zipped{name: files[i], method: methodStored, content: []byte(files[i+1])})
		}
		return closed(all...)
	}
	deflated := closed(zipped{name: "a.pcap", method: methodDeflated, content: k12.capture}, zipped{name: "b", method: methodDeflated, content: []byte(k12.log)})
	lines := strings.Count(k13.log, "\n")
	for _, test := range []struct {
		name    string
		archive []byte
		urls    []string
		want    string
	}{
		{"capture first", zipOf(t, "a.pcap", string(k13.capture), "sslkeylog.log", k13.log), []string{k13.url}, fmt.Sprintf("Keys: %d in 1 key log; 1 connection decrypted.", lines)},
		{"keys first", zipOf(t, "a.pcap.txt", k13.log, "z", string(k13.capture)), []string{k13.url}, fmt.Sprintf("Keys: %d in 1 key log; 1 connection decrypted.", lines)},
		{"stored", stored("a.pcap", string(k12.capture), "dump_tls.log", k12.sandboxed()), []string{k12.url}, "Keys: 1 in 1 key log; 1 connection decrypted."},
		{"deflated", deflated, []string{k12.url}, "Keys: 1 in 1 key log; 1 connection decrypted."},
		{"a private key", zipOf(t, "k/", "", "k/server.pem", k12.private, "k/a.pcap", string(k12.capture)), []string{k12.url}, "Keys: 1 in 1 key log; 1 connection decrypted."},
		{"two captures, two logs", zipOf(t, "a", string(k13.capture), "b", k12.log, "c", string(k12.capture), "d", k13.log), []string{k13.url, k12.url},
			fmt.Sprintf("Keys: %d in 2 key logs; 2 connections decrypted.", lines+1)},
		{"bad lines", zipOf(t, "a", string(k12.capture), "b", "nothing\n"+k12.log+"CLIENT_RANDOM 00 11\n"), []string{k12.url},
			"Keys: 1 in 1 key log, 2 lines without a key skipped; 1 connection decrypted."},
		{"keys of others", zipOf(t, "a", string(k12.capture), "b", k13.log), nil, fmt.Sprintf("Keys: %d in 1 key log; 0 connections decrypted.", lines)},
		{"other files", zipOf(t, "a", string(k12.capture), "b", k12.log, "readme", "read me\n", "c", "\x89PNG\r\n\x1a\n"), []string{k12.url},
			"Keys: 1 in 1 key log; 1 connection decrypted. Neither captures nor key logs: 2 files of the archive."},
		{"in another archive", zipOf(t, "case.zip", string(zipOf(t, "a", string(k12.capture), "b", k12.log))), []string{k12.url}, "Keys: 1 in 1 key log; 1 connection decrypted."},
		{"too deep", zipOf(t, "x", string(zipOf(t, "y", string(zipOf(t, "a", k12.log)))), "a", string(k12.capture)), nil, "Neither captures nor key logs: 1 file of the archive."},
	} {
		for way, query := range map[string]string{
			"import":     body(test.archive, `"private":"0"`),
			"config":     body(test.archive, ""),
			"attachment": expansion(attached(attachmentType, "case.zip", test.archive), ""),
			"any order":  `{"module":"pcap_expand","attribute":{"data":"` + base64.StdEncoding.EncodeToString(test.archive) + `","value":"case.zip","type":"attachment"}}`,
			"sample":     expansion(attached(sampleType, "case.zip|x", stored("x", string(test.archive))), ""),
		} {
			a := v.query(query)
			said := a.Error
			if way != "import" && way != "config" && a.Results != nil {
				said = a.Results.Object[0].Comment
			}
			if !strings.Contains(said, test.want) {
				t.Errorf("%s, %s: %q, want %q", test.name, way, said, test.want)
			}
			if way == "attachment" {
				checkMetadata(t, test.name, a)
			}
			for _, url := range test.urls {
				if !a.values()[url] {
					t.Errorf("%s, %s: no %s in %v", test.name, way, url, slices.Sorted(maps.Keys(a.values())))
				}
			}
			if test.urls == nil && a.values()[k12.url] {
				t.Errorf("%s, %s: decrypted", test.name, way)
			}
		}
	}
}

// checkMetadata checks that each object about a capture refers to the attachment.
func checkMetadata(t *testing.T, name string, a answered) {
	t.Helper()
	if a.Results == nil {
		t.Errorf("%s: no results", name)
		return
	}
	for _, o := range a.Results.Object {
		if o.Name == "pcap-metadata" && (len(o.ObjectReference) == 0 || o.ObjectReference[0].ReferencedUUID != attachmentUUID) {
			t.Errorf("%s: %s does not refer to the attachment", name, o.Comment)
		}
	}
}

// The page sends key logs before the capture, or an archive.
func TestKeysOfPage(t *testing.T) {
	v := start(t)
	k := talk(t, tls.VersionTLS12, "page.example")
	other := talk(t, tls.VersionTLS13, "other.example")
	query := func(logs ...string) (string, []byte) {
		var lengths []string
		for _, l := range logs {
			lengths = append(lengths, fmt.Sprint(len(l)))
		}
		return "?keys=" + strings.Join(lengths, ","), append([]byte(strings.Join(logs, "")), k.capture...)
	}
	for _, test := range []struct {
		logs []string
		want keySummary
	}{
		{[]string{k.log}, keySummary{1, 1, 0, 1}},
		{[]string{"x\n", k.private}, keySummary{1, 1, 0, 1}},
		{[]string{other.log, "", k.sandboxed() + "bad"}, keySummary{2, strings.Count(other.log, "\n") + 1, 1, 1}},
		{[]string{"nothing"}, keySummary{}},
	} {
		q, b := query(test.logs...)
		status, a := v.analyze(q, b)
		if status != 200 || a.Summary.Keys == nil || *a.Summary.Keys != test.want || len(a.Summary.Notes) != 0 {
			t.Errorf("%v: %d %+v %s", test.want, status, a.Summary, a.Error)
		}
		found := false
		for _, at := range a.Attributes {
			found = found || at.Value == k.url && at.Decrypted == at.Count
		}
		if found != (test.want.Connections > 0) {
			t.Errorf("%v: decrypted: %t", test.want, found)
		}
	}
	if _, a := v.analyze("", k.capture); a.Summary.Keys != nil {
		t.Errorf("without keys: %+v", a.Summary.Keys)
	}
	if _, a := v.analyze("", zipOf(t, "a", string(k.capture), "b", k.log)); a.Summary.Keys == nil || *a.Summary.Keys != (keySummary{1, 1, 0, 1}) {
		t.Errorf("an archive: %+v %s", a.Summary, a.Error)
	}
	for keys, want := range map[string]string{
		"x": `Key logs: "x" is not a length.`, "-1": `Key logs: "-1" is not a length.`, strings.Repeat("0,", maxKeyLogs) + "0": "Key logs: there are more than 16.",
		fmt.Sprint(len(k.capture)): "The file is not a readable capture: ", "1000000000000": "The file is not a readable capture: ",
	} {
		if status, a := v.analyze("?keys="+keys, k.capture); status != 400 || !strings.HasPrefix(a.Error, want) {
			t.Errorf("%s: %d %s", keys, status, a.Error)
		}
	}
}

// No secret of a request is in its response, the log or the metrics.
func TestKeysStay(t *testing.T) {
	v := start(t, "-log", "json")
	k := talk(t, tls.VersionTLS13, "stay.example")
	rsaKey := talk(t, tls.VersionTLS12, "private.example")
	wrong := strings.ReplaceAll(k.log, "SECRET", "SECRETS_NOBODY_KNOWS") + "CLIENT_RANDOM " + k.secrets[3] + "\n" + k.secrets[4]
	var out strings.Builder
	for _, files := range [][]string{
		{"a", string(k.capture), "b", k.log + wrong}, {"a", k.log}, {"a", string(rsaKey.capture), "b", rsaKey.private, "c", rsaKey.log},
		{"a", rsaKey.private[:1000], "b", rsaKey.private + "x"}, {"a", string(k.capture[:100]), "b", k.log},
	} {
		archive := zipOf(t, files...)
		for _, file := range [][]byte{archive, archive[:len(archive)/2], []byte(files[1]), []byte(k.log)} {
			for _, query := range []string{body(file, ""), expansion(attached(attachmentType, "a", file), ""), expansion(attached(sampleType, "a", file), "")} {
				_, answer := v.do(v.request("POST", "/query", strings.NewReader(query)))
				out.WriteString(answer)
			}
			r := v.request("POST", fmt.Sprintf("/analyze?keys=%d", len(wrong)), strings.NewReader(wrong+string(file)))
			r.Header.Set("Content-Type", "application/octet-stream")
			r.Header.Set("X-Sightline", "analyze")
			_, answer := v.do(r)
			out.WriteString(answer)
		}
	}
	inside, err := os.ReadFile("../../../testdata/tls-secrets.pcapng")
	if err != nil {
		t.Fatal(err)
	}
	_, answer := v.do(v.request("POST", "/query", strings.NewReader(body(inside, ""))))
	out.WriteString(answer)
	var known []string
	for _, m := range regexp.MustCompile(` ([0-9a-f]{64,})\n`).FindAllSubmatch(inside, -1) {
		known = append(known, string(m[1]))
	}
	out.WriteString(metricsOf(v))
	v.stop()
	out.WriteString(v.log.String())
	text := out.String()
	for _, secret := range slices.Concat(k.secrets, rsaKey.secrets, known) {
		raw, err := hex.DecodeString(secret)
		if err != nil || len(raw) < 32 {
			t.Fatal(secret, err)
		}
		for _, form := range []string{secret[:32], strings.ToUpper(secret[:32]), string(raw[:16]), base64.StdEncoding.EncodeToString(raw)[:20]} {
			if strings.Contains(text, form) {
				t.Errorf("%q is in the output", form)
			}
		}
	}
	if !regexp.MustCompile(`stay\.example/c2.*decrypted`).MatchString(text) || !strings.Contains(text, "private.example/c2") || !strings.Contains(text, "robots.txt") || len(known) < 4 {
		t.Error("nothing was decrypted")
	}
}
