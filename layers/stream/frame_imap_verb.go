package stream

import "bytes"

// imapCommands are commands of IMAP (RFC 9051 section 6, RFC 3501, RFC 2971).
var imapCommands = [...]string{
	"CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN", "ENABLE", "SELECT", "EXAMINE", "CREATE", "DELETE",
	"RENAME", "SUBSCRIBE", "UNSUBSCRIBE", "LIST", "LSUB", "XLIST", "NAMESPACE", "STATUS", "APPEND", "IDLE", "CHECK", "CLOSE",
	"UNSELECT", "EXPUNGE", "SEARCH", "FETCH", "STORE", "COPY", "MOVE", "UID", "ID", "COMPRESS", "GETQUOTA", "GETQUOTAROOT", "GETACL", "SORT", "THREAD",
}

// imapStatus reports whether b begins with an untagged response.
func imapStatus(b []byte) verdict { return max(prefix(b, "* "), prefix(b, "+ ")) }

// maxIMAPTag limits the tag of a command that is recognised.
const maxIMAPTag = 16

// imapVerb reports whether b begins with a tag (RFC 9051 section 9) and a
// command.
func imapVerb(b []byte) verdict {
	n := 0
	for n < len(b) && b[n] > ' ' && b[n] < 0x7f && bytes.IndexByte([]byte(`(){%*"\+`), b[n]) < 0 {
		n++
	}
	if n == 0 || n > maxIMAPTag || n < len(b) && b[n] != ' ' {
		return refused
	}
	if n == len(b) {
		return undecided
	}
	best := refused
	word := b[n+1:]
	for _, c := range imapCommands {
		if m := len(c); len(word) > m && equalFold(word[:m], c) && (word[m] == ' ' || word[m] == '\r' || word[m] == '\n') {
			return decided
		} else if len(word) <= m && equalFold(word, c[:len(word)]) {
			best = undecided
		}
	}
	return best
}

var imapLines = lineGrammar{
	ports: []uint16{143, 993},
	greets: func(line []byte) (is, sure bool) {
		return prefix(line, "* OK ") != refused || prefix(line, "* PREAUTH ") != refused, true
	},
	// A tag without digits may be a word, and one of three digits the code of a
	// reply: "230 Login successful.".
	tagged: func(line []byte, whole bool) (v verdict, sure bool) {
		v = imapVerb(line)
		if v == refused {
			return v, false
		}
		if !whole {
			v = undecided
		}
		return v, bytes.ContainsAny(line[:min(len(line), maxIMAPTag)], "0123456789") && !isCode(line)
	},
}
