package stream_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/stream"
)

// transcript pushes the segments to a and returns a line for each result:
// commands after "C: ", replies after "S: ", header sections after "mail", and
// files with name, media type, state and content.
func transcript(a *stream.Assembler, segs []seg) []string {
	a.Content = true
	var out []string
	var content strings.Builder
	keep := func(ms []stream.Message) {
		for _, m := range ms {
			switch {
			case m.Kind == stream.FileBegin:
				content.Reset()
			case m.Kind == stream.FileData:
				content.Write(m.Data)
			case m.Kind == stream.FileEnd:
				out = append(out, fmt.Sprintf("file %q %q %v %q", m.File.Name, m.File.Type, m.File.State, content.String()))
			case m.Proto == stream.Mail:
				out = append(out, fmt.Sprintf("mail %q", m.Data))
			case m.Via.Innermost() == stream.StartTLS:
				out = append(out, fmt.Sprintf("STARTTLS %v of %d bytes", m.Proto, len(m.Data)))
			case m.FromClient:
				out = append(out, "C: "+strings.TrimRight(string(m.Data), "\r\n"))
			default:
				out = append(out, "S: "+strings.TrimRight(string(m.Data), "\r\n"))
			}
		}
	}
	for i, s := range segs {
		push(a, s, int64(i+1), start, keep)
	}
	keep(a.Flush())
	return out
}

// A dialogue is a conversation as the RFCs print it: lines after "C: " and "S:
// ".
func dialogue(text string) (t talk) {
	for line := range strings.Lines(text) {
		server := strings.HasPrefix(line, "S: ")
		data := strings.ReplaceAll(line[3:], "\n", "\r\n")
		if n := len(t); n > 0 && t[n-1].server == server {
			t[n-1].data += data
		} else {
			t = append(t, struct {
				server bool
				data   string
			}{server, data})
		}
	}
	return t
}

// onPort returns the segments with another server port.
func onPort(port uint16, segs []seg) []seg {
	for i := range segs {
		segs[i].port = port
	}
	return segs
}

// segmentSizes are the segment sizes that dialogues are split into: from a
// whole turn in one segment, to sizes so small that every position is a cut.
var segmentSizes = []int{1 << 14, 7, 3, 2, 1}

// checkDialogue plays a dialogue in segments of all sizes, on a port that
// identifies no protocol.
func checkDialogue(t *testing.T, text string, want []string) {
	t.Helper()
	checkTalk(t, dialogue(text), want)
}

func checkTalk(t *testing.T, tk talk, want []string) {
	t.Helper()
	for _, size := range segmentSizes {
		a := new(stream.Assembler)
		if diff := cmp.Diff(want, transcript(a, onPort(4000, tk.segs(size)))); diff != "" {
			t.Errorf("segments of %d bytes (-want +got):\n%s", size, diff)
		}
		if held := a.Stats().Held; held != 0 {
			t.Errorf("segments of %d bytes: %d bytes held at the end", size, held)
		}
	}
}
