package tls

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
)

const (
	someRandom = "cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece7"
	someMaster = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
	someSecret = "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5"
)

// The forms that browsers, Wireshark's documentation, Cuckoo, CAPE and DRAKVUF
// write.
func TestKeys(t *testing.T) {
	random, master, secret := unhex(t, someRandom), unhex(t, someMaster), unhex(t, someSecret)
	for _, tt := range []struct {
		line, label string
		id, want    []byte
	}{
		{"CLIENT_RANDOM " + someRandom + " " + someMaster, LabelMaster, random, master},
		{"CLIENT_RANDOM " + strings.ToUpper(someRandom) + " " + someMaster + "\r", LabelMaster, random, master},
		{"CLIENT_TRAFFIC_SECRET_0 " + someRandom + " " + someSecret, LabelClientTraffic, random, secret},
		{"SERVER_HANDSHAKE_TRAFFIC_SECRET " + someRandom + " " + someMaster, LabelServerHandshake, random, master},
		{"QUIC_SERVER_TRAFFIC_SECRET_0 " + someRandom + " " + someSecret, LabelServerTraffic, random, secret},
		{"PMS_CLIENT_RANDOM " + someRandom + " 0303aa", LabelPremaster, random, []byte{3, 3, 0xaa}},
		{"RSA 0011223344556677 " + someMaster, LabelEncryptedPremaster, unhex(t, "0011223344556677"), master},
		{"RSA Session-ID:00112233 Master-Key:" + someMaster, LabelMasterOfSession, unhex(t, "00112233"), master},
		{"client_random: " + someRandom + ", server_random: " + someSecret + ", master_secret: " + someMaster, LabelMaster, random, master},
		{`{"Plugin":"tlsmon","client_random":"` + someRandom + `","master_key":"` + someMaster + `"}`, LabelMaster, random, master},
		{`tlsmon label="SERVER_TRAFFIC_SECRET_0",client_random="` + someRandom + `",secret="` + someSecret + `"`, LabelServerTraffic, random, secret},
	} {
		var k Keys
		if err := k.Read(strings.NewReader("\xef\xbb\xbf# comment\n\n" + tt.line)); err != nil {
			t.Fatal(err)
		}
		if got := k.Secret(tt.label, tt.id); !bytes.Equal(got, tt.want) || k.Len() != 1 || k.Bad() != 0 {
			t.Errorf("%s: %x, %d secrets, %d bad lines", tt.line, got, k.Len(), k.Bad())
		}
		for _, label := range keyLabels {
			if label != tt.label && k.Secret(label, tt.id) != nil {
				t.Errorf("%s: also as %s", tt.line, label)
			}
		}
	}
}

func TestKeysNone(t *testing.T) {
	var none *Keys
	if none.Len() != 0 || none.Secret(LabelMaster, make([]byte, 32)) != nil || new(Keys).Secret(LabelMaster, make([]byte, 32)) != nil {
		t.Error("no keys have a secret")
	}
	var k Keys
	k.Read(strings.NewReader("CLIENT_RANDOM " + someRandom + " " + someMaster))
	for _, id := range [][]byte{nil, make([]byte, 31), make([]byte, 33), unhex(t, someRandom)[:31]} {
		if k.Secret(LabelMaster, id) != nil {
			t.Errorf("%x has a secret", id)
		}
	}
	if k.Secret("NONE", unhex(t, someRandom)) != nil {
		t.Error("an unknown label has a secret")
	}
}

