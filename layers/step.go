package layers

import "github.com/sightline-go/sightline/layers/wire"

// step decodes the header that b begins with: its length, how many bytes of b
// belong to the layer (more than len(b) when the capture lacks some) and what
// follows it. If b cannot be decoded, hdr is how many bytes the header needs at
// least, as far as that is known.
func step(kind Kind, b []byte) (hdr, size int, next Kind, reason wire.Reason) {
	switch kind {
	case KindEthernet:
		return stepEthernet(b)
	case KindTCP:
		return stepTCP(b)
	case KindUDP:
		return stepUDP(b)
	case KindVLAN:
		return stepVLAN(b)
	case KindITag:
		return stepITag(b)
	case KindVNTag:
		return stepSwitchTag(b, vnTagLen)
	case KindETag:
		return stepSwitchTag(b, eTagLen)
	case KindCMD:
		return stepCMD(b, false)
	case KindCMDGRE:
		return stepCMD(b, true)
	case KindMACsec:
		return stepMACsec(b)
	case KindArista:
		return stepArista(b)
	case KindFabricPath:
		return stepFabricPath(b)
	case KindDSA:
		return stepSwitchTag(b, dsaLen)
	case KindEDSA:
		return stepSwitchTag(b, edsaLen)
	case KindLLC:
		return stepLLC(b)
	case KindLinuxSLL:
		return stepLinuxSLL(b)
	case KindLinuxSLL2:
		return stepLinuxSLL2(b)
	case KindNull:
		return stepNull(b)
	case KindLoop:
		return stepLoop(b)
	case KindENC:
		return stepENC(b)
	case KindPPP:
		return stepPPP(b)
	case KindPPPoE:
		return stepPPPoE(b)
	case KindCHDLC:
		return stepCHDLC(b)
	case KindFrameRelay:
		return stepFrameRelay(b)
	case KindMFR:
		return stepMFR(b)
	case KindSLIP:
		return stepSLIP(b)
	case KindFDDI:
		return stepFDDI(b)
	case KindARCNET:
		return stepARCNET(b, arcnetLen)
	case KindARCNETLinux:
		return stepARCNET(b, arcnetLinuxLen)
	case KindIPoIB:
		return stepIPoIB(b)
	case KindIPNET:
		return stepIPNET(b)
	case KindIEEE1394:
		return stepIEEE1394(b)
	case KindRadiotap:
		return stepRadiotap(b)
	case KindPrism:
		return stepPrism(b)
	case KindPPI:
		return stepPPI(b)
	case KindWLAN:
		return stepWLAN(b, 0)
	case KindWLANPadded:
		return stepWLAN(b, wlanPad)
	case KindAMSDU:
		return stepAMSDU(b)
	case KindPKTAP:
		return stepPKTAP(b)
	case KindNFLOG:
		return stepNFLOG(b)
	case KindJuniperEthernet:
		return stepJuniper(b, KindEthernet)
	case KindJuniperPPP:
		return stepJuniper(b, KindPPP)
	case KindJuniperFrameRelay:
		return stepJuniper(b, KindFrameRelay)
	case KindJuniperCHDLC:
		return stepJuniper(b, KindCHDLC)
	case KindMPLS:
		return stepMPLS(b)
	case KindControlWord:
		return stepControlWord(b)
	case KindARP:
		return stepARP(b)
	case KindIPv6HopByHop, KindIPv6Routing, KindIPv6Destination, KindIPv6Mobility:
		return stepIPv6Ext(b)
	case KindIPv6Fragment:
		return stepIPv6Fragment(b)
	case KindAH:
		return stepAH(b)
	case KindESP:
		return stepESP(b)
	case KindICMPv4:
		return stepICMPv4(b)
	case KindICMPv6:
		return stepICMPv6(b)
	case KindIGMP:
		return stepIGMP(b)
	case KindPIM:
		return stepPIM(b)
	case KindGRE:
		return stepGRE(b)
	case KindERSPAN:
		return stepERSPAN(b)
	case KindWCCP:
		return stepWCCP(b)
	case KindNSH:
		return stepNSH(b)
	case KindVXLAN:
		return stepVXLAN(b)
	case KindVXLANGPE:
		return stepVXLANGPE(b)
	case KindGENEVE:
		return stepGENEVE(b)
	case KindGTP:
		return stepGTP(b)
	case KindTeredo:
		return stepTeredo(b)
	case KindAYIYA:
		return stepAYIYA(b)
	case KindL2TP:
		return stepL2TP(b)
	case KindEtherIP:
		return stepEtherIP(b)
	case KindCAPWAP:
		return stepCAPWAP(b)
	case KindSFlow:
		return stepSFlow(b)
	case KindUDPLite:
		return stepUDPLite(b)
	case KindSCTP:
		return stepSCTP(b)
	case KindDNS, KindNBNS:
		return stepDNS(b)
	case KindDHCPv4:
		return stepDHCPv4(b)
	case KindDHCPv6:
		return stepDHCPv6(b)
	case KindNTP:
		return stepNTP(b)
	}
	return 0, 0, KindPayload, wire.Malformed
}
