package tls

import (
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// A DTLS record (RFC 6347 section 4.1), and the HelloVerifyRequest fragment in
// it (section 4.2.1).
const (
	recordHead     = "16030100c4"
	dtlsRecordHead = "16 fefd 0001 000000000002 0013"
	dtlsFragment   = "03 000007 0000 000000 000007 fefd 04 01020304"
)

// views has every Parse function of the package. Each is truncated at every
// length, mutated and fuzzed, and all methods of its view are called.
var views = []viewtest.View{
	viewtest.Of(ParseRecord, rfcClientHello),
	viewtest.Of(ParseHandshake, strings.TrimPrefix(rfcClientHello, recordHead)),
	viewtest.Of(ParseHandshake, rfcServerHello),
	viewtest.Of(ParseHandshake, certificates),
	viewtest.Of(ParseClientHello, strings.TrimPrefix(rfcClientHello, recordHead)),
	viewtest.Of(ParseServerHello, rfcServerHello),
	viewtest.Of(ParseCertificate, certificates),
	viewtest.Of(ParseCompressedCertificate, "19 00000b 0002 000102 000003 a1a2a3"),
	viewtest.Of(ParseDTLSRecord, dtlsRecordHead+dtlsFragment),
	viewtest.Of(func(b []byte) (DTLSRecord, error) { return ParseDTLSCIDRecord(b, 4) }, "19 fefd 0001 000000000002 a1a2a3a4 0003 010203"),
	viewtest.Of(ParseDTLSHandshake, dtlsFragment),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func TestTexts(t *testing.T) {
	viewtest.Texts(t, views, `
		handshake version 0x0301 len 196
		client_hello len 192
		server_hello len 86
		certificate len 13
		client_hello version 0x0304 name "server"
		server_hello version 0x0304 suite 0x1301
		certificate chain of 2
		compressed_certificate brotli len 3 of 258
		handshake version 0xfefd epoch 1 sequence 2 len 19
		tls12_cid version 0xfefd epoch 1 sequence 2 len 3
		3 message 0 offset 0 len 7 of 7
	`)
}

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }
