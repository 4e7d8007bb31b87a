package serve

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// unhex returns the archive of a constant.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sampleOf returns what openSample finds in an archive.
func sampleOf(archive []byte) ([]byte, error) {
	r, err := openSample(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// The archives of other programs hold the capture.
func TestSamples(t *testing.T) {
	for name, archive := range map[string]string{
		"Info-ZIP": infozipSample, "stored": storedSample, "file name first": turnedSample, "libzip": libzipSample, "7-Zip": sevenSample,
	} {
		b := unhex(t, archive)
		if got, err := sampleOf(b); err != nil || !bytes.Equal(got, requests(1)) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		r, err := openSample(iotest.OneByteReader(bytes.NewReader(b)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got, err := io.ReadAll(iotest.OneByteReader(r)); err != nil || !bytes.Equal(got, requests(1)) {
			t.Errorf("%s, byte by byte: %d bytes, %v", name, len(got), err)
		}
	}
}

// changed returns the archive of a constant with other bytes at an offset.
func changed(t *testing.T, archive string, at int, to ...byte) []byte {
	b := unhex(t, archive)
	copy(b[at:], to)
	return b
}

// Each fault of an archive has an error that names it.
func TestBadSamples(t *testing.T) {
	const nameLen, extraLen = 32, 28
	data := localLen + nameLen + extraLen // of infozipSample
	aesData := localLen + nameLen + 11    // of libzipSample
	aesTagAt := aesData + int(unhex(t, libzipSample)[18]) - aesTag
	for _, test := range []struct {
		name    string
		archive []byte
		want    error
	}{
		{"nothing", nil, errNotZip},
		{"a capture", requests(1), errNotZip},
		{"an empty archive", []byte("PK\x05\x06" + strings.Repeat("\x00", 18)), errNotZip},
		{"half a header", unhex(t, infozipSample)[:20], errCutZip},
		{"half a name", unhex(t, infozipSample)[:40], errCutZip},
		{"another password", changed(t, infozipSample, data, 0), errPassword},
		{"another password, AES", changed(t, libzipSample, aesData, 0), errPassword},
		{"no size", changed(t, infozipSample, 18, 0, 0, 0, 0), errNoSize},
		{"a size that is too small", changed(t, storedSample, 18, 0x20), errSize},
		{"a size that is too large", changed(t, storedSample, 18, 0x93), errSize},
		{"a content that is larger than stated", changed(t, infozipSample, 22, 1), errSize},
		{"a content that is smaller than stated", changed(t, infozipSample, 22, 0xff), errSize},
		{"another checksum", changed(t, infozipSample, 14, 0), errChecksum},
		{"another tag", changed(t, libzipSample, aesTagAt, ^unhex(t, libzipSample)[aesTagAt]), errChecksum},
		{"no tag", changed(t, libzipSample, 18, 0x0b), errCutZip},
		{"an unknown key length", changed(t, libzipSample, aesData-3, 9), errEncryption},
		{"no field for AES", changed(t, libzipSample, aesData-11, 0), errEncryption},
		{"strong encryption", changed(t, infozipSample, 6, 0x49), errEncryption},
		{"another method", changed(t, infozipSample, 8, 9), sampleError("the zip archive has the unsupported compression method 9")},
		{"only a file name", unhex(t, turnedSample)[:localLen+45+24+16], errNoContent},
		{"a file name without an end", unhex(t, turnedSample)[:localLen+45+10], errCutZip},
	} {
		if _, err := sampleOf(test.archive); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
	}
	for n := range len(unhex(t, infozipSample)) {
		got, err := sampleOf(unhex(t, infozipSample)[:n])
		if whole := n >= data+0x72; (err == nil) != whole || whole && !bytes.Equal(got, requests(1)) {
			t.Errorf("the first %d bytes: %v", n, err)
		}
	}
}

// An error of the source is returned unchanged.
func TestSampleOfBrokenSource(t *testing.T) {
	b := unhex(t, libzipSample)
	for n := range localLen + 32 + 11 + 0x70 {
		r, err := openSample(io.MultiReader(bytes.NewReader(b[:n]), iotest.ErrReader(errBudget)))
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, errBudget) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
}

// FuzzSample changes archives. Whatever has its checksum is as large as its header
// says.
func FuzzSample(f *testing.F) {
	for _, s := range []string{infozipSample, storedSample, turnedSample, libzipSample, sevenSample} {
		f.Add(unhex(f, s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := openSample(bytes.NewReader(b))
		if err != nil {
			return
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, 16<<20))
		first := int64(binary.LittleEndian.Uint32(b[22:]))
		var wrong sampleError
		if err == nil && n != first && n < 16<<20 && bytes.Count(b, []byte("PK\x03\x04")) == 1 {
			t.Fatalf("%d bytes instead of %d", n, first)
		}
		if errors.As(err, &wrong) && wrong == errNotZip {
			t.Fatal(err)
		}
	})
}
