package viewtest

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/layers/wire"
)

// A View is a Parse function with bytes that it accepts.
type View struct {
	Type   reflect.Type // type of Parse's result
	Parse  func([]byte) (any, error)
	Sample string // in hexadecimal

	// CutMalformed allows Malformed besides Short for a truncated sample, in
	// formats where some prefixes cannot be the start of a message.
	CutMalformed bool
}

// Of returns the View of a Parse function.
func Of[T any](parse func([]byte) (T, error), sample string) View {
	return View{Type: reflect.TypeFor[T](), Parse: func(b []byte) (any, error) { return parse(b) }, Sample: sample}
}

// MayBeMalformed returns v with CutMalformed set.
func (v View) MayBeMalformed() View {
	v.CutMalformed = true
	return v
}

// Text returns text in hexadecimal, for a Sample.
func Text(text string) string { return hex.EncodeToString([]byte(text)) }

// Run parses each sample and calls every method of the result, then does the
// same with the sample truncated at every length and with every byte changed.
func Run(t *testing.T, views []View) {
	for _, v := range views {
		t.Run(v.Type.Name(), func(t *testing.T) {
			b := Unhex(t, v.Sample)
			x, err := v.Parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if n := Touch(t, x); n < 2 {
				t.Errorf("%d methods called", n)
			}
			for n := 0; n < len(b); n += fault.Size(1, 3) {
				v.cut(t, b, n)
			}
			for i := 0; i < len(b); i += fault.Size(1, 3) {
				for _, c := range []byte{0, 0x80, 0xff, b[i] + 1} {
					m := bytes.Clone(b)
					m[i] = c
					if x, err := v.Parse(m); err == nil {
						Touch(t, x)
					}
				}
			}
		})
	}
}

// cut parses the first n bytes of a valid sample. The error must be Short: a
// Parse function does not know about truncation by a capture, and returns
// Malformed only if more bytes would not help.
func (v View) cut(t *testing.T, b []byte, n int) {
	t.Helper()
	x, err := v.Parse(bytes.Clone(b[:n])) // a copy, so that reading beyond it panics
	switch {
	case err == nil:
		Touch(t, x)
	case !errors.Is(err, wire.Short) && !(v.CutMalformed && errors.Is(err, wire.Malformed)):
		t.Errorf("first %d bytes: %v, want Short", n, err)
	default:
		v.checkError(t, err, n)
	}
}

// checkError fails the test if an error does not name its layer, or needs no
// more bytes than available.
func (v View) checkError(t testing.TB, err error, have int) {
	t.Helper()
	var e *wire.Error
	if !errors.As(err, &e) || e.Layer == "" || e.Have != have || e.Need != 0 && e.Need <= have {
		t.Errorf("%d bytes: %+v", have, err)
	}
}

// Texts compares the output of fmt for the views of the samples with want, a
// line for each.
func Texts(t *testing.T, views []View, want string) {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(want), "\n")
	if len(lines) != len(views) {
		t.Errorf("%d lines for %d views", len(lines), len(views))
	}
	for i, v := range views {
		x, err := v.Parse(Unhex(t, v.Sample))
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if i < len(lines) {
			want = strings.TrimSpace(lines[i])
		}
		if got := fmt.Sprint(x); got != want {
			t.Errorf("%v:\n got %s\nwant %s", v.Type, got, want)
		}
	}
}

// Fuzz parses any bytes as any of the views, and calls every method of accepted
// ones.
func Fuzz(f *testing.F, views []View) {
	for i, v := range views {
		f.Add(uint8(i), Unhex(f, v.Sample))
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		v := views[int(which)%len(views)]
		before := bytes.Clone(b)
		x, err := v.Parse(b)
		if err == nil {
			Touch(t, x)
		} else {
			v.checkError(t, err, len(b))
		}
		if !bytes.Equal(b, before) {
			t.Errorf("%s wrote to its input", v.Type.Name())
		}
	})
}

// Touch calls every exported method of x, and of its results, with suitable
// arguments. It returns the number of methods called.
func Touch(t testing.TB, x any) int {
	t.Helper()
	return touchValue(t, reflect.ValueOf(x), 0)
}

