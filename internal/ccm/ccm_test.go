package ccm

import (
	"bytes"
	"crypto/aes"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// The packet vectors 1 to 4 and 7 of RFC 3610 section 8.
func TestVectors(t *testing.T) {
	key := unhex("c0 c1 c2 c3 c4 c5 c6 c7 c8 c9 ca cb cc cd ce cf")
	for _, tt := range []struct {
		nonce             string
		header, size, tag int
		want              string
	}{
		{"00 00 00 03 02 01 00", 8, 31, 8, "58 8c 97 9a 61 c6 63 d2 f0 66 d0 c2 c0 f9 89 80 6d 5f 6b 61 da c3 84 17 e8 d1 2c fd f9 26 e0"},
		{"00 00 00 04 03 02 01", 8, 32, 8, "72 c9 1a 36 e1 35 f8 cf 29 1c a8 94 08 5c 87 e3 cc 15 c4 39 c9 e4 3a 3b a0 91 d5 6e 10 40 09 16"},
		{"00 00 00 05 04 03 02", 8, 33, 8, "51 b1 e5 f4 4a 19 7d 1d a4 6b 0f 8e 2d 28 2a e8 71 e8 38 bb 64 da 85 96 57 4a da a7 6f bd 9f b0 c5"},
		{"00 00 00 06 05 04 03", 12, 31, 8, "a2 8c 68 65 93 9a 9a 79 fa aa 5c 4c 2a 9d 4a 91 cd ac 8c 96 c8 61 b9 c9 e6 1e f1"},
		{"00 00 00 09 08 07 06", 8, 31, 10, "01 35 d1 b2 c9 5f 41 d5 d1 d4 fe c1 85 d1 66 b8 09 4e 99 9d fe d9 6c 04 8c 56 60 2c 97 ac bb 74 90"},
	} {
		t.Run(tt.nonce, func(t *testing.T) {
			block, err := aes.NewCipher(key)
			if err != nil {
				t.Fatal(err)
			}
			c, err := New(block, 13, tt.tag)
			if err != nil {
				t.Fatal(err)
			}
			packet := make([]byte, tt.size)
			for i := range packet {
				packet[i] = byte(i)
			}
			nonce := unhex(tt.nonce + " a0 a1 a2 a3 a4 a5")
			sealed := c.Seal(nil, nonce, packet[tt.header:], packet[:tt.header])
			if want := unhex(tt.want); !bytes.Equal(sealed, want) {
				t.Errorf("sealed %x, want %x", sealed, want)
			}
			plain, err := c.Open(nil, nonce, sealed, packet[:tt.header])
			if err != nil || !bytes.Equal(plain, packet[tt.header:]) {
				t.Errorf("opened %x, %v", plain, err)
			}
			for i := range sealed {
				sealed[i] ^= 1
				if _, err := c.Open(nil, nonce, sealed, packet[:tt.header]); err == nil {
					t.Errorf("opened with byte %d changed", i)
				}
				sealed[i] ^= 1
			}
		})
	}
}

// The sizes that RFC 3610 section 2 allows, and all lengths around a block.
func TestSizes(t *testing.T) {
	block, _ := aes.NewCipher(make([]byte, 32))
	for _, tt := range []struct{ nonce, tag int }{{6, 8}, {14, 8}, {12, 2}, {12, 18}, {12, 7}} {
		if _, err := New(block, tt.nonce, tt.tag); err == nil {
			t.Errorf("%v is accepted", tt)
		}
	}
	for nonce := 7; nonce <= 13; nonce++ {
		for size := range 50 {
			c, err := New(block, nonce, 16)
			if err != nil {
				t.Fatal(err)
			}
			data := bytes.Repeat([]byte("d"), size*1500)
			sealed := c.Seal([]byte("x"), make([]byte, nonce), bytes.Repeat([]byte("p"), size), data)
			plain, err := c.Open([]byte("y"), make([]byte, nonce), sealed[1:], data)
			if err != nil || string(plain) != "y"+strings.Repeat("p", size) {
				t.Fatal(fmt.Sprint(nonce, size), err)
			}
		}
	}
	c, _ := New(block, 12, 16)
	for size := range 16 {
		if _, err := c.Open(nil, make([]byte, 12), make([]byte, size), nil); err == nil {
			t.Errorf("opened %d bytes", size)
		}
	}
	if _, err := c.Open(nil, make([]byte, 11), make([]byte, 20), nil); err == nil {
		t.Error("opened with a short nonce")
	}
}
