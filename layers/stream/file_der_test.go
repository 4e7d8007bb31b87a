package stream

import (
	"encoding/hex"
	"strings"
	"testing"
)

// Files that OpenSSL made: req -x509, ca -gencrl, ocsp -reqout and -respout, crl2pkcs7.
const (
	derCertificate = "308201773082011da00302010202146d7d8ed9d555a4554e3a6bf59bb7527dce9a61a7300a06082a8648ce3d0403023011310f300d06035504030c06" +
		"4c6162204341301e170d3236313132393130333735385a170d3336313132363130333735385a3011310f300d06035504030c064c6162204341305930" +
		"1306072a8648ce3d020106082a8648ce3d030107034200046baaf76381e822b706218b320854717ba58eae15c9ac3176021ddf741dd28e7faa75e0e3" +
		"7f288b469b4e4dabcded0da89a9fc47e5f8d7b09514ba1e691c4718ba3533051301d0603551d0e0416041492caca929c1c3ebddc6ae9cb3d8759dfe3" +
		"a6d10d301f0603551d2304183016801492caca929c1c3ebddc6ae9cb3d8759dfe3a6d10d300f0603551d130101ff040530030101ff300a06082a8648" +
		"ce3d0403020348003045022029165c76fe221f7b3b38eb8becb0b8a5ab33521518eb82c7bc849da343604a43022100ea860d5266471b8301306f203d" +
		"3b3c50e5b9fdf66e54da5fa0b65e6507627618"
	derCRL = "308195303d300a06082a8648ce3d0403023011310f300d06035504030c064c6162204341170d3236313132393130333832335a170d32363132323931" +
		"30333832335a300a06082a8648ce3d0403020348003045022100f3bfda2bbf1c17ae5fdd72a96a4b6a33123bd93ea065c99e3f58ce0c3f3158030220" +
		"125e4e3af4b99cdacff2d1499618076b06fdc16b107377892872cd1c5275eb2f"
	derOCSPRequest = "30683066303f303d303b300906052b0e03021a050004144281e611a655eedc97325c1652d600c8d590536a041492caca929c1c3ebddc6ae9cb3d8759" +
		"dfe3a6d10d02021267a2233021301f06092b06010505073001020412041050772726736c463417972c0006a17500"
	derOCSPResponse = "308201160a0100a082010f3082010b06092b06010505073001010481fd3081fa3081a2a216041492caca929c1c3ebddc6ae9cb3d8759dfe3a6d10d18" +
		"0f32303236313132393130333735385a30523050303b300906052b0e03021a050004144281e611a655eedc97325c1652d600c8d590536a041492caca" +
		"929c1c3ebddc6ae9cb3d8759dfe3a6d10d020212678000180f32303236313132393130333735385aa1233021301f06092b0601050507300102041204" +
		"1050772726736c463417972c0006a17500300a06082a8648ce3d040302034700304402205f95e5fc34445100a191145b5d5b296d97ae6c8867502345" +
		"c569f67e6002e25002204355e4306f73d0b37f43a2ef48f41919de6a0ce6889255d6bf84b3d8189d87f6"
	derPKCS7 = "308201a606092a864886f70d010702a0820197308201930201013100300b06092a864886f70d010701a082017b308201773082011da0030201020214" +
		"6d7d8ed9d555a4554e3a6bf59bb7527dce9a61a7300a06082a8648ce3d0403023011310f300d06035504030c064c6162204341301e170d3236313132" +
		"393130333735385a170d3336313132363130333735385a3011310f300d06035504030c064c61622043413059301306072a8648ce3d020106082a8648" +
		"ce3d030107034200046baaf76381e822b706218b320854717ba58eae15c9ac3176021ddf741dd28e7faa75e0e37f288b469b4e4dabcded0da89a9fc4" +
		"7e5f8d7b09514ba1e691c4718ba3533051301d0603551d0e0416041492caca929c1c3ebddc6ae9cb3d8759dfe3a6d10d301f0603551d230418301680" +
		"1492caca929c1c3ebddc6ae9cb3d8759dfe3a6d10d300f0603551d130101ff040530030101ff300a06082a8648ce3d0403020348003045022029165c" +
		"76fe221f7b3b38eb8becb0b8a5ab33521518eb82c7bc849da343604a43022100ea860d5266471b8301306f203d3b3c50e5b9fdf66e54da5fa0b65e65" +
		"076276183100"
)

