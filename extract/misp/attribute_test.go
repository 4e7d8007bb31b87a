package misp

import "testing"

// A value in the server's form is returned without allocation.
func TestNormalizeAllocs(t *testing.T) {
	for typ, v := range normal {
		if n := testing.AllocsPerRun(100, func() {
			if got, err := Normalize(typ, v); err != nil || got != v {
				t.Fatalf("Normalize(%s, %q) = %q, %v", typ, v, got, err)
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", typ, n)
		}
		if n := testing.AllocsPerRun(100, func() { NewAttribute(UUID{1}, typ, v) }); n != 0 {
			t.Errorf("an attribute of type %s: %v allocations", typ, n)
		}
	}
}

// normal has a value in the server's form for each of the types that captures yield
// most often.
var normal = map[Type]string{
	IPSrc: "192.0.2.1", IPDst: "2001:db8::1:2", IPDstPort: "2001:db8::1|443", Port: "443", Domain: "example.com",
	Hostname: "www.example.com", DomainIP: "example.com|192.0.2.1", HostnamePort: "www.example.com|443",
	URL: "http://www.example.com/a?b=c", UserAgent: "Mozilla/5.0 (X11; Linux x86_64)", HTTPMethod: "GET",
	MACAddress: "00:11:22:aa:bb:cc", JA3: "0cc175b9c0f1b6a831c399e269772661", CommunityID: "1:LQU9qZlK+B5F3KDmev6m5PMibrg=",
	X509SHA1: "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", Counter: "17", Text: "tcp", EmailSrc: "user@example.com",
	Datetime: "2020-01-02T03:04:05.123456+0000", FilenameMD5: "a.exe|0cc175b9c0f1b6a831c399e269772661", AS: "64512",
}

func BenchmarkNewAttribute(b *testing.B) {
	for _, typ := range []Type{IPDst, Domain, DomainIP, URL, JA3, Datetime} {
		b.Run(string(typ), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := NewAttribute(UUID{1}, typ, normal[typ]); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
