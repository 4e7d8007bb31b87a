package sightings

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
)

// An event that was made from a capture gets no sightings from it, unless they are
// wanted. A file in another event that has the same SHA-256 means nothing.
func TestOwn(t *testing.T) {
	hash := fmt.Sprintf("sha256 %x", sha256.Sum256(small()))
	for _, tt := range []struct {
		relation string
		args     []string
		want     string
	}{
		{"file-hash-sha256", nil, "2 values in 3 attributes\nleft out: 2 attributes of events that were made from the same capture; -own includes them\n1 sighting: 1 new"},
		{"file-hash-sha256", []string{"-own"}, "2 values in 3 attributes\n3 sightings: 3 new"},
		{"sha256", nil, "2 values in 3 attributes\n3 sightings: 3 new"},
		{"", nil, "2 values in 3 attributes\n3 sightings: 3 new"},
	} {
		s := newServer(t)
		s.add("1", "domain c2.example")
		s.add("7", "domain c2.example")
		s.add("7", "hostname www.c2.example")
		s.add("7", hash)
		if tt.relation != "" {
			s.attributes[3].Relation = &tt.relation
		}
		s.attributes[3].ToIDS, s.attributes[3].published = false, false
		r := attempt(t, s.URL, small(), append(tt.args, "-to-ids", "-")...)
		if r.status != 0 || !strings.Contains(r.stderr, tt.want) {
			t.Errorf("%q %q: status %d, %s", tt.relation, tt.args, r.status, r.stderr)
		}
		for _, q := range s.queries {
			if q.Value[0] == strings.TrimPrefix(hash, "sha256 ") && q.ToIDS != 0 {
				t.Errorf("%+v", q)
			}
		}
	}
}

// Without a known value, the server is not asked whether it has the capture.
func TestOwnUnknown(t *testing.T) {
	s := newServer(t, "domain other.example")
	r := attempt(t, s.URL, small(), "-")
	if r.status != 0 || strings.Contains(fmt.Sprint(s.queries), fmt.Sprintf("%x", sha256.Sum256(small()))) {
		t.Errorf("status %d, %s, %v", r.status, r.stderr, s.queries)
	}
}
