package sightings

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
)

// maxKey is the maximum length of a key. MISP's keys have 40 characters.
const maxKey = 1024

// readKey returns the API key in file or, without a file, in the environment. Its
// errors do not contain the key.
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
		return "", errors.New("no API key: use -key-file or set MISP_KEY")
	case len(key) > maxKey || strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", errors.New("invalid API key: it has spaces or other characters that do not occur in keys, or is too long")
	}
	return key, nil
}

// readKeyFile reads a key file. It refuses one that others can access, except on
// Windows, where the mode does not show that.
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
	b, err := io.ReadAll(io.LimitReader(f, maxKey+2)) // with room for a line ending
	return string(b), err
}
