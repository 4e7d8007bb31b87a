package stream

import "bytes"

// ircLines has the commands of RFC 2812 section 3 and of IRCv3 that begin a
// conversation. PING is not among them: either side sends it.
var ircLines = lineGrammar{
	ports:  []uint16{194, 6660, 6661, 6662, 6663, 6664, 6665, 6666, 6667, 6668, 6669, 7000}, // all but 194 are custom
	greets: ircGreets,
	commands: []lineCommand{
		{"NICK", true, someArgs}, {"USER", false, ircUserArgs}, {"PASS", false, nil}, {"CAP", true, capArgs},
		{"STARTTLS", true, nil}, {"SERVER", true, ircServerArgs}, {"JOIN", true, channelArgs}, {"PART", true, channelArgs},
		{"PRIVMSG", true, someArgs}, {"PONG", false, someArgs}, {"LIST", false, nil}, {"QUIT", false, nil},
	},
}

// ircUserArgs is for USER as IRC has it, with four parameters (RFC 2812 section 3.1.3).
func ircUserArgs(arg []byte, whole bool) (bool, verdict) {
	return !whole || len(bytes.Fields(arg)) >= 4, wholeLine(whole)
}

// ircServerArgs is for SERVER (RFC 2813 section 4.1.2), which ends with a text.
func ircServerArgs(arg []byte, whole bool) (bool, verdict) {
	return !whole || bytes.Contains(arg, []byte(" :")), wholeLine(whole)
}

// capArgs is for CAP (https://ircv3.net/specs/extensions/capability-negotiation).
func capArgs(arg []byte, whole bool) (bool, verdict) {
	v := refused
	for _, sub := range []string{"LS", "REQ", "END", "LIST"} {
		v = max(v, prefix(arg, sub))
	}
	if whole && v == undecided {
		v = refused
	}
	return v != refused, v
}

// channelArgs wants a channel (RFC 2812 section 1.3).
func channelArgs(arg []byte, whole bool) (bool, verdict) {
	arg = bytes.TrimPrefix(arg, []byte{':'})
	switch {
	case len(arg) == 0 && !whole:
		return true, undecided
	case len(arg) > 0 && bytes.IndexByte([]byte("#&+!"), arg[0]) >= 0:
		return true, decided
	}
	return false, refused
}

// ircGreets reports whether a server sends line: one with a source (RFC 2812
// section 2.3), which tags may precede, or a notice from before it knows the client.
func ircGreets(line []byte) (is, sure bool) {
	whole := endOfLine(line, 0) > 0
	if line[0] == '@' {
		_, rest, found := bytes.Cut(line, []byte{' '})
		if line = bytes.TrimLeft(rest, " "); !found || len(line) == 0 {
			return !whole, false
		}
	}
	if line[0] != ':' {
		return prefix(line, "NOTICE AUTH :") != refused || prefix(line, "NOTICE * :") != refused, true
	}
	source, command, found := bytes.Cut(line, []byte{' '})
	if !found {
		return !whole && isWord(source[1:]), false
	}
	v := ircServerCommand(bytes.TrimLeft(command, " "))
	is = len(source) > 1 && isWord(source[1:]) && v != refused && (v == decided || !whole)
	return is, is && v == decided
}

// isWord reports whether b has no control characters.
func isWord(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c == 0x7f {
			return false
		}
	}
	return true
}

// ircServerCommand wants a numeric reply, or a command that servers send.
func ircServerCommand(b []byte) (v verdict) {
	if n := digits(b); n == len(b) && n <= 3 {
		return undecided
	} else if n == 3 && b[3] == ' ' {
		return decided
	}
	for _, c := range []string{"NOTICE ", "PRIVMSG ", "JOIN ", "PART ", "QUIT ", "NICK ", "MODE ", "TOPIC ", "KICK ", "CAP ", "PONG "} {
		v = max(v, prefix(b, c))
	}
	return v
}

// digits returns how many digits b begins with.
func digits(b []byte) (n int) {
	for n < len(b) && '0' <= b[n] && b[n] <= '9' {
		n++
	}
	return n
}
