package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/internal/defuse"
)

// A harness runs the functions of the pipeline as a runner may: each element is first
// abandoned half-way, at a random output, and then done twice. The outputs of one
// attempt count.
type harness struct {
	t        testing.TB
	rng      *rand.Rand
	settings Settings
}

// abandoned is what the harness panics with to end an attempt.
type abandoned struct{}

// attempt is the state of one attempt: how many outputs until it is abandoned, and
// whether they count.
type attempt struct {
	left   int
	counts bool
}

func (a *attempt) output() bool {
	if a.left == 0 {
		panic(abandoned{})
	}
	a.left--
	return a.counts
}

// do makes the attempts.
func (h *harness) do(f func(a *attempt) error) {
	h.t.Helper()
	counted := 1 + h.rng.IntN(2)
	for i := range 3 {
		a := attempt{left: -1, counts: i == counted}
		if i == 0 {
			a.left = h.rng.IntN(3)
		}
		func() {
			defer func() {
				if v := recover(); v != nil && v != (abandoned{}) {
					panic(v)
				}
			}()
			if err := f(&a); err != nil {
				h.t.Fatal(err)
			}
		}()
	}
}

// A grouped is a keyed collection, whose order the harness changes.
type grouped[V any] map[string][]V

func to[V any](a *attempt, g grouped[V]) func(string, V) {
	return func(key string, v V) {
		if a.output() {
			g[key] = append(g[key], v)
		}
	}
}

// iterate returns an iterator over values in random order.
func iterate[V any](h *harness, values []V) func(*V) bool {
	order := h.rng.Perm(len(values))
	return func(v *V) bool {
		if len(order) == 0 {
			return false
		}
		*v, order = values[order[0]], order[1:]
		return true
	}
}

// pieces returns the pieces of all stages by sensor, in the form in which they travel.
func (h *harness) pieces(names []string) grouped[[]byte] {
	ctx := context.Background()
	byHash, bySensor := grouped[found]{}, grouped[found]{}
	scan := scanFn{Settings: h.settings}
	if err := scan.Setup(); err != nil {
		h.t.Fatal(err)
	}
	for _, name := range names {
		h.do(func(a *attempt) error { return scan.ProcessElement(ctx, name, to(a, byHash)) })
	}
	for key, files := range byHash {
		h.do(func(a *attempt) error {
			new(distinctFn).ProcessElement(key, iterate(h, files), to(a, bySensor))
			return nil
		})
	}
	ordered, parted := grouped[found]{}, grouped[found]{}
	for sensor, files := range bySensor {
		h.do(func(a *attempt) error {
			new(orderFn).ProcessElement(sensor, iterate(h, files), to(a, ordered))
			return nil
		})
	}
	for sensor, files := range ordered {
		for _, f := range files {
			h.do(func(a *attempt) error { return (&seamFn{h.settings}).ProcessElement(ctx, sensor, f, to(a, parted)) })
		}
	}
	jobs, runs, fragments, pieces := grouped[job]{}, grouped[[]byte]{}, grouped[[]byte]{}, grouped[[]byte]{}
	emit := func(a *attempt) func(string, piece) {
		return func(key string, p piece) {
			b, err := encodePiece(p)
			if err != nil {
				h.t.Fatal(err)
			}
			to(a, pieces)(key, b)
		}
	}
	for sensor, files := range parted {
		h.do(func(a *attempt) error {
			plan := planFn{h.settings}
			plan.ProcessElement(ctx, sensor, iterate(h, files), to(a, jobs), to(a, runs), emit(a), func(found) { a.output() })
			return nil
		})
	}
	for sensor, list := range jobs {
		for _, j := range list {
			h.do(func(a *attempt) error {
				return (&divideFn{h.settings}).ProcessElement(ctx, sensor, j, to(a, runs), to(a, fragments), emit(a))
			})
		}
	}
	for key, values := range fragments {
		h.do(func(a *attempt) error {
			return (&datagramsFn{h.settings}).ProcessElement(ctx, key, iterate(h, values), to(a, runs), emit(a))
		})
	}
	for key, values := range runs {
		h.do(func(a *attempt) error {
			return (&shardFn{Settings: h.settings}).ProcessElement(ctx, key, iterate(h, values), emit(a))
		})
	}
	return pieces
}

// report merges the pieces of one sensor in random order.
func (h *harness) report(values [][]byte) *extract.Report {
	sum := new(pieceSum)
	all := sum.CreateAccumulator()
	next := iterate(h, values)
	for b := []byte(nil); next(&b); {
		p, err := decodePiece(b)
		if err == nil {
			all, err = sum.MergeAccumulators(all, p)
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	r, err := all.sum.Report()
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

func (h *harness) read(names []string) string {
	h.t.Helper()
	pieces := h.pieces(names)
	if len(pieces) != 1 {
		h.t.Fatalf("%d sensors", len(pieces))
	}
	var b bytes.Buffer
	for _, values := range pieces {
		if err := h.report(values).WriteJSON(defuse.JSON(&b), true); err != nil {
			h.t.Fatal(err)
		}
	}
	return b.String()
}

// Bundles that are abandoned half-way and done twice change nothing.
func TestRetries(t *testing.T) {
	names := captures(t)
	want := alone(t, "report", names...)
	for seed, every := range []int64{64 << 20, 5000, 500} {
		c := defaults
		c.Range = every
		h := harness{t, rand.New(rand.NewPCG(uint64(seed), 1)), c}
		same(t, fmt.Sprint("ranges of ", every), want, h.read(names))
	}
}

// Neither do they for the captures of a corpus as one sensor.
func TestCorpus(t *testing.T) {
	corpus := os.Getenv("SIGHTLINE_CORPUS")
	if corpus == "" || testing.Short() {
		t.Skip("needs SIGHTLINE_CORPUS, and minutes")
	}
	names, err := filepath.Glob(filepath.Join(corpus, "dev", "*", "*"))
	if err != nil || len(names) == 0 {
		t.Fatal(err)
	}
	c := defaults
	c.Sensor, c.Range = "", 1<<20
	h := harness{t, rand.New(rand.NewPCG(1, 1)), c}
	distinct, seen := names[:0], map[string]bool{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err == nil && !seen[string(b)] {
			distinct, seen[string(b)] = append(distinct, name), true
		}
	}
	same(t, "corpus", alone(t, "report", distinct...), h.read(distinct))
}
