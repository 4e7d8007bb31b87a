package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"runtime"
	"syscall"
	"testing"
	"testing/iotest"

	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
)

func readInput(ctx context.Context, src io.Reader, workers int) (*Report, error) {
	x := Extractor{Options: Options{Workers: workers}}
	err := x.ReadInput(ctx, "input", src)
	return x.Finish(), err
}

// zipped returns b as a gzip file followed by damage.
func zipped(b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	w.Write(b)
	w.Close()
	return append(out.Bytes(), "after the end"...)
}

// The size and the hash are those of the whole input, whatever the sizes of its reads
// and wherever the capture in it ends. The rest equals that of Read with OnBlock.
func TestInputIsIdentified(t *testing.T) {
	b := story(fault.Size(3000, 300)).Bytes()
	damaged := bytes.Clone(b)
	copy(damaged[5000:], bytes.Repeat([]byte{0xff}, 64))
	inputs := map[string][]byte{
		"empty": b[:24], "whole": b, "cut": b[:len(b)-3], "damaged": damaged, "gzip": zipped(b),
	}
	files := captures(t)
	for _, name := range files[:min(len(files), fault.Size(len(files), 2))] {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		inputs[name] = file
	}
	for name, b := range inputs {
		x := Extractor{}
		r, err := pcap.Config{OnBlock: x.OnBlock}.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(name, err)
		}
		wantErr := x.Read(t.Context(), "input", r)
		x.Identify(int64(len(b)), sha256.Sum256(b))
		want := jsonOf(t, x.Finish(), true)
		for kind, src := range map[string]func(io.Reader) io.Reader{
			"whole": func(r io.Reader) io.Reader { return r }, "halves": iotest.HalfReader, "data with the error": iotest.DataErrReader,
		} {
			for _, workers := range []int{1, 4} {
				name := fmt.Sprintf("%s, %s, %d workers", name, kind, workers)
				rep, err := readInput(t.Context(), src(bytes.NewReader(b)), workers)
				if fmt.Sprint(err) != fmt.Sprint(wantErr) || fmt.Sprint(rep.Captures[0].Err) != fmt.Sprint(wantErr) {
					t.Errorf("%s: %v, in the report %v, want %v", name, err, rep.Captures[0].Err, wantErr)
				}
				sameText(t, name, want, jsonOf(t, rep, true))
			}
		}
	}
}

// A faulty source fails once, and would then continue.
type faulty struct {
	r     io.Reader
	err   error
	asked int // after the error
}

func (f *faulty) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	if err != io.EOF {
		return n, err
	}
	if f.asked++; f.asked == 1 {
		return n, f.err
	}
	return copy(b, "more"), nil
}

// The hash of an input that fails at any byte is unknown. The error is the source's,
// the source is not read again, and no goroutine leaks.
func TestInputFailsAtEveryByte(t *testing.T) {
	b := story(9).Bytes()
	before := runtime.NumGoroutine()
	for at := 0; at < len(b); at += fault.Size(1, 7) {
		for _, workers := range []int{1, 4} {
			src := &faulty{r: iotest.OneByteReader(bytes.NewReader(b[:at])), err: syscall.EIO}
			rep, err := readInput(t.Context(), src, workers)
			switch {
			case !errors.Is(err, syscall.EIO) || src.asked != 1:
				t.Fatalf("failing at %d, %d workers: %v, asked %d times", at, workers, err, src.asked)
			case at < 24 && len(rep.Captures) > 0 || at >= 24 && len(rep.Captures) != 1:
				t.Fatalf("failing at %d: %d captures", at, len(rep.Captures))
			case at >= 24 && (rep.Captures[0].SHA256 != [32]byte{} || rep.Captures[0].Size != 0 || rep.Captures[0].Err != err):
				t.Fatalf("failing at %d: %+v", at, rep.Captures[0])
			}
		}
	}
	fault.Ended(t, before)
}

// If an input fails, or stops yielding bytes, after damage, the error is the damage
// and the capture is not identified.
func TestInputFailsAfterDamage(t *testing.T) {
	b := story(9).Bytes()
	damaged := append(b[:200:200], bytes.Repeat([]byte{0xff}, 1<<20)...)
	for name, rest := range map[string]io.Reader{"error": iotest.ErrReader(syscall.EIO), "silence": silent{}} {
		for _, workers := range []int{1, 4} {
			rep, err := readInput(t.Context(), io.MultiReader(bytes.NewReader(damaged), rest), workers)
			if c := rep.Captures[0]; !errors.Is(err, pcap.ErrTooLarge) || c.Err != err || c.Packets != 2 || c.Size != 0 {
				t.Errorf("%s, %d workers: %v, %+v", name, workers, err, c)
			}
		}
	}
}

// A silent source yields neither bytes nor an error.
type silent struct{}

func (silent) Read([]byte) (int, error) { return 0, nil }

// If ctx is cancelled, even after the last record, the capture is not identified and
// no goroutine leaks.
func TestInputCancelled(t *testing.T) {
	whole := story(5_000).Bytes()
	damaged := append(whole[:200:200], bytes.Repeat([]byte{0xff}, 1<<20)...)
	before := runtime.NumGoroutine()
	for _, b := range [][]byte{whole, damaged} {
		for _, workers := range []int{1, 4} {
			for n, finished := int64(0), false; !finished; n += 97 {
				ctx := &countdown{Context: t.Context()}
				ctx.left.Store(n)
				rep, err := readInput(ctx, bytes.NewReader(b), workers)
				c := rep.Captures[0]
				finished = c.Size > 0
				if finished && (c.SHA256 != sha256.Sum256(b) || c.Size != int64(len(b)) || errors.Is(err, context.Canceled)) || err != c.Err {
					t.Fatalf("%d workers, asked %d times: %v, %+v", workers, n, err, c)
				}
				if n > 20_000 {
					t.Fatalf("%d workers: never identified, %v", workers, err)
				}
			}
		}
	}
	fault.Ended(t, before)
}

// A digest returns the same hash with and without a goroutine, for writes of any
// size.
func TestDigest(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	b := make([]byte, 3*digestBuffers*digestSize+7)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	for _, size := range []int{0, 1, digestSize - 1, digestSize, digestSize + 1, len(b)} {
		for _, most := range []int{1000, digestSize, 3 * digestSize} {
			var inline, beside digest
			beside.start()
			for at := 0; at < size; {
				n := min(rng.IntN(most+1), size-at)
				piece := bytes.Clone(b[at : at+n])
				inline.write(piece)
				beside.write(piece)
				clear(piece) // the caller may reuse it
				at += n
			}
			want := sha256.Sum256(b[:size])
			if got := inline.sum(); got != want {
				t.Errorf("%d bytes: %x, want %x", size, got, want)
			}
			if got := beside.sum(); got != want {
				t.Errorf("%d bytes in a goroutine: %x, want %x", size, got, want)
			}
		}
	}
}
