package stream

import "bytes"

// ircLines has the commands of RFC 2812 section 3.
var ircLines = lineGrammar{
	ports: []uint16{194, 6667}, // 6667 is custom
	greets: func(line []byte) (is, sure bool) {
		is = prefix(line, "NOTICE AUTH :") != refused || line[0] == ':' && bytes.Contains(line, []byte(" NOTICE "))
		return is, true
	},
	commands: []lineCommand{
		{"QUIT", false, nil}, {"USER", false, nil}, {"PASS", false, nil}, {"LIST", false, nil}, {"NICK", true, someArgs},
		{"PRIVMSG", true, someArgs}, {"JOIN", false, nil}, {"PING", false, nil}, {"PONG", false, nil}, {"CAP", false, nil},
	},
}
