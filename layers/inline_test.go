package layers

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// outOfLine lists the methods of header views that do more than read a field.
var outOfLine = map[string]bool{
	"AppendText":      true,
	"String":          true,
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
	"WLAN.HeaderLen":  true, // the swapped frame control
	"WLAN.Payload":    true,
}

// TestInlining asks the compiler whether it can inline every accessor of a
// header view, and the iterators, which otherwise allocate.
func TestInlining(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the package")
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
	for _, v := range views {
		typ := v.Type
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
