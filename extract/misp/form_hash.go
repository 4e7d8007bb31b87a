package misp

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// The forms of hashes and fingerprints.

// lowerHex is n hexadecimal digits, in lower case.
func lowerHex(n int) form {
	return func(s string) (string, string) { return hexDigits(lower(s), n) }
}

// mixedHex is n hexadecimal digits, in any case.
func mixedHex(n int) form {
	return func(s string) (string, string) { return hexDigits(s, n) }
}

// certHex is n hexadecimal digits in lower case. Colons are removed.
func certHex(n int) form {
	return func(s string) (string, string) { return hexDigits(lower(strings.ReplaceAll(s, ":", "")), n) }
}

func hexDigits(s string, n int) (string, string) {
	if len(s) != n || !only(s, isHex) {
		return "", "not " + strconv.Itoa(n) + " hexadecimal digits"
	}
	return s, ""
}

func upperHex(s string) (string, string) {
	s = upper(s)
	if !only(s, isHex) {
		return "", "not hexadecimal"
	}
	return s, ""
}

// fileHex is a file name, "|" and n hexadecimal digits in lower case.
func fileHex(n int) form {
	return func(s string) (string, string) {
		return file(s, true, func(hash string) (string, string) { return hexDigits(lower(hash), n) })
	}
}

func fileVhash(s string) (string, string) { return file(s, true, vhash) }

func fileTLSH(s string) (string, string) { return file(s, false, tlsh) }

func fileSSDeep(s string) (string, string) { return file(s, false, ssdeep) }

// file is a file name, "|" and a hash. The server requires a nonempty name only for
// the types with named set.
func file(s string, named bool, hash form) (string, string) {
	name, h, ok := strings.Cut(s, "|")
	if !ok || named && name == "" || strings.Contains(name, "\n") {
		return "", "not a file name and hash separated by |"
	}
	h, why := hash(h)
	if why != "" {
		return "", "hash: " + why
	}
	return join(s, name, "|", h), ""
}

func vhash(s string) (string, string) {
	if s == "" {
		return "", "empty"
	}
	return oneLine(lower(s))
}

func tlsh(s string) (string, string) {
	s = lower(s)
	if h := strings.TrimPrefix(s, "t"); len(h) <= 35 || !only(h, isHex) {
		return "", "not a TLSH hash"
	}
	return s, ""
}

func telfhash(s string) (string, string) {
	if len(s) != 70 && len(s) != 72 {
		return "", "not 70 or 72 characters long"
	}
	return lower(s), ""
}

func cdhash(s string) (string, string) {
	s = lower(s)
	if len(s) < 40 || !only(s, isHex) {
		return "", "not 40 or more hexadecimal digits"
	}
	return s, ""
}

// ssdeep is a block size and two hashes.
func ssdeep(s string) (string, string) {
	size, hashes, _ := strings.Cut(s, ":")
	one, two, ok := strings.Cut(hashes, ":")
	isBase64 := func(c byte) bool { return isAlnum(c) || c == '/' || c == '+' }
	if !ok || !only(size, isDigit) || one != "" && !only(one, isBase64) || two != "" && !only(two, isBase64) {
		return "", "not in the form blocksize:hash:hash"
	}
	return s, ""
}

func impfuzzy(s string) (string, string) {
	imports, _, _ := strings.Cut(s, ":")
	if strings.Count(s, ":") != 2 || !only(imports, isDigit) {
		return "", "not in the form imports:hash:hash"
	}
	return s, ""
}

// sshFingerprint is the fingerprint of a public key: "SHA256:" and base64, padded or
// not, or 32 hexadecimal digits, optionally with the prefix "MD5:" and with colons.
func sshFingerprint(s string) (string, string) {
	if hash, ok := strings.CutPrefix(s, "SHA256:"); ok {
		b, err := base64.RawStdEncoding.DecodeString(strings.TrimSuffix(hash, "="))
		if err != nil || len(b) != 32 || strings.ContainsAny(hash, "\r\n") {
			return "", "not a SHA-256 hash in base64"
		}
		return s, ""
	}
	if _, why := certHex(32)(strings.TrimPrefix(s, "MD5:")); why != "" {
		return "", "not an MD5 or SHA-256 fingerprint"
	}
	return s, ""
}
