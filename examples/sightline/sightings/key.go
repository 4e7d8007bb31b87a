package sightings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// maxKey is the most bytes of a key; MISP's have 40.
const maxKey = 1024

// readKey returns the API key that file holds, or, without one, the
// environment. Its errors do not show the key.
func readKey(file string, getenv func(string) string) (string, error) {
	key := getenv("MISP_KEY")
	if file != "" {
		var err error
		if key, err = readKeyFile(file); err != nil {
			return "", err
		}
	}
	key = strings.TrimSpace(key)
	switch {
	case key == "":
		return "", errors.New("no API key: name a file with -key-file, or set MISP_KEY")
	case len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", errors.New("what should be the API key is none: it has blanks or other characters that no key has")
	}
	return key, nil
}

// readKeyFile returns what a file holds that nobody else can read. On Windows,
// where the mode does not tell who can, it is not looked at.
func readKeyFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&0o077 != 0 {
		return "", fmt.Errorf("key file %s can be read or changed by others (mode %04o): chmod 600", name, mode)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxKey+2)) // its line may have an end
	return string(b), err
}
