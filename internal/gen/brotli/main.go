// Command brotli writes the dictionary of package brotli from the text of RFC 7932
// on standard input, which is at https://www.rfc-editor.org/rfc/rfc7932.txt:
//
//	go run ./internal/gen/brotli < rfc7932.txt > internal/brotli/dictionary.bin
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"log"
	"os"
	"regexp"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("brotli: ")
	b, err := dictionary(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := os.Stdout.Write(b); err != nil {
		log.Fatal(err)
	}
}

// What appendix A states of its content.
const (
	size     = 122_784
	checksum = 0x5136cb04
)

// digits is a line of hexadecimal digits, which the lines around pages are not.
var digits = regexp.MustCompile(`^ +[0-9a-f]+$`)

// dictionary returns the content of appendix A.
func dictionary(rfc io.Reader) (b []byte, err error) {
	lines := bufio.NewScanner(rfc)
	within := false
	for lines.Scan() {
		line := strings.TrimRight(lines.Text(), " \r")
		switch {
		case strings.HasPrefix(line, "Appendix "):
			within = strings.HasPrefix(line, "Appendix A.")
		case within && digits.MatchString(line):
			if b, err = hex.AppendDecode(b, []byte(strings.TrimSpace(line))); err != nil {
				return nil, err
			}
		}
	}
	if sum := crc32.ChecksumIEEE(b); len(b) != size || sum != checksum {
		return nil, fmt.Errorf("appendix A has %d bytes with checksum %#x, want %d and %#x", len(b), sum, size, uint32(checksum))
	}
	return b, lines.Err()
}
