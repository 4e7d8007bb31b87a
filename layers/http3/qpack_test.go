package http3

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/internal/viewtest"
	"github.com/sightline-go/sightline/layers/wire"
)

// decode returns the fields of a section as text.
func decode(d *Decoder, section []byte) (string, error) {
	var all []string
	err := d.Decode(section, func(f Field) {
		s := fmt.Sprintf("%s=%s", f.Name, f.Value)
		if f.Name == nil || f.Value == nil {
			s += "?"
		}
		if f.Sensitive {
			s += "!"
		}
		all = append(all, s)
	})
	return strings.Join(all, " "), err
}

// insert passes instructions to d, byte by byte, as they may be cut anywhere.
func insert(t testing.TB, d *Decoder, b []byte) {
	t.Helper()
	var kept []byte
	for _, c := range b {
		kept = append(kept, c)
		n, err := d.Insert(kept)
		if err != nil {
			t.Fatal(err)
		}
		kept = kept[n:]
	}
	if len(kept) > 0 {
		t.Fatalf("%x is left", kept)
	}
}

// entries returns the dynamic table as text.
func (d *Decoder) entries() string {
	var all []string
	for i := range d.table.entries {
		e := d.table.entries[i]
		all = append(all, fmt.Sprintf("%s=%s", e.name, e.value))
	}
	return strings.Join(all, " ")
}

// The examples of RFC 9204 appendix B, one after the other.
func TestQPACKVectors(t *testing.T) {
	var d Decoder
	d.SetMaxCapacity(220)
	for _, step := range []struct {
		name           string
		encoder        string
		section        string
		fields         string
		entries        string
		size, inserted int
	}{
		{"B.1", "", "0000 510b 2f69 6e64 6578 2e68 746d 6c", ":path=/index.html", "", 0, 0},
		{"B.2", "3fbd01 c00f 7777 772e 6578 616d 706c 652e 636f 6d c10c 2f73 616d 706c 652f 7061 7468", "0381 1011",
			":authority=www.example.com :path=/sample/path", ":authority=www.example.com :path=/sample/path", 106, 2},
		{"B.3", "4a63 7573 746f 6d2d 6b65 790c 6375 7374 6f6d 2d76 616c 7565", "", "",
			":authority=www.example.com :path=/sample/path custom-key=custom-value", 160, 3},
		{"B.4", "02", "0500 80c1 81", ":authority=www.example.com :path=/ custom-key=custom-value",
			":authority=www.example.com :path=/sample/path custom-key=custom-value :authority=www.example.com", 217, 4},
		{"B.5", "810d 6375 7374 6f6d 2d76 616c 7565 32", "", "",
			":path=/sample/path custom-key=custom-value :authority=www.example.com custom-key=custom-value2", 215, 5},
	} {
		section := viewtest.Unhex(t, step.section)
		if step.fields != "" && step.encoder != "" && !d.Blocked(section) {
			t.Errorf("%s: not blocked before its instructions", step.name)
		}
		insert(t, &d, viewtest.Unhex(t, step.encoder))
		if got := d.entries(); got != step.entries || d.table.size != step.size || int(d.table.inserted) != step.inserted {
			t.Errorf("%s: table of %d bytes: %s", step.name, d.table.size, got)
		}
		if step.fields == "" {
			continue
		}
		if got, err := decode(&d, section); got != step.fields || err != nil || d.Blocked(section) {
			t.Errorf("%s: %s, %v", step.name, got, err)
		}
	}
}

// The other representations of RFC 9204 section 4.5, and what is invalid.
func TestQPACKSections(t *testing.T) {
	const inserts = "3fbd01 c003 612e62 4161 0162" // :authority=a.b, a=b
	for _, tt := range []struct {
		name, section, want string
		err                 error
	}{
		{"static", "0000 d1 d9", ":method=GET :status=200", nil},
		{"sensitive literals", "0000 7f0501 2f 3161 0162", ":method=/! a=b!", nil},
		{"literal", "0000 2161 0162 3161 0162", "a=b a=b!", nil},
		{"literal, Huffman-encoded", "0000 2f0125a849e95ba97d7f 89 25a849e95bb8e8b4bf", "custom-key=custom-value", nil},
		{"name of the dynamic table", "0300 40 0163", "a=c", nil},
		{"name after the base", "0381 00 0163 08 0164", ":authority=c :authority=d!", nil},
		{"after the base", "0380 10 80", "a=b :authority=a.b", nil},
		{"entry before the first", "0300 85", "=?", nil},
		{"entry after the last", "0300 1f00", "=?", nil},
		{"static entry 99", "0000 d1 ff24", ":method=GET", wire.Malformed},
		{"base below 0", "0382 80", "", wire.Malformed},
		{"count that cannot be", "0f00 80", "=?", nil},
		{"empty", "", "", wire.Short},
		{"half a prefix", "00", "", wire.Short},
		{"half an integer", "0000 ff", "", wire.Short},
		{"integer of 2^62", "0000 ff ffffffffffffffff7f", "", wire.Malformed},
		{"half a string", "0000 5105 2f69", "", wire.Short},
		{"string that is not Huffman-encoded", "0000 5184 ffffffff", "", wire.Malformed},
	} {
		var d Decoder
		insert(t, &d, viewtest.Unhex(t, inserts))
		got, err := decode(&d, viewtest.Unhex(t, tt.section))
		if got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%s: %s, %v", tt.name, got, err)
		}
	}
}

