package layers

import (
	"reflect"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }

// touchViews calls the getters of a Packet by reflection, and every method of
// the views they return.
func touchViews(t testing.TB, p *Packet) {
	t.Helper()
	v := reflect.ValueOf(p)
	for i := range v.NumMethod() {
		m := v.Type().Method(i)
		if m.Type.NumIn() != 1 || m.Type.NumOut() != 2 || m.Type.Out(1).Kind() != reflect.Bool {
			continue
		}
		if out := v.Method(i).Call(nil); out[1].Bool() {
			viewtest.TouchResult(t, "Packet."+m.Name, out[0], 0)
		}
	}
}
