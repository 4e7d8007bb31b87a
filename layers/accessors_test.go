package layers

import (
	"bytes"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/fault"
)

// A view is one Parse function and bytes that it accepts.
type view struct {
	name   string
	parse  func([]byte) (any, error)
	sample string // in hexadecimal
}

func viewOf[T any](parse func([]byte) (T, error), sample string) view {
	name := reflect.TypeFor[T]().Name()
	return view{name, func(b []byte) (any, error) { return parse(b) }, sample}
}

// views lists every view type. A type that is added here is cut at every
// length, mutated and fuzzed, with all its methods.
var views = []view{
	viewOf(ParseEthernet, ethernetSample),
	viewOf(ParseVLAN, vlanSample),
	viewOf(ParseLinuxSLL, linuxSLLSample),
	viewOf(ParseLinuxSLL2, linuxSLL2Sample),
	viewOf(ParseNull, nullSample),
	viewOf(ParseARP, arpSample),
	viewOf(ParseIPv4, ipv4Sample),
	viewOf(ParseIPv6, ipv6Sample),
	viewOf(ParseIPv6Ext, ipv6ExtSample),
	viewOf(ParseIPv6Fragment, ipv6FragmentSample),
	viewOf(ParseAH, ahSample),
	viewOf(ParseICMPv4, icmpv4Sample),
	viewOf(ParseICMPv6, icmpv6Sample),
	viewOf(ParseICMPv6, ndpSample),
	viewOf(ParseICMPv6, mldSample),
	viewOf(ParseICMPv6, icmpv6ErrorSample),
	viewOf(ParseICMPv4, icmpv4ErrorSample),
	viewOf(ParseTCP, tcpSample),
	viewOf(ParseUDP, udpSample),
	viewOf(ParseLLC, llcSample),
	viewOf(ParseFDDI, fddiSample),
	viewOf(ParsePPP, pppSample),
	viewOf(ParsePPPoE, pppoeSample),
	viewOf(ParseCHDLC, chdlcSample),
	viewOf(ParseFrameRelay, frameRelaySample),
	viewOf(ParseMFR, mfrSample),
	viewOf(ParseARCNET, arcnetSample),
	viewOf(ParseARCNETLinux, arcnetLinuxSample),
	viewOf(ParseIPoIB, ipoibSample),
	viewOf(ParseIPNET, ipnetSample),
	viewOf(ParseIEEE1394, ieee1394Sample),
	viewOf(ParseENC, encSample),
	viewOf(ParseSLIP, slipSample),
	viewOf(ParseNFLOG, nflogSample),
	viewOf(ParsePKTAP, pktapSample),
	viewOf(ParseJuniper, juniperSample),
	viewOf(ParseVNTag, vnTagSample),
	viewOf(ParseETag, eTagSample),
	viewOf(ParseCMD, cmdSample),
	viewOf(ParseCMDGRE, cmdGRESample),
	viewOf(ParseMACsec, macsecSample),
	viewOf(ParseArista, aristaSample),
	viewOf(ParseFabricPath, fabricPathSample),
	viewOf(ParseITag, iTagSample),
	viewOf(ParseDSA, dsaSample),
	viewOf(ParseEDSA, edsaSample),
	viewOf(ParseMPLS, mplsSample),
	viewOf(ParseControlWord, controlWordSample),
	viewOf(ParseWLAN, wlanSample),
	viewOf(ParseWLAN, wlanAMSDUSample),
	viewOf(ParseWLANPadded, wlanPaddedSample),
	viewOf(ParseAMSDU, amsduSample),
	viewOf(ParseRadiotap, radiotapSample),
	viewOf(ParsePPI, ppiSample),
	viewOf(ParsePrism, prismSample),
	viewOf(ParseGRE, greSample),
	viewOf(ParseERSPAN, erspanSample),
	viewOf(ParseWCCP, wccpSample),
	viewOf(ParseNSH, nshSample),
	viewOf(ParseVXLAN, vxlanSample),
	viewOf(ParseGENEVE, geneveSample),
	viewOf(ParseGTP, gtpSample),
	viewOf(ParseTeredo, teredoSample),
	viewOf(ParseAYIYA, ayiyaSample),
	viewOf(ParseL2TP, l2tpSample),
	viewOf(ParseEtherIP, etherIPSample),
	viewOf(ParseCAPWAP, capwapSample),
	viewOf(ParseSFlow, sflowSample),
	viewOf(ParsePIM, pimSample),
	viewOf(ParseESP, espSample),
	viewOf(ParseIGMP, igmpSample),
	viewOf(ParseSCTP, sctpSample),
	viewOf(ParseUDPLite, udpLiteSample),
	viewOf(ParseDNS, dnsReply),
	viewOf(ParseHTTPRequest, httpRequestSample),
	viewOf(ParseHTTPResponse, httpResponseSample),
	viewOf(ParseTLSRecord, tlsRecordSample),
	viewOf(ParseTLSHandshake, tlsHandshakeSample),
	viewOf(ParseClientHello, tlsHandshakeSample),
}

