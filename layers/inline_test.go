package layers

import (
	"os/exec"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

// outOfLine are the methods of header views that are more than a look at the
// bytes.
var outOfLine = map[string]bool{
	"AppendText":      true,
	"ARP.SenderIP":    true,
	"ARP.TargetIP":    true,
	"FrameRelay.DLCI": true,
	"GRE.Ack":         true,
	"GRE.HeaderLen":   true, // a walk over source routes
	"GRE.Seq":         true,
	"GTP.HeaderLen":   true, // a walk over extensions
	"IPv6.JumboLen":   true, // a search of the options
	"IPv6.Truncated":  true,
	"L2TP.HeaderLen":  true,
	"LLC.HeaderLen":   true,
	"MPLS.HeaderLen":  true, // a walk over the stack
	"Radiotap.Flags":  true, // a search for the field
	"SFlow.Agent":     true,
	"TCP.FastOpen":    true,
	"TCP.MPTCP":       true,
	"TCP.Timestamps":  true, // a search of the options
	"Teredo.Origin":   true,
	"WLAN.Payload":    true,
}

// TestInlining asks the compiler which functions it can inline: every accessor
// of a header view, and the iterators, which cost nothing only then.
func TestInlining(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the package")
	}
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command: ", err)
	}
	out, err := exec.Command(goTool, "build", "-gcflags=-m", ".").CombinedOutput()
	if err != nil {
		t.Skipf("go build: %v\n%s", err, out)
	}
	inlined := map[string]bool{}
	for _, m := range regexp.MustCompile(`: can inline (\S+)`).FindAllStringSubmatch(string(out), -1) {
		inlined[m[1]] = true
	}
	for _, typ := range headerTypes {
		for i := range typ.NumMethod() {
			name := typ.Method(i).Name
			if outOfLine[name] || outOfLine[typ.Name()+"."+name] {
				continue
			}
			if !inlined[typ.Name()+"."+name] {
				t.Errorf("%s.%s is not inlined", typ.Name(), name)
			}
		}
	}
	for _, f := range strings.Fields("(*Packet).Payload (*Packet).Layers Layer.Header Layer.Payload Flow.Reverse") {
		if !inlined[f] {
			t.Errorf("%s is not inlined", f)
		}
	}
}

// headerTypes are the views whose methods read fixed places.
var headerTypes = []reflect.Type{
	reflect.TypeFor[Ethernet](),
	reflect.TypeFor[VLAN](),
	reflect.TypeFor[LinuxSLL](),
	reflect.TypeFor[LinuxSLL2](),
	reflect.TypeFor[Null](),
	reflect.TypeFor[ARP](),
	reflect.TypeFor[IPv4](),
	reflect.TypeFor[IPv6](),
	reflect.TypeFor[IPv6Ext](),
	reflect.TypeFor[IPv6Fragment](),
	reflect.TypeFor[AH](),
	reflect.TypeFor[ICMPv4](),
	reflect.TypeFor[ICMPv6](),
	reflect.TypeFor[TCP](),
	reflect.TypeFor[UDP](),
	reflect.TypeFor[LLC](),
	reflect.TypeFor[FDDI](),
	reflect.TypeFor[PPP](),
	reflect.TypeFor[PPPoE](),
	reflect.TypeFor[CHDLC](),
	reflect.TypeFor[FrameRelay](),
	reflect.TypeFor[MFR](),
	reflect.TypeFor[ARCNET](),
	reflect.TypeFor[IPoIB](),
	reflect.TypeFor[IPNET](),
	reflect.TypeFor[IEEE1394](),
	reflect.TypeFor[ENC](),
	reflect.TypeFor[SLIP](),
	reflect.TypeFor[NFLOG](),
	reflect.TypeFor[PKTAP](),
	reflect.TypeFor[Juniper](),
	reflect.TypeFor[Arista](),
	reflect.TypeFor[FabricPath](),
	reflect.TypeFor[ITag](),
	reflect.TypeFor[DSA](),
	reflect.TypeFor[MPLS](),
	reflect.TypeFor[ControlWord](),
	reflect.TypeFor[WLAN](),
	reflect.TypeFor[AMSDU](),
	reflect.TypeFor[Radiotap](),
	reflect.TypeFor[PPI](),
	reflect.TypeFor[Prism](),
	reflect.TypeFor[GRE](),
	reflect.TypeFor[ERSPAN](),
	reflect.TypeFor[WCCP](),
	reflect.TypeFor[NSH](),
	reflect.TypeFor[VXLAN](),
	reflect.TypeFor[GENEVE](),
	reflect.TypeFor[GTP](),
	reflect.TypeFor[Teredo](),
	reflect.TypeFor[AYIYA](),
	reflect.TypeFor[L2TP](),
	reflect.TypeFor[EtherIP](),
	reflect.TypeFor[CAPWAP](),
	reflect.TypeFor[SFlow](),
	reflect.TypeFor[PIM](),
	reflect.TypeFor[ESP](),
	reflect.TypeFor[IGMP](),
	reflect.TypeFor[SCTP](),
	reflect.TypeFor[UDPLite](),
	reflect.TypeFor[SwitchTag](),
	reflect.TypeFor[CMD](),
	reflect.TypeFor[MACsec](),
}
