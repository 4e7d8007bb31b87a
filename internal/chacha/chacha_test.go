package chacha

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// RFC 8439 section 2.3.2.
func TestBlock(t *testing.T) {
	key := unhex(t, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
	var got [BlockSize]byte
	Block(&got, key, 1, unhex(t, "000000090000004a00000000"))
	want := "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e" +
		"d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e"
	if hex.EncodeToString(got[:]) != want {
		t.Errorf("%x", got)
	}
}

// RFC 8439 section 2.5.2 and vectors 7 to 11 of appendix A.3, which reach the
// limits of the arithmetic.
func TestPoly1305(t *testing.T) {
	for _, tt := range []struct{ key, text, want string }{
		{"85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b", hex.EncodeToString([]byte("Cryptographic Forum Research Group")), "a8061dc1305136c6c22b8baf0c0127a9"},
		{"02" + strings.Repeat("00", 31), strings.Repeat("ff", 16), "03" + strings.Repeat("00", 15)},
		{"02" + strings.Repeat("00", 15) + strings.Repeat("ff", 16), "02" + strings.Repeat("00", 15), "03" + strings.Repeat("00", 15)},
		{"01" + strings.Repeat("00", 31), strings.Repeat("ff", 16) + "f0" + strings.Repeat("ff", 15) + "11" + strings.Repeat("00", 15), "05" + strings.Repeat("00", 15)},
		{"01" + strings.Repeat("00", 31), strings.Repeat("ff", 16) + "fb" + strings.Repeat("fe", 15) + strings.Repeat("01", 16), strings.Repeat("00", 16)},
		{"02" + strings.Repeat("00", 31), "fd" + strings.Repeat("ff", 15), "fa" + strings.Repeat("ff", 15)},
	} {
		m := newMAC(unhex(t, tt.key))
		b := unhex(t, tt.text)
		for len(b) > 0 {
			var block [17]byte
			n := copy(block[:16], b)
			block[n] = 1
			b = b[n:]
			m.block(le64(block[:]), le64(block[8:]), uint64(block[16]))
		}
		if sum := m.sum(); hex.EncodeToString(sum[:]) != tt.want {
			t.Errorf("%s: %x, want %s", tt.text, sum, tt.want)
		}
	}
}

func le64(b []byte) (v uint64) {
	for i := range 8 {
		v |= uint64(b[i]) << (8 * i)
	}
	return v
}

// RFC 8439 section 2.8.2.
func TestAEAD(t *testing.T) {
	a, err := New(unhex(t, "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"))
	if err != nil {
		t.Fatal(err)
	}
	nonce, additional := unhex(t, "070000004041424344454647"), unhex(t, "50515253c0c1c2c3c4c5c6c7")
	text := "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
	want := unhex(t, `d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6
		3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36
		92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc
		3ff4def08e4b7a9de576d26586cec64b6116 1ae10b594f09e26a7e902ecbd0600691`)
	got := a.Seal([]byte("kept"), nonce, []byte(text), additional)
	if !bytes.Equal(got[4:], want) {
		t.Fatalf("%x", got[4:])
	}
	plain, err := a.Open(want[:0:0], nonce, want, additional)
	if err != nil || string(plain) != text {
		t.Errorf("%q, %v", plain, err)
	}
	for i := range want {
		bad := bytes.Clone(want)
		bad[i] ^= 1
		if _, err := a.Open(nil, nonce, bad, additional); err == nil {
			t.Errorf("byte %d changed: no error", i)
		}
	}
	if n := testing.AllocsPerRun(10, func() { a.Open(plain[:0], nonce, want, additional) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkOpen(b *testing.B) {
	a, _ := New(make([]byte, KeySize))
	nonce := make([]byte, NonceSize)
	sealed := a.Seal(nil, nonce, make([]byte, 1200), nil)
	buf := make([]byte, 0, 1200)
	b.SetBytes(1200)
	for b.Loop() {
		a.Open(buf, nonce, sealed, nil)
	}
}
