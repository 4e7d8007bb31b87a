package misp

import "strings"

// The forms of numbers.

func digits(s string) (string, string) {
	if !only(s, isDigit) {
		return "", "it is not of digits only"
	}
	return s, ""
}

// integer is the form of a type that takes nothing: servers before March 2025
// refuse every value of it.
func integer(string) (string, string) {
	return "", "servers before March 2025 refuse all integers; take counter or text"
}

// number is what PHP's is_numeric takes: a decimal number that may have a sign, a
// fraction and an exponent, and white space around it.
func number(s string) (string, string) {
	const space = " \t\n\r\v\f"
	mantissa, exponent, hasExponent := cutAny(strings.Trim(s, space), "eE")
	mantissa, exponent = cutSign(mantissa), cutSign(exponent)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if !only(whole+fraction, isDigit) || hasExponent && !only(exponent, isDigit) {
		return "", "it is no number"
	}
	return s, ""
}

// cutAny cuts s at the first of some characters.
func cutAny(s, chars string) (before, after string, found bool) {
	if i := strings.IndexAny(s, chars); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

func cutSign(s string) string {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		return s[1:]
	}
	return s
}

// boolean is 0 or 1, where all but nothing, 0 and false is 1.
func boolean(s string) (string, string) {
	switch trim(lower(s)) {
	case "", "0", "false":
		return "0", ""
	}
	return "1", ""
}

// digitsOf is the digits of a number of a card or bank.
func digitsOf(s string) (string, string) { return number(keep(s, isDigit)) }

// phone is the digits of a number, with a plus for two leading zeros.
func phone(s string) (string, string) {
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	return number(keep(strings.ReplaceAll(s, "(0)", ""), func(c byte) bool { return isDigit(c) || c == '+' }))
}

// account is letters and digits, in upper case; what stands between them goes.
func account(s string) (string, string) { return alnum(keep(upper(s), isAlnum)) }

func alnum(s string) (string, string) {
	if !only(s, isAlnum) {
		return "", "it is not of letters and digits only"
	}
	return s, ""
}

// keep returns the bytes of s that are in a set.
func keep(s string, in func(c byte) bool) string {
	if only(s, in) {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if in(s[i]) {
			b = append(b, s[i])
		}
	}
	return string(b)
}
