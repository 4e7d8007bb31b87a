package misp

import (
	"encoding/json"
	"slices"
	"testing"
	"time"
)

// The entry of an event in a manifest as PyMISP's feed generator writes it, and the
// MD5 of its values by md5sum.
func TestFeed(t *testing.T) {
	e := Event{
		UUID: event, Info: "a\nb", Tags: []string{"tlp:amber"}, ThreatLevel: 4, Analysis: 1, Orgc: Org{"CERT", event},
		Date: time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC), Timestamp: time.Unix(1772600767, 0),
	}
	for typ, value := range map[Type]string{IPDst: "198.51.100.7", IPDstPort: "198.51.100.7|8080"} {
		a, err := NewAttribute(event, typ, value)
		if err != nil {
			t.Fatal(err)
		}
		e.Attributes = append(e.Attributes, a)
	}
	o := NewObject(event, TemplateNetworkConnection, "")
	add(t, &o, "layer4-protocol", "TCP") // not for correlation
	e.Objects = append(e.Objects, o)
	b, err := json.Marshal(e.FeedEntry())
	want := `{"Orgc":{"name":"CERT","uuid":"` + event.String() + `"},"Tag":[{"name":"tlp:amber"}],"info":"a b","date":"2026-03-04",` +
		`"analysis":"1","threat_level_id":"4","timestamp":"1772600767"}`
	if err != nil || string(b) != want {
		t.Errorf("%s, %v\nwant %s", b, err, want)
	}
	hashes := []string{"d4a973e303ec37692cc8923e3148eef7", "526291673f8700ef4e4902e29550a03b"}
	slices.Sort(hashes)
	if got := e.FeedHashes(); !slices.Equal(got, hashes) {
		t.Errorf("%q, want %q", got, hashes)
	}
	var back Event
	if b, err = json.Marshal(e); err == nil {
		err = json.Unmarshal(b, &back)
	}
	if err != nil || back.Orgc != e.Orgc {
		t.Errorf("%+v, %v", back.Orgc, err)
	}
}
