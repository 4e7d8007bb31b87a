package warninglist_test

import (
	"fmt"
	"io/fs"
	"log"
	"testing/fstest"

	"github.com/sightline-go/sightline/extract/warninglist"
)

// checkout replaces os.DirFS("misp-warninglists").
func checkout() fs.FS {
	return fstest.MapFS{
		"lists/documentation/list.json": {Data: []byte(`{
			"name": "Networks for documentation", "version": 1, "type": "cidr",
			"matching_attributes": ["ip-src", "ip-dst", "domain|ip"],
			"list": ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"]}`)},
		"lists/popular/list.json": {Data: []byte(`{
			"name": "Popular names", "version": 20260102, "type": "hostname",
			"matching_attributes": ["hostname", "domain", "domain|ip", "url"],
			"list": ["example.com", "example.org"]}`)},
		"lists/numbers/list.json": {Data: []byte(`{
			"name": "Telephone numbers", "version": 2, "type": "regex",
			"matching_attributes": ["phone-number"],
			"list": ["/^\\+1555[0-9]+$/", "/555/g"]}`)},
	}
}

// Print the lists that contain a value, and the matching entries.
func ExampleSet_Match() {
	set, err := warninglist.Load(checkout())
	if err != nil {
		log.Fatal(err)
	}
	for _, hit := range set.Match(nil, "domain|ip", "www.example.com|192.0.2.1") {
		fmt.Printf("%s: %s is %s\n", hit.List.Name, hit.Value, hit.Entry)
	}
	// Output:
	// Networks for documentation: 192.0.2.1 is 192.0.2.0/24
	// Popular names: www.example.com is example.com
}

// Filter many values. They share a slice of Hits, and only lists of some classes are a
// reason to drop a value.
func ExampleSet_Match_filter() {
	set, err := warninglist.Load(checkout())
	if err != nil {
		log.Fatal(err)
	}
	var hits []warninglist.Hit
values:
	for _, url := range []string{"http://www.example.org/", "http://badfiles.test/a.exe"} {
		hits = set.Match(hits[:0], "url", url)
		for _, hit := range hits {
			if hit.List.Class.Clears() {
				continue values
			}
		}
		fmt.Println(url)
	}
	// Output:
	// http://badfiles.test/a.exe
}

// Print the entries that were skipped.
func ExampleSet_Skipped() {
	set, err := warninglist.Config{MaxEntries: 100}.Load(checkout())
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range set.Lists() {
		fmt.Println(l.Name, l.Version, l.Entries, l.Skipped)
	}
	for _, err := range set.Skipped() {
		fmt.Println(err)
	}
	// Output:
	// Networks for documentation 1 4 0
	// Telephone numbers 2 1 1
	// Popular names 20260102 2 0
	// warninglist: "lists/numbers/list.json": entry 2, "/555/g": unsupported pattern: PCRE has no modifier 'g', so a MISP server never matches it
}
