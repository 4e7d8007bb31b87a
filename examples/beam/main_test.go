package main

import (
	"flag"
	"strings"
	"testing"
)

// A mistake on the command line is named before the pipeline starts.
func TestParse(t *testing.T) {
	for _, tt := range []struct {
		flags, want string // want: part of the error, none if empty
	}{
		{"-output=e.json", ""},
		{"-output=e.json -o=report -range=1 -hash=none", ""},
		{"-feed=dir -org=Org -per=day", ""},
		{"", "-output or -feed"},
		{"-output=e.json -feed=dir -org=Org", "-output or -feed"},
		{"-feed=dir", "-org"},
		{"-feed=dir -org=Org -o=report", "-feed writes MISP events"},
		{"-output=e.json -o=csv", "unknown -o csv"},
		{"-output=e.json -hash=md5", "unknown -hash md5: use all, none, sha256"},
		{"-output=e.json -per=week", "unknown -per week"},
		{"-output=e.json -range=0", "-range"},
		{"-output=e.json -sensor=(", "-sensor"},
	} {
		set(t, tt.flags)
		_, _, err := parse([]string{"*.pcap"})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.flags, err)
		}
	}
	set(t, "-output=e.json")
	if _, _, err := parse(nil); err == nil || !strings.Contains(err.Error(), "no files") {
		t.Errorf("without files: %v", err)
	}
	set(t, "-feed=dir -org=Org -per=day -range=2 -keys=a,b -sensor=x")
	c, w, err := parse([]string{"*.pcap"})
	if err != nil || !c.PerDay || c.Range != 2<<20 || len(c.Keys) != 2 || c.Sensor != "x" || w.Feed != "dir" || w.Org.Name != "Org" {
		t.Errorf("%+v, %+v, %v", c, w, err)
	}
}

// set gives all flags their default, and those in the list another value.
func set(t *testing.T, list string) {
	t.Helper()
	for _, name := range []string{"output", "o", "feed", "per", "org", "sensor", "range", "hash", "keys", "info", "tags", "passwords"} {
		f := flag.Lookup(name)
		if err := f.Value.Set(f.DefValue); err != nil {
			t.Fatal(err)
		}
	}
	for _, one := range strings.Fields(list) {
		name, value, _ := strings.Cut(one[1:], "=")
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
}