func TestKeysBad(t *testing.T) {
	var k Keys
	lines := []string{
		"CLIENT_RANDOM " + someRandom, "CLIENT_RANDOM " + someRandom[2:] + " " + someMaster, "CLIENT_RANDOM " + someRandom + " " + someSecret,
		"CLIENT_RANDOM " + someRandom + " x" + someMaster[1:], "CLIENT_RANDOM x" + someRandom[1:] + " " + someMaster,
		"client_random " + someRandom + " " + someMaster, "client_random: " + someRandom, "SERVER_TRAFFIC_SECRET_0 " + someRandom + " 00",
		"PMS_CLIENT_RANDOM " + someRandom + " 0", "RSA Session-ID: Master-Key:" + someMaster, "RSA Session-ID:001 Master-Key:" + someMaster,
		"RSA 00112233445566 " + someMaster, "\x00\x01\xff", strings.Repeat("0", maxKeyLine), strings.Repeat("CLIENT_RANDOM ", 1<<12),
		"client_random client_random", "client_random=", "NEW_SECRET xy 00",
	}
	if err := k.Read(strings.NewReader(strings.Join(lines, "\n"))); err != nil || k.Bad() != len(lines) || k.Len() != 0 {
		t.Errorf("%d bad lines of %d, %d secrets, %v", k.Bad(), len(lines), k.Len(), err)
	}
	bad := k.Bad()
	k.Read(strings.NewReader("EXPORTER_SECRET " + someRandom + " " + someSecret + "\nECH_CONFIG 00 00\n"))
	if k.Bad() != bad || k.Len() != 0 {
		t.Error("secrets that are not used are bad lines, or kept")
	}
	// The first one counts.
	k.Read(strings.NewReader("CLIENT_RANDOM " + someRandom + " " + someMaster + "\nCLIENT_RANDOM " + someRandom + " " + strings.Repeat("f", 96)))
	if got := k.Secret(LabelMaster, unhex(t, someRandom)); !bytes.Equal(got, unhex(t, someMaster)) || k.Bad() != bad {
		t.Errorf("%x", got)
	}
}

// An error of the reader is returned, and what came before it stays. No error has a
// secret in it.
func TestKeysError(t *testing.T) {
	want := errors.New("disk")
	var k Keys
	err := k.Read(io.MultiReader(strings.NewReader("CLIENT_RANDOM "+someRandom+" "+someMaster+"\nCLIENT"), iotest.ErrReader(want)))
	if !errors.Is(err, want) || k.Len() != 1 {
		t.Errorf("%v, %d secrets", err, k.Len())
	}
	if text := fmt.Sprintf("%v %v %+v %#v %s", err, &k, &k, &k, &k); strings.Contains(text, someMaster[:16]) {
		t.Error(text)
	}
}

// A key log uses no more memory than it has bytes, and a fixed number of secrets is
// kept.
func TestKeysLimit(t *testing.T) {
	most := maxSecrets
	if testing.Short() {
		most = 1 << 14
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var k Keys
	size := 0
	pr, pw := io.Pipe()
	go func() {
		for i := range most + 10 {
			n, _ := fmt.Fprintf(pw, "CLIENT_RANDOM %064x %096x\n", i, i)
			size += n
		}
		pw.Close()
	}()
	if err := k.Read(pr); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if held := int(after.HeapAlloc) - int(before.HeapAlloc); held > size*5/4 {
		t.Errorf("%d bytes held of %d", held, size)
	}
	if !testing.Short() && (k.Len() != maxSecrets || k.Bad() != 10) {
		t.Errorf("%d secrets, %d bad lines", k.Len(), k.Bad())
	}
	runtime.KeepAlive(&k)
}

// FuzzKeys checks that any text is read, that each line is at most one secret, and
// that what is kept can be found.
func FuzzKeys(f *testing.F) {
	f.Add([]byte("CLIENT_RANDOM " + someRandom + " " + someMaster + "\r\nRSA Session-ID:00 Master-Key:" + someMaster))
	f.Add([]byte("client_random: " + someRandom + ", server_random: 00, master_secret: " + someMaster + "\n# x\nlabel=QUIC_CLIENT_RANDOM"))
	f.Add([]byte("RSA 0011223344556677 " + someMaster + "\nPMS_CLIENT_RANDOM " + someRandom + " 00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var k, again Keys
		if err := k.Read(bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
		if lines := bytes.Count(b, []byte("\n")) + 1; k.Len()+k.Bad() > lines || len(k.secrets) > len(b) {
			t.Errorf("%d secrets and %d bad lines of %d", k.Len(), k.Bad(), lines)
		}
		for id := range k.index {
			if len(k.Secret(keyLabels[id.label], id.id[:id.n])) == 0 {
				t.Errorf("%v is not found", id)
			}
		}
		if err := again.Read(iotest.OneByteReader(bytes.NewReader(b))); err != nil || again.Len() != k.Len() || again.Bad() != k.Bad() {
			t.Errorf("read in bytes: %d and %d, not %d and %d", again.Len(), again.Bad(), k.Len(), k.Bad())
		}
	})
}
