package viewtest

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// Facts calls the methods of x named in want, a line for each with its results,
// and compares. Bytes are in hexadecimal. Results and the fields of a struct
// are separated by spaces, the values of an iterator by commas. The name Text
// stands for the text of AppendText.
func Facts(t testing.TB, x any, want string) {
	t.Helper()
	var lines, got []string
	for line := range strings.Lines(strings.TrimSpace(want)) {
		line = strings.TrimSpace(line)
		lines = append(lines, line)
		name, _, _ := strings.Cut(line, " ")
		got = append(got, strings.TrimSpace(name+" "+fact(t, x, name)))
	}
	for i, want := range lines {
		if got[i] != want {
			t.Errorf("%T:\n got %s\nwant %s", x, got[i], want)
		}
	}
}

func fact(t testing.TB, x any, name string) string {
	t.Helper()
	if a, ok := x.(interface{ AppendText([]byte) ([]byte, error) }); ok && name == "Text" {
		b, err := a.AppendText(nil)
		if err != nil {
			t.Error(err)
		}
		return string(b)
	}
	m := reflect.ValueOf(x).MethodByName(name)
	if !m.IsValid() {
		t.Fatalf("%T has no method %s", x, name)
	}
	var all []string
	for _, v := range m.Call(nil) {
		all = append(all, factValue(v))
	}
	return strings.Join(all, " ")
}

func factValue(v reflect.Value) string {
	switch {
	case v.Kind() == reflect.Func:
		return factSeq(v)
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return fmt.Sprintf("%x", v.Bytes())
	case v.Kind() == reflect.Interface && v.IsNil():
		return "nil"
	}
	if _, ok := v.Interface().(fmt.Stringer); ok || v.Kind() != reflect.Struct {
		return fmt.Sprint(v.Interface())
	}
	var all []string
	for i := range v.NumField() {
		all = append(all, factValue(v.Field(i)))
	}
	return "{" + strings.Join(all, " ") + "}"
}

func factSeq(v reflect.Value) string {
	var all []string
	if v.Type().CanSeq2() {
		for a, b := range v.Seq2() {
			all = append(all, factValue(a)+" "+factValue(b))
		}
		return strings.Join(all, ", ")
	}
	for a := range v.Seq() {
		all = append(all, factValue(a))
	}
	return strings.Join(all, ", ")
}