// Samples of the types that a file of their own tests.
const (
	httpRequestSample = "474554202f20485454502f312e310d0a486f73743a20612e6578616d706c650d0a0d0a" // GET / with a Host
	// HTTP/1.1 200 OK with a Content-Length.
	httpResponseSample = "485454502f312e3120323030204f4b0d0a436f6e74656e742d4c656e6774683a20300d0a0d0a"
	tlsHandshakeSample = "01000048" + "0303" +
		"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" +
		"00" + "0004" + "13011302" + "0100" +
		"001b" + "0000000e000c000009612e6578616d706c65" + "001000050003026832"
	tlsRecordSample = "160301004c" + tlsHandshakeSample
)

// TestViews parses each sample, calls every method, and does the same with the
// sample cut at every length and with every byte of it changed.
func TestViews(t *testing.T) {
	for _, v := range views {
		t.Run(v.name, func(t *testing.T) {
			b := unhex(t, v.sample)
			x, err := v.parse(b)
			if err != nil {
				t.Fatal(err)
			}
			if n := touch(t, x); n < 2 {
				t.Errorf("%d methods called", n)
			}
			for n := 0; n < len(b); n += fault.Size(1, 3) {
				cutView(t, v, b, n)
			}
			for i := 0; i < len(b); i += fault.Size(1, 3) {
				for _, c := range []byte{0, 0x80, 0xff, b[i] + 1} {
					m := bytes.Clone(b)
					m[i] = c
					if x, err := v.parse(m); err == nil {
						touch(t, x)
					}
				}
			}
		})
	}
}

// cutView parses the first n bytes of a good sample. What is missing is never
// called malformed, and never cut by a capture: ParseX cannot know.
func cutView(t *testing.T, v view, b []byte, n int) {
	t.Helper()
	x, err := v.parse(bytes.Clone(b[:n])) // a copy, so that reading beyond it panics
	switch {
	case err == nil:
		touch(t, x)
	case err != Short:
		t.Errorf("first %d bytes: %v, want Short", n, err)
	}
}

// FuzzAccessors parses any bytes as any view type, calls every method of what
// is accepted, and drains its iterators.
func FuzzAccessors(f *testing.F) {
	for i, v := range views {
		f.Add(uint8(i), unhex(f, v.sample))
	}
	f.Fuzz(func(t *testing.T, which uint8, b []byte) {
		v := views[int(which)%len(views)]
		before := bytes.Clone(b)
		if x, err := v.parse(b); err == nil {
			touch(t, x)
		}
		if !bytes.Equal(b, before) {
			t.Errorf("%s wrote to its input", v.name)
		}
	})
}

// touch calls every exported method of x, and of what these return, with
// arguments that make sense. It returns the number of methods called.
func touch(t testing.TB, x any) int {
	t.Helper()
	return touchValue(t, reflect.ValueOf(x), 0)
}

const (
	maxTouchDepth = 3 // of values that return values
	touchedValues = 4 // of an iterator, which is drained all the same
)

func touchValue(t testing.TB, v reflect.Value, depth int) int {
	t.Helper()
	n := 0
	for i := range v.NumMethod() {
		m := v.Type().Method(i)
		args, ok := arguments(m.Type)
		if !ok {
			t.Fatalf("%v.%s has arguments that this test does not know", v.Type(), m.Name)
		}
		n++
		results := v.Method(i).Call(args)
		if len(results) == 2 && results[1].Kind() == reflect.Bool && !results[1].Bool() {
			continue // nothing is there: a view of nothing has no fields
		}
		for _, out := range results {
			touchResult(t, v.Type().Name()+"."+m.Name, out, depth)
		}
	}
	return n
}

