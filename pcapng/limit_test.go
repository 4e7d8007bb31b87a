package pcapng_test

import (
	"errors"
	"io"
	"testing"

	"github.com/sightline-go/sightline/internal/build"
	"github.com/sightline-go/sightline/internal/fault"
	"github.com/sightline-go/sightline/pcap"
	"github.com/sightline-go/sightline/pcapng"
)

// An endless reader returns its initial rest, and then a block forever.
type endless struct {
	block []byte
	rest  []byte // of the first bytes, or of block
}

func (e *endless) Read(b []byte) (int, error) {
	for n := 0; ; {
		if len(e.rest) == 0 {
			e.rest = e.block
		}
		k := copy(b[n:], e.rest)
		e.rest = e.rest[k:]
		if n += k; n == len(b) {
			return n, nil
		}
	}
}

// A section with ever more interfaces is an error, and does not use ever more
// memory.
func TestEndlessInterfaces(t *testing.T) {
	section := new(build.Pcapng).Section().Bytes()
	for name, test := range map[string]struct {
		option int // bytes
		most   int // interfaces
	}{
		"many":  {0, 1 << 16},
		"large": {60_000, 16 << 20 / 60_000},
	} {
		var opts []build.Option
		if test.option > 0 {
			opts = []build.Option{{Code: 3, Value: make([]byte, test.option)}}
		}
		block := new(build.Pcapng).Section().Interface(1, 0, opts...).Bytes()[len(section):]
		check := func(reader string, read func(src io.Reader) (int, error)) {
			interfaces, err := 0, error(nil)
			used := fault.Allocated(func() { interfaces, err = read(&endless{block: block, rest: section}) })
			var at *pcap.Error
			if want := int64(len(section) + test.most*len(block)); !errors.Is(err, pcap.ErrTooLarge) || !errors.As(err, &at) || at.Offset > want || at.Offset < want-int64(len(block)) {
				t.Errorf("%s, %s: %d interfaces, %v", name, reader, interfaces, err)
			}
			if used > 64<<20 {
				t.Errorf("%s, %s: %d bytes allocated", name, reader, used)
			}
		}
		check("pcapng", func(src io.Reader) (n int, err error) {
			r := pcapng.NewReader(src)
			for err == nil {
				_, err = r.Next()
			}
			return len(r.Interfaces()), err
		})
		check("pcap", func(src io.Reader) (int, error) {
			r, err := pcap.NewReader(src)
			if err == nil {
				_, err = r.Next()
			}
			return 0, err
		})
	}
}

// A block of more than 16 MiB is rejected before it is read.
func TestLargeBlock(t *testing.T) {
	for _, size := range []uint32{16 << 20, 16<<20 + 4} {
		head := new(build.Pcapng).Section().Bytes()
		head = append(head, 77, 0, 0, 0, byte(size), byte(size>>8), byte(size>>16), byte(size>>24))
		r := pcapng.NewReader(io.MultiReader(&limited{b: head}, &limited{n: int(size) - 12}, &limited{b: head[len(head)-4:]}))
		var err error
		used := fault.Allocated(func() {
			for err == nil {
				_, err = r.Next()
			}
		})
		if tooLarge := size > 16<<20; errors.Is(err, pcap.ErrTooLarge) != tooLarge || !tooLarge && err != io.EOF || tooLarge && used > 1<<20 {
			t.Errorf("%d bytes: %v, %d allocated", size, err, used)
		}
	}
}

// A limited reader returns b, and then n zeros.
type limited struct {
	b []byte
	n int
}

func (l *limited) Read(b []byte) (int, error) {
	if len(l.b) > 0 {
		n := copy(b, l.b)
		l.b = l.b[n:]
		return n, nil
	}
	n := min(len(b), l.n)
	if l.n -= n; n == 0 {
		return 0, io.EOF
	}
	clear(b[:n])
	return n, nil
}