func TestSniffDER(t *testing.T) {
	// The beginning of SignedData with a trust list: RFC 5652 section 5.1, and szOID_CTL.
	// RFC 5652 section 5.1, with szOID_CTL as the type of its content.
	const ctl = "3025 06092a864886f70d010702 a018 3016 020101 3100 300f 06092b0601040182370a01 a002 3000"
	for name, test := range map[string]struct{ hex, want string }{
		"certificate":            {derCertificate, "application/pkix-cert"},
		"revocation list":        {derCRL, "application/pkix-crl"},
		"OCSP request":           {derOCSPRequest, "application/ocsp-request"},
		"OCSP response":          {derOCSPResponse, "application/ocsp-response"},
		"OCSP unauthorized":      {"30030a0106", "application/ocsp-response"}, // RFC 6960 section 2.3
		"certificates":           {derPKCS7, "application/pkcs7-mime"},
		"trust list":             {ctl, "application/vnd.ms-pki.stl"},
		"another SEQUENCE":       {"3003020101", typeDER},
		"empty SEQUENCE":         {"3000", typeDER},
		"OCSP with a payload":    {"300a 0a0106 a003 020101 4d5a", typeDER},
		"status of two bytes":    {"30040a020006", typeDER},
		"another tag":            {"3103020101", ""},
		"length without an end":  {"3080020101", ""},
		"length of eight octets": {"3088000000000000000002", ""},
		"length that is cut":     {"3084ff", ""},
		"text":                   {hex.EncodeToString([]byte("0 is not DER")), ""},
	} {
		b, err := hex.DecodeString(strings.ReplaceAll(test.hex, " ", ""))
		if err != nil {
			t.Fatal(name, err)
		}
		if got := sniff(b[:min(len(b), derHeadLen)], int64(len(b))); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A file with anything after the DER, or with less than its lengths say, is not DER.
func TestSniffDERLookAlikes(t *testing.T) {
	for _, text := range []string{derCertificate, derCRL, derOCSPRequest, derOCSPResponse, derPKCS7} {
		b, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := sniff(append(b, "MZ\x90\x00"...), int64(len(b)+4)); got != "" {
			t.Errorf("with a tail: %q", got)
		}
		for n := range b {
			if got := sniff(b[:n], int64(n)); got != "" {
				t.Errorf("%d of %d bytes: %q", n, len(b), got)
			}
		}
		for i := range b {
			for _, to := range []byte{0, 0x30, 0x7f, 0x80, 0x84, 0xff} {
				sniff(changedByte(b, i, to), int64(len(b))) // does not panic
			}
		}
	}
}

func changedByte(b []byte, at int, to byte) []byte {
	b = append([]byte(nil), b...)
	b[at] = to
	return b
}

// A certificate is recognised in whatever pieces it arrives, and whatever its declared
// type.
func TestSniffDERBody(t *testing.T) {
	b, err := hex.DecodeString(derCertificate)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1; size < len(b); size *= 3 {
		var w fileWriter
		w.file = new(File)
		s := sink{a: &Assembler{Config: Config{NoFiles: true}}}
		for rest := b; len(rest) > 0; {
			n := min(size, len(rest))
			w.write(s, rest[:n], Ref{})
			rest = rest[n:]
		}
		if w.end(s, Ref{}); w.file.Sniffed != "application/pkix-cert" {
			t.Errorf("in pieces of %d: %q", size, w.file.Sniffed)
		}
	}
}

func FuzzSniffDER(f *testing.F) {
	for _, text := range []string{derCertificate, derCRL, derOCSPRequest, derOCSPResponse, derPKCS7} {
		b, err := hex.DecodeString(text)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, int64(len(b)))
	}
	f.Fuzz(func(t *testing.T, b []byte, size int64) {
		if size < int64(len(b)) {
			return
		}
		if typ := sniffDER(b, size); typ != "" && sniffDER(b, size+1) != "" {
			t.Errorf("%q with one byte more", typ)
		}
	})
}