// known are the arguments that methods are called with, by type.
var known = map[reflect.Type]reflect.Value{
	reflect.TypeFor[[]byte]():     reflect.ValueOf([]byte(nil)),
	reflect.TypeFor[string]():     reflect.ValueOf("host"),
	reflect.TypeFor[bool]():       reflect.ValueOf(true),
	reflect.TypeFor[uint8]():      reflect.ValueOf(uint8(2)),
	reflect.TypeFor[uint16]():     reflect.ValueOf(uint16(1)),
	reflect.TypeFor[netip.Addr](): reflect.ValueOf(netip.IPv6Loopback()),
	reflect.TypeFor[TCPFlags]():   reflect.ValueOf(TCPSyn),
	reflect.TypeFor[Kind]():       reflect.ValueOf(KindTCP),
	reflect.TypeFor[int]():        reflect.ValueOf(4), // bytes before the options of DHCPv6IATA
}

// arguments returns values for a method's parameters behind the receiver.
func arguments(m reflect.Type) (args []reflect.Value, ok bool) {
	for i := 1; i < m.NumIn(); i++ {
		a, ok := known[m.In(i)]
		if k := m.In(i).Kind(); !ok && k >= reflect.Uint && k <= reflect.Uint64 { // a code of a registry
			args = append(args, reflect.Zero(m.In(i)))
			continue
		}
		if !ok {
			return nil, false
		}
		args = append(args, a)
	}
	return args, true
}

// touchResult drains an iterator, calls the methods of the package's own types
// and looks at text.
func touchResult(t testing.TB, name string, v reflect.Value, depth int) {
	t.Helper()
	if depth > maxTouchDepth {
		return
	}
	switch v.Kind() {
	case reflect.Func: // CanSeq is true for integers too
		drain(t, name, v, depth)
	case reflect.Struct, reflect.Array, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		if v.Type().PkgPath() == reflect.TypeFor[Packet]().PkgPath() {
			touchValue(t, v, depth+1)
			touchFields(t, name, v, depth)
		}
	case reflect.Slice:
		if strings.HasSuffix(name, ".AppendText") {
			printable(t, name, v.Bytes())
		}
	}
}

// touchFields does with the exported fields of a struct what touchResult does
// with results.
func touchFields(t testing.TB, name string, v reflect.Value, depth int) {
	t.Helper()
	if v.Kind() != reflect.Struct {
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			touchResult(t, name, v.Field(i), depth+1)
		}
	}
}

// drain runs an iterator to its end, and once more to its first value only.
func drain(t testing.TB, name string, v reflect.Value, depth int) {
	t.Helper()
	n := 0
	switch {
	case v.Type().CanSeq2():
		for a, b := range v.Seq2() {
			if n++; n <= touchedValues {
				touchResult(t, name, a, depth+1)
				touchResult(t, name, b, depth+1)
			}
		}
		for range v.Seq2() {
			break
		}
	case v.Type().CanSeq():
		for a := range v.Seq() {
			if n++; n <= touchedValues {
				touchResult(t, name, a, depth+1)
			}
		}
		for range v.Seq() {
			break
		}
	default:
		t.Fatalf("%s returns %v", name, v.Type())
	}
	if n > 1<<18 {
		t.Errorf("%s yields %d values", name, n)
	}
}

// printable fails the test when text is not printable ASCII.
func printable(t testing.TB, name string, text []byte) {
	t.Helper()
	for _, c := range text {
		if c < 0x20 || c > 0x7e {
			t.Errorf("%s writes %q", name, text)
			return
		}
	}
}

// TestViewsComplete fails when a Kind has no name, or its layer no text.
func TestViewsComplete(t *testing.T) {
	for k := range kindCount {
		if kindNames[k] == "" {
			t.Errorf("Kind %d has no name", k)
		}
		if want := fmt.Sprint(k); strings.HasPrefix(want, "Kind(") {
			t.Errorf("Kind %d is %s", k, want)
		}
	}
}

// touchViews calls the getters of a Packet by reflection, and every method of
// the views that they give.
func touchViews(t testing.TB, p *Packet) {
	t.Helper()
	v := reflect.ValueOf(p)
	for i := range v.NumMethod() {
		m := v.Type().Method(i)
		if m.Type.NumIn() != 1 || m.Type.NumOut() != 2 || m.Type.Out(1).Kind() != reflect.Bool {
			continue
		}
		if out := v.Method(i).Call(nil); out[1].Bool() {
			touchResult(t, "Packet."+m.Name, out[0], 0)
		}
	}
}