// After a gap in the encoder stream, what refers to the dynamic table is unknown, and
// nothing waits for it. The rest stands.
func TestQPACKForget(t *testing.T) {
	var d Decoder
	insert(t, &d, viewtest.Unhex(t, "3fbd01 c003 612e62"))
	section := viewtest.Unhex(t, "0200 80 d1 40 0163")
	if got, err := decode(&d, section); got != ":authority=a.b :method=GET :authority=c" || err != nil {
		t.Errorf("%s, %v", got, err)
	}
	d.Forget()
	if got, err := decode(&d, section); got != "=? :method=GET =c?" || err != nil || d.Blocked(section) {
		t.Errorf("%s, %v", got, err)
	}
	if n, err := d.Insert(viewtest.Unhex(t, "c003 61")); n != 3 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

// The table has at most MaxTable bytes, whatever the encoder asks for, and copies of
// its entries take no memory.
func TestQPACKTable(t *testing.T) {
	var d Decoder
	long := strings.Repeat("v", 30_000)
	value := append([]byte{0x7f, 0xb1, 0xe9, 0x01}, long...)
	insert(t, &d, viewtest.Unhex(t, "3fffffff7f"))
	insert(t, &d, append([]byte{0xc0}, value...))
	for range 3 {
		insert(t, &d, []byte{0})
	}
	if len(d.table.entries) != 2 || d.table.inserted != 4 || d.Size() > MaxTable+1024 {
		t.Errorf("%d entries, %d inserted, %d bytes", len(d.table.entries), d.table.inserted, d.Size())
	}
	if &d.table.entries[0].value[0] != &d.table.entries[1].value[0] {
		t.Error("a duplicate was copied")
	}
	if diff := cmp.Diff(Field{}, d.table.get(1)); diff != "" {
		t.Errorf("an evicted entry: %s", diff)
	}
	for name, hex := range map[string]string{
		"longer than the table": "c07f" + "ffffff7f" + strings.Repeat("00", maxInstruction),
		"static entry 99":       "ff2400",
		"no such entry":         "1f00", "name of no such entry": "bf0000",
	} {
		var d Decoder
		if n, err := d.Insert(viewtest.Unhex(t, hex)); !errors.Is(err, wire.Malformed) || n != len(viewtest.Unhex(t, hex)) || !d.table.lost {
			t.Errorf("%s: %v", name, err)
		}
	}
	d = Decoder{}
	insert(t, &d, viewtest.Unhex(t, "21 c003 612e62")) // capacity 1
	if len(d.table.entries) != 0 || d.table.inserted != 1 {
		t.Errorf("%d entries, %d inserted", len(d.table.entries), d.table.inserted)
	}
}

// Any bytes are decoded or rejected, in limited memory. However the instructions are
// cut, the table is the same.
func FuzzQPACK(f *testing.F) {
	f.Add(viewtest.Unhex(f, "3fbd01c00f7777772e6578616d706c652e636f6dc10c2f73616d706c652f706174684a637573746f6d2d6b65790c637573746f6d2d76616c756502"), viewtest.Unhex(f, "050080c181"), 7)
	f.Add(viewtest.Unhex(f, "3fe11f0101"), viewtest.Unhex(f, "0381101108"), 1)
	f.Fuzz(func(t *testing.T, instructions, section []byte, cut int) {
		var whole, parts Decoder
		n, err := whole.Insert(instructions)
		if err == nil && n < len(instructions) {
			if again, err := whole.Insert(instructions[n:]); again != 0 || err != nil {
				t.Fatalf("%d more bytes, %v", again, err)
			}
		}
		cut = min(max(cut, 0), len(instructions))
		n, _ = parts.Insert(instructions[:cut])
		parts.Insert(instructions[n:])
		if a, b := whole.entries(), parts.entries(); a != b || whole.table.inserted != parts.table.inserted {
			t.Fatalf("%q\n%q when cut", a, b)
		}
		whole.Blocked(section)
		size := 0
		whole.Decode(section, func(f Field) { size += len(f.Name) + len(f.Value) })
		if most := len(section) * (MaxTable + 2*len(section)); size > most || whole.Size() > 4*(MaxTable+len(instructions)+len(section)+4096) {
			t.Fatalf("%d bytes of fields, %d held", size, whole.Size())
		}
	})
}
