package tls

import (
	"bytes"
	"crypto/tls"
	"encoding/hex"
	"strings"
	"testing"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Records of RFC 8448, with the secrets that protect them: from sections 3 (simple
// 1-RTT) and 4 (0-RTT).
func TestRFC8448(t *testing.T) {
	data := make([]byte, 50)
	for i := range data {
		data[i] = byte(i)
	}
	for _, tt := range []struct {
		name, secret string
		seq          uint64
		record       string
		typ          ContentType
		want         []byte // a prefix
	}{
		{"client's Finished", "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21", 0,
			"170303003575ec4dc238cce60b298044a71e219c56cc77b0517fe9b93c7a4bfc44d87f38f80338ac98fc46deb384bd1caeacab6867d726c40546",
			ContentHandshake, unhex(t, "14000020a8ec436d677634ae525ac1fcebe11a039ec17694fac6e98527b642f2edd5ce61")},
		{"client's data", someSecret, 0,
			"1703030043a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4",
			ContentApplicationData, data},
		{"client's alert", someSecret, 1, "1703030013c9872760655666b74d7ff1153efd6db6d0b0e3", ContentAlert, []byte{1, 0}},
		{"server's data", "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", 1,
			"17030300432e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d",
			ContentApplicationData, data},
		{"server's alert", "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643", 2,
			"1703030013b58fd67166ebf599d24720cfbe7efa7a8864a9", ContentAlert, []byte{1, 0}},
		{"early data", "3fbbe6a60deb66c30a32795aba0eff7eaa10105586e7be5c09678d63b6caab62", 0,
			"1703030017ab1df420e75c457a7cc5d2844f76d5aee4b4edbf049be0", ContentApplicationData, []byte("ABCDEF")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p, ok := TrafficProtection(0x1301, unhex(t, tt.secret))
			if !ok {
				t.Fatal("no protection")
			}
			rec := unhex(t, tt.record)
			got, typ, ok := p.Open([]byte("x"), rec[:5], rec[5:], tt.seq)
			if !ok || typ != tt.typ || !bytes.Equal(got, append([]byte("x"), tt.want...)) {
				t.Errorf("%x, %v, %v", got, typ, ok)
			}
			if len(rec)-5-len(tt.want) != p.Overhead() {
				t.Errorf("overhead of %d, not %d", len(rec)-5-len(tt.want), p.Overhead())
			}
			if _, _, ok := p.Open(nil, rec[:5], rec[5:], tt.seq+1); ok {
				t.Error("opened with another number")
			}
			for i := range rec {
				changed := bytes.Clone(rec)
				changed[i] ^= 1
				if _, _, ok := p.Open(nil, changed[:5], changed[5:], tt.seq); ok && i != 3 && i != 4 {
					t.Errorf("opened with byte %d changed", i)
				}
				if _, _, ok := p.Open(nil, rec[:5], rec[5:5+i%(len(rec)-5)], tt.seq); ok {
					t.Errorf("opened %d bytes", i)
				}
			}
			if _, _, ok := p.Next().Open(nil, rec[:5], rec[5:], tt.seq); ok {
				t.Error("opened after a key update")
			}
		})
	}
}

// The names of crypto/tls say what the cipher suites are.
func TestSuites(t *testing.T) {
	bulks := map[string]bulk{
		"RC4_128": bulkRC4, "3DES_EDE_CBC": bulk3DES, "AES_128_CBC": bulkAES128CBC, "AES_256_CBC": bulkAES256CBC,
		"AES_128_GCM": bulkAES128GCM, "AES_256_GCM": bulkAES256GCM, "CHACHA20_POLY1305": bulkChaCha,
	}
	for _, c := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		s, ok := suiteOf(c.ID)
		_, name, with := strings.Cut(c.Name, "_WITH_")
		if !with {
			name = strings.TrimPrefix(c.Name, "TLS_")
		}
		at := strings.LastIndexByte(name, '_')
		size := map[string]int{"SHA": 20, "SHA256": 32, "SHA384": 48}[name[at+1:]]
		if !ok || s.bulk != bulks[name[:at]] || of13(c.ID) == with {
			t.Errorf("%s: %+v", c.Name, s)
		}
		switch {
		case s.mac != nil && s.mac().Size() != size, s.mac == nil && s.prf().Size() != size:
			t.Errorf("%s: wrong hash", c.Name)
		case s.mac != nil && s.prf().Size() != max(size, 32):
			t.Errorf("%s: wrong hash of the handshake", c.Name)
		}
	}
	seen := map[uint16]bool{}
	for _, g := range suiteGroups {
		for _, id := range g.ids {
			if seen[id] {
				t.Errorf("%#x is there twice", id)
			}
			seen[id] = true
		}
	}
	if _, ok := suiteOf(0xffff); ok {
		t.Error("an unknown suite is known")
	}
}
