package text

import "bytes"

// EmptyLine returns the length of the empty line at the start of b, 0 if there
// is none.
func EmptyLine(b []byte) int {
	switch {
	case len(b) > 0 && b[0] == '\n':
		return 1
	case len(b) > 1 && b[0] == '\r' && b[1] == '\n':
		return 2
	}
	return 0
}

// CutLine returns the first line of b, without its line end, and the rest.
// Without a line end it returns all of b, and complete is false.
func CutLine(b []byte) (line, rest []byte, complete bool) {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return b, nil, false
	}
	line, rest = b[:i], b[i+1:]
	return bytes.TrimSuffix(line, []byte{'\r'}), rest, true
}

// CutField returns the field line at the start of b, including its continuation
// lines and the last line end, and the rest.
func CutField(b []byte) (line, rest []byte) {
	end := 0
	for end == 0 || end < len(b) && IsSpace(b[end]) {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			return b, nil
		}
		end += i + 1
	}
	return b[:end], b[end:]
}

// SplitField returns the name and value of a field line.
func SplitField(line []byte) (name, value []byte, ok bool) {
	i := bytes.IndexByte(line, ':')
	if i <= 0 || IsSpace(line[0]) || bytes.IndexByte(line[:i], '\n') >= 0 {
		return nil, nil, false
	}
	name = TrimSpace(line[:i])
	return name, TrimSpace(line[i+1:]), len(name) > 0
}
