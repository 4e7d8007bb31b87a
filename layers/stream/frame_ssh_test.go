package stream_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers/ssh"
	"github.com/sightline-go/sightline/layers/stream"
)

const (
	sshClient = "SSH-2.0-OpenSSH_9.6"
	sshServer = "SSH-2.0-dropbear_2022.83 x"
)

// sshPacket returns a binary packet (RFC 4253 section 6).
func sshPacket(payload string) string {
	pad := 8 - (5+len(payload))%8 + 8
	b := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+pad))
	return string(append(b, byte(pad))) + payload + strings.Repeat("p", pad)
}

func sshList(s string) string { return string(binary.BigEndian.AppendUint32(nil, uint32(len(s)))) + s }

var (
	sshKexInit = "\x14" + strings.Repeat("c", 16) + strings.Repeat(sshList("a,b"), 10) + "\x00\x00\x00\x00\x00"
	sshInit    = "\x1e" + sshList("point")
	sshReply   = "\x1f" + sshList(sshList("ssh-ed25519")+sshList("key")) + sshList("point") + sshList("signature")
	sshNewKeys = "\x15"
)

func TestSSH(t *testing.T) {
	begin := talk{{false, sshClient + "\r\n"}, {true, sshServer + "\r\n"}}
	kex := talk{
		{false, sshPacket(sshKexInit)}, {true, sshPacket(sshKexInit)},
		{false, sshPacket(sshInit)}, {true, sshPacket(sshReply) + sshPacket(sshNewKeys)},
		{false, sshPacket(sshNewKeys) + sshPacket(sshKexInit)}, {true, sshPacket(sshKexInit)},
	}
	idents := []string{">" + sshClient, "<" + sshServer}
	for _, tt := range []struct {
		name string
		talk talk
		want []string
	}{
		{"up to NEWKEYS", append(begin, kex...), append(idents, ">"+sshKexInit, "<"+sshKexInit, "<"+sshReply)},
		{"version 1", talk{{true, "SSH-1.5-1.2.26\n"}, {false, "SSH-1.5-1.2.26\n"}, {true, sshPacket(sshKexInit)}}, []string{"<SSH-1.5-1.2.26", ">SSH-1.5-1.2.26"}},
		{"version 1 with a server of both", talk{{true, "SSH-1.99-x\n"}, {false, "SSH-1.5-y\n"}, {true, sshPacket(sshKexInit)}}, []string{"<SSH-1.99-x", ">SSH-1.5-y"}},
		{"version 2 with a server of both", talk{{true, "SSH-1.99-x\n"}, {false, "SSH-2.0-y\n"}, {true, sshPacket(sshKexInit)}}, []string{"<SSH-1.99-x", ">SSH-2.0-y", "<" + sshKexInit}},
		{"text before the server's string", talk{begin[0], {true, "no trespassing\r\n\r\n" + sshServer + "\r\n"}}, idents},
		{"no line end", talk{begin[0], {true, sshServer}}, idents},
		{"no packets", append(begin, talk{{false, "\x00\x00\x00\x00\x00\x00" + sshPacket(sshKexInit)}}...), idents},
	} {
		for _, size := range []int{1 << 14, 100, 1} {
			var data []string
			for _, m := range play(new(stream.Assembler), tt.talk.segs(size)...) {
				from := "<"
				if m.FromClient {
					from = ">"
				}
				data = append(data, from+m.Data)
			}
			if diff := cmp.Diff(tt.want, data); diff != "" {
				t.Errorf("%s, segments of %d bytes (-want +got):\n%s", tt.name, size, diff)
			}
		}
	}
}

// A scanner sends HTTP to an SSH server.
func TestAnswerInAnotherProtocol(t *testing.T) {
	var got []string
	for _, m := range play(new(stream.Assembler), talk{{false, request}, {true, sshServer + "\r\n"}}.segs(1<<14)...) {
		got = append(got, m.Proto.String()+" "+m.Data)
	}
	if diff := cmp.Diff([]string{"HTTP/1 " + request, "SSH " + sshServer}, got); diff != "" {
		t.Error(diff)
	}
}

func TestSSHLimits(t *testing.T) {
	line := sshClient + "\r\n"
	for name, data := range map[string]string{
		"a packet of 4 GiB":    line + "\xff\xff\xff\xff\x00" + strings.Repeat("x", 1<<14),
		"a packet of 256 KiB":  line + "\x00\x04\x00\x01\x00" + strings.Repeat("x", 1<<14),
		"a line without end":   "SSH-" + strings.Repeat("x", 1<<14),
		"lines without end":    "SSH-\n" + strings.Repeat("x\n", 1<<13),
		"lines without string": strings.Repeat("SSH-\n", 100) + line,
	} {
		var a stream.Assembler
		ms := play(&a, talk{{false, data}}.segs(1000)...)
		if s := a.Stats(); len(ms) > 1 || s.TooLong != 1 || s.Held > 4096 {
			t.Errorf("%s: %d messages, %+v", name, len(ms), s)
		}
	}
}

// After a gap, packets of that side can no longer be found, but the other
// side's are.
func TestSSHGap(t *testing.T) {
	var a stream.Assembler
	line := sshClient + "\r\n"
	packet := sshPacket(sshKexInit)
	ms := play(&a,
		seg{flags: syn, seq: 0}, seg{server: true, flags: syn | ack, seq: 99, ack: 1},
		seg{flags: ack, seq: 1, data: line},
		seg{flags: ack, seq: 1 + uint32(len(line)) + 10, data: packet[10:] + packet},
		seg{server: true, flags: ack, seq: 100, data: sshServer + "\r\n" + packet})
	var data []string
	for _, m := range ms {
		data = append(data, m.Data)
	}
	if diff := cmp.Diff([]string{sshClient, sshServer, sshKexInit}, data); diff != "" {
		t.Error(diff)
	}
}

// For any bytes of two sides that begin as SSH, messages are complete, and
// nothing is held at the end.
func FuzzSSH(f *testing.F) {
	f.Add([]byte(sshPacket(sshKexInit)+sshPacket(sshNewKeys)), []byte("text\r\n"+sshServer+"\r\n"+sshPacket(sshReply)), uint16(7))
	f.Add([]byte("\xff\xff\xff\xff\x00"), []byte("SSH-1.5-a\n\x00\x00\x00\x02\x00\x14"), uint16(1))
	f.Fuzz(func(t *testing.T, x, y []byte, size uint16) {
		a := stream.Assembler{Config: stream.Config{MaxMessage: 1 << 12}}
		for _, m := range play(&a, talk{{false, "SSH-2.0-a\r\n" + string(x)}, {true, string(y)}}.segs(1+int(size)%1500)...) {
			if m.Proto != stream.SSH {
				continue
			}
			if _, err := ssh.ParseIdent([]byte(m.Data)); err != nil && m.Data[0] != 20 && m.Data[0] != 31 && m.Data[0] != 33 {
				t.Fatalf("message %q", m.Data)
			}
		}
		if s := a.Stats(); s.Held != 0 {
			t.Fatalf("%+v", s)
		}
	})
}
