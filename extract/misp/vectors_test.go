package misp

import (
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"
)

// rows returns the lines of a table in testdata, without comments, split at tabs.
func rows(t *testing.T, name string) (rows [][]string) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimRight(line, "\r\n"); !strings.HasPrefix(line, "#") {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

// unquote parses a JSON string, or an expression like "a"*3 for aaa.
func unquote(t *testing.T, s string) string {
	t.Helper()
	times := 1
	if i := strings.LastIndex(s, `"*`); !strings.HasSuffix(s, `"`) {
		n, err := strconv.Atoi(s[i+2:])
		if err != nil {
			t.Fatal(s, err)
		}
		s, times = s[:i+1], n
	}
	var v string
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatal(s, err)
	}
	return strings.Repeat(v, times)
}

// Each vector is a value and the result of a real server.
func TestVectors(t *testing.T) {
	right, all := 0, rows(t, "vectors.tsv")
	for _, r := range all {
		typ, in, want := Type(r[0]), unquote(t, r[1]), ""
		if r[2] != "-" {
			want = unquote(t, r[2])
		}
		got, err := Normalize(typ, in)
		if err == nil && len(r) > 3 && !typ.Allows(Category(r[3])) {
			got, err = "", ErrValue
		}
		switch {
		case err != nil && !errors.Is(err, ErrValue) && !errors.Is(err, ErrType):
			t.Errorf("Normalize(%s, %.60q): %v wraps neither ErrValue nor ErrType", typ, in, err)
		case got != want || (err == nil) != (r[2] != "-"):
			t.Errorf("Normalize(%s, %.60q) = %.60q, %v; want %.60q", typ, in, got, err, want)
		default:
			right++
		}
	}
	t.Logf("%d of %d", right, len(all))
	if len(all) != 515 {
		t.Errorf("%d vectors, want 515", len(all))
	}
}

func TestTypes(t *testing.T) {
	table := rows(t, "types.tsv")
	n := 0
	for typ := range Types() {
		if n >= len(table) || string(typ) != table[n][0] {
			t.Fatalf("type %d is %s, unlike in the table", n, typ)
		}
		r := table[n]
		n++
		if got := []string{string(typ.Category()), strconv.FormatBool(typ.ToIDS())}; got[0] != r[1] || got[1] != strconv.FormatBool(r[2] == "1") {
			t.Errorf("%s: category and to_ids are %v, want %v", typ, got, r[1:3])
		}
		allowed := strings.Split(r[3], ",")
		for _, c := range categoryNames {
			if want := strings.Contains(","+r[3]+",", ","+string(c)+","); typ.Allows(c) != want {
				t.Errorf("%s in %s: %v, want %v", typ, c, !want, want)
			}
		}
		if !typ.Allows(typ.Category()) || len(allowed) == 0 {
			t.Errorf("%s: default category is not allowed", typ)
		}
	}
	if n != len(table) {
		t.Errorf("%d types, want %d", n, len(table))
	}
	if u := Type("ja4"); u.Category() != "" || u.ToIDS() || u.Allows(NetworkActivity) {
		t.Error("an unknown type has a category")
	}
}
