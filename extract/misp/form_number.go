package misp

import "strings"

// The forms of numbers.

func digits(s string) (string, string) {
	if !only(s, isDigit) {
		return "", "not only digits"
	}
	return s, ""
}

// integer accepts no value, because servers before March 2025 reject all of them.
func integer(string) (string, string) {
	return "", "servers before March 2025 reject all integers; use counter or text"
}

// number accepts the values that PHP's is_numeric does: a decimal number, optionally
// with a sign, a fraction, an exponent, and white space around it.
func number(s string) (string, string) {
	const space = " \t\n\r\v\f"
	mantissa, exponent, hasExponent := cutAny(strings.Trim(s, space), "eE")
	mantissa, exponent = cutSign(mantissa), cutSign(exponent)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if !only(whole+fraction, isDigit) || hasExponent && !only(exponent, isDigit) {
		return "", "not a number"
	}
	return s, ""
}

// cutAny is strings.Cut for the first character of chars.
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

// boolean is 0 or 1: like on the server, any text but "", 0 and false is 1.
func boolean(s string) (string, string) {
	switch trim(lower(s)) {
	case "", "0", "false":
		return "0", ""
	}
	return "1", ""
}

// digitsOf is the number of a card or a bank. Other characters than digits are
// removed.
func digitsOf(s string) (string, string) { return number(keep(s, isDigit)) }

// phone is the digits of a phone number. Two leading zeros become a plus sign.
func phone(s string) (string, string) {
	if rest, ok := strings.CutPrefix(s, "00"); ok {
		s = "+" + rest
	}
	return number(keep(strings.ReplaceAll(s, "(0)", ""), func(c byte) bool { return isDigit(c) || c == '+' }))
}

// account is letters and digits, in upper case. Other characters are removed.
func account(s string) (string, string) { return alnum(keep(upper(s), isAlnum)) }

func alnum(s string) (string, string) {
	if !only(s, isAlnum) {
		return "", "not only letters and digits"
	}
	return s, ""
}

// keep returns the bytes of s for which in returns true.
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
