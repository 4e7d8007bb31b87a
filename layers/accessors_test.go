package layers

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/internal/viewtest"
)

// views lists every Parse function of the package: each is cut at every length,
// mutated and fuzzed, with all methods of its view.
var views = []viewtest.View{
	viewtest.Of(ParseEthernet, ethernetSample),
	viewtest.Of(ParseVLAN, vlanSample),
	viewtest.Of(ParseLinuxSLL, linuxSLLSample),
	viewtest.Of(ParseLinuxSLL2, linuxSLL2Sample),
	viewtest.Of(ParseNull, nullSample),
	viewtest.Of(ParseARP, arpSample),
	viewtest.Of(ParseIPv4, ipv4Sample),
	viewtest.Of(ParseIPv6, ipv6Sample),
	viewtest.Of(ParseIPv6Ext, ipv6ExtSample),
	viewtest.Of(ParseIPv6Fragment, ipv6FragmentSample),
	viewtest.Of(ParseAH, ahSample),
	viewtest.Of(ParseICMPv4, icmpv4Sample),
	viewtest.Of(ParseICMPv6, icmpv6Sample),
	viewtest.Of(ParseICMPv6, ndpSample),
	viewtest.Of(ParseICMPv6, mldSample),
	viewtest.Of(ParseICMPv6, icmpv6ErrorSample),
	viewtest.Of(ParseICMPv4, icmpv4ErrorSample),
	viewtest.Of(ParseTCP, tcpSample),
	viewtest.Of(ParseUDP, udpSample),
	viewtest.Of(ParseLLC, llcSample),
	viewtest.Of(ParseFDDI, fddiSample),
	viewtest.Of(ParsePPP, pppSample),
	viewtest.Of(ParsePPPoE, pppoeSample),
	viewtest.Of(ParseCHDLC, chdlcSample),
	viewtest.Of(ParseFrameRelay, frameRelaySample),
	viewtest.Of(ParseMFR, mfrSample),
	viewtest.Of(ParseARCNET, arcnetSample),
	viewtest.Of(ParseARCNETLinux, arcnetLinuxSample),
	viewtest.Of(ParseIPoIB, ipoibSample),
	viewtest.Of(ParseIPNET, ipnetSample),
	viewtest.Of(ParseIEEE1394, ieee1394Sample),
	viewtest.Of(ParseENC, encSample),
	viewtest.Of(ParseSLIP, slipSample),
	viewtest.Of(ParseNFLOG, nflogSample),
	viewtest.Of(ParsePKTAP, pktapSample),
	viewtest.Of(ParseJuniper, juniperSample),
	viewtest.Of(ParseVNTag, vnTagSample),
	viewtest.Of(ParseETag, eTagSample),
	viewtest.Of(ParseCMD, cmdSample),
	viewtest.Of(ParseCMDGRE, cmdGRESample),
	viewtest.Of(ParseMACsec, macsecSample),
	viewtest.Of(ParseArista, aristaSample),
	viewtest.Of(ParseFabricPath, fabricPathSample),
	viewtest.Of(ParseITag, iTagSample),
	viewtest.Of(ParseDSA, dsaSample),
	viewtest.Of(ParseEDSA, edsaSample),
	viewtest.Of(ParseMPLS, mplsSample),
	viewtest.Of(ParseControlWord, controlWordSample),
	viewtest.Of(ParseWLAN, wlanSample),
	viewtest.Of(ParseWLAN, wlanAMSDUSample),
	viewtest.Of(ParseWLANPadded, wlanPaddedSample),
	viewtest.Of(ParseAMSDU, amsduSample),
	viewtest.Of(ParseRadiotap, radiotapSample),
	viewtest.Of(ParsePPI, ppiSample),
	viewtest.Of(ParsePrism, prismSample),
	viewtest.Of(ParseGRE, greSample),
	viewtest.Of(ParseERSPAN, erspanSample),
	viewtest.Of(ParseWCCP, wccpSample),
	viewtest.Of(ParseNSH, nshSample),
	viewtest.Of(ParseVXLAN, vxlanSample),
	viewtest.Of(ParseGENEVE, geneveSample),
	viewtest.Of(ParseGTP, gtpSample),
	viewtest.Of(ParseTeredo, teredoSample),
	viewtest.Of(ParseAYIYA, ayiyaSample),
	viewtest.Of(ParseL2TP, l2tpSample),
	viewtest.Of(ParseEtherIP, etherIPSample),
	viewtest.Of(ParseCAPWAP, capwapSample),
	viewtest.Of(ParseSFlow, sflowSample),
	viewtest.Of(ParsePIM, pimSample),
	viewtest.Of(ParseESP, espSample),
	viewtest.Of(ParseIGMP, igmpSample),
	viewtest.Of(ParseSCTP, sctpSample),
	viewtest.Of(ParseUDPLite, udpLiteSample),
}

func TestViews(t *testing.T) { viewtest.Run(t, views) }

func FuzzAccessors(f *testing.F) { viewtest.Fuzz(f, views) }

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
			viewtest.TouchResult(t, "Packet."+m.Name, out[0], 0)
		}
	}
}