const (
	maxTouchDepth = 3 // of values that return values
	touchedValues = 4 // of an iterator, which is drained anyway
)

func touchValue(t testing.TB, v reflect.Value, depth int) int {
	t.Helper()
	n := 0
	for i := range v.NumMethod() {
		m := v.Type().Method(i)
		args, ok := arguments(m.Type)
		if !ok {
			t.Fatalf("%v.%s has arguments of unknown types", v.Type(), m.Name)
		}
		n++
		results := v.Method(i).Call(args)
		if len(results) == 2 && results[1].Kind() == reflect.Bool && !results[1].Bool() {
			continue // absent: a view of nothing has no fields
		}
		for _, out := range results {
			TouchResult(t, v.Type().Name()+"."+m.Name, out, depth)
		}
	}
	return n
}

// known maps the type of an argument to the value passed.
var known = map[reflect.Type]reflect.Value{
	reflect.TypeFor[[]byte]():     reflect.ValueOf([]byte(nil)),
	reflect.TypeFor[string]():     reflect.ValueOf("host"),
	reflect.TypeFor[bool]():       reflect.ValueOf(true),
	reflect.TypeFor[uint8]():      reflect.ValueOf(uint8(2)),
	reflect.TypeFor[uint16]():     reflect.ValueOf(uint16(1)),
	reflect.TypeFor[netip.Addr](): reflect.ValueOf(netip.IPv6Loopback()),
	reflect.TypeFor[int]():        reflect.ValueOf(4), // bytes of DHCPv6 IA_TA before its options, or of a connection ID
}

// arguments returns values for a method's parameters after the receiver.
func arguments(m reflect.Type) (args []reflect.Value, ok bool) {
	for i := 1; i < m.NumIn(); i++ {
		a, ok := known[m.In(i)]
		if k := m.In(i).Kind(); !ok && k >= reflect.Uint && k <= reflect.Uint64 { // a registry code
			args = append(args, reflect.Zero(m.In(i)))
			continue
		}
		if !ok {
			return nil, false
		}
		args = append(args, a)
	}
	return args, true
}

// TouchResult drains iterators, calls the methods of types of the protocol
// packages, and checks text.
func TouchResult(t testing.TB, name string, v reflect.Value, depth int) {
	t.Helper()
	if depth > maxTouchDepth {
		return
	}
	switch v.Kind() {
	case reflect.Func: // CanSeq is true for integers too
		drain(t, name, v, depth)
	case reflect.Struct, reflect.Array, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		if strings.Contains(v.Type().PkgPath(), "/sightline/layers") {
			touchValue(t, v, depth+1)
			touchFields(t, name, v, depth)
		}
	case reflect.Slice:
		if strings.HasSuffix(name, ".AppendText") {
			Printable(t, name, v.Bytes())
		}
	case reflect.String:
		if strings.HasSuffix(name, ".String") {
			Printable(t, name, []byte(v.String()))
		}
	}
}

// touchFields calls TouchResult for the exported fields of a struct.
func touchFields(t testing.TB, name string, v reflect.Value, depth int) {
	t.Helper()
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			TouchResult(t, name, v.Field(i), depth+1)
		}
	}
}

// drain runs an iterator to its end, and once more up to its first value.
func drain(t testing.TB, name string, v reflect.Value, depth int) {
	t.Helper()
	n := 0
	switch {
	case v.Type().CanSeq2():
		for a, b := range v.Seq2() {
			if n++; n <= touchedValues {
				TouchResult(t, name, a, depth+1)
				TouchResult(t, name, b, depth+1)
			}
		}
		for range v.Seq2() {
			break
		}
	case v.Type().CanSeq():
		for a := range v.Seq() {
			if n++; n <= touchedValues {
				TouchResult(t, name, a, depth+1)
			}
		}
		for range v.Seq() {
			break
		}
	default:
		t.Fatalf("%s returns %v", name, v.Type())
	}
	if n > 1<<18 {
		t.Errorf("%s yields %d values", name, n)
	}
}

// Printable fails the test if text is not printable ASCII.
func Printable(t testing.TB, name string, text []byte) {
	t.Helper()
	for _, c := range text {
		if c < 0x20 || c > 0x7e {
			t.Errorf("%s writes %q", name, text)
			return
		}
	}
}
