package misp

import (
	"strconv"
	"strings"
	"time"
)

const datetimeLayout = "2006-01-02T15:04:05.000000-0700"

// FormatTime returns t as a value of type Datetime, in UTC with microseconds:
// 2020-01-02T03:04:05.123456+0000. It returns "", which Normalize rejects, for the
// zero time and for years outside 1 to 9999.
func FormatTime(t time.Time) string {
	t = t.UTC()
	if t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format(datetimeLayout)
}

// datetime is a time in one of the following forms. A server accepts more, for
// instance "2 days ago". Without a zone, the time is UTC. The zone is kept; fractions
// are cut to microseconds.
//
//	2020-01-02                            ISO 8601
//	2020-01-02T03:04:05.123456789+01:00   with "T" or a space; seconds, fraction and zone are optional
//	01/02/2020                            month, day and year
//	Jan  2, 2020 03:04:05.000000000 CET   Wireshark's format
//	@1577934245.123456                    seconds since 1970
func datetime(s string) (string, string) {
	t, ok := parseTime(s)
	if !ok || t.Year() < 1 || t.Year() > 9999 {
		return "", "unsupported date and time format"
	}
	var buf [len(datetimeLayout)]byte
	if b := t.AppendFormat(buf[:0], datetimeLayout); string(b) != s {
		return string(b), ""
	}
	return s, ""
}

func parseTime(s string) (time.Time, bool) {
	switch {
	case strings.HasPrefix(s, "@"):
		return parseUnix(s[1:])
	case len(s) == len("01/02/2020") && s[2] == '/' && s[5] == '/':
		return parseClock(s[6:]+"-"+s[:2]+"-"+s[3:5], "")
	case len(s) > len("Jan  2, 2020 ") && s[6] == ',':
		t, err := time.Parse("Jan _2, 2006", s[:len("Jan  2, 2020")])
		if err != nil {
			return time.Time{}, false
		}
		return parseClock(t.Format(time.DateOnly), s[len("Jan  2, 2020"):])
	case len(s) >= len(time.DateOnly):
		return parseClock(s[:len(time.DateOnly)], s[len(time.DateOnly):])
	}
	return time.Time{}, false
}

func parseUnix(s string) (time.Time, bool) {
	whole, fraction, ok := strings.Cut(s, ".")
	sec, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || ok && (!only(fraction, isDigit) || len(fraction) > 9 || sec < 0) || sec < -1<<37 || sec > 1<<38 {
		return time.Time{}, false // years of more than four digits
	}
	return time.Unix(sec, nanoseconds(fraction)).UTC(), true
}

// parseClock parses a date, 2020-01-02, and an optional clock: a separator, hour and
// minute, seconds and fraction, and a zone. As in PHP, excess days and seconds carry
// over into the next month and minute.
func parseClock(date, clock string) (time.Time, bool) {
	year, month, day := field(date, 0, 4, 9999), field(date, 5, 2, 12), field(date, 8, 2, 31)
	if year < 0 || month < 1 || day < 1 || date[4] != '-' || date[7] != '-' {
		return time.Time{}, false
	}
	if clock == "" {
		return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), true
	}
	hour, minute, second := field(clock, 1, 2, 23), field(clock, 4, 2, 59), 0
	if hour < 0 || minute < 0 || clock[3] != ':' || !strings.ContainsRune("Tt ", rune(clock[0])) {
		return time.Time{}, false
	}
	rest, fraction := clock[len(" 03:04"):], ""
	if strings.HasPrefix(rest, ":") {
		second = field(rest, 1, 2, 60)
		if second < 0 {
			return time.Time{}, false
		}
		rest = rest[len(":05"):]
		if rest != "" && (rest[0] == '.' || rest[0] == ',') {
			n := len(rest) - len(strings.TrimLeft(rest[1:], "0123456789"))
			fraction, rest = rest[1:n], rest[n:]
			if fraction == "" || len(fraction) > 9 {
				return time.Time{}, false
			}
		}
	}
	zone, ok := parseZone(strings.TrimLeft(rest, " \t\n\v\f\r"))
	if !ok {
		return time.Time{}, false
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, int(nanoseconds(fraction)), zone), true
}

// field returns the number of n digits at s[i], or -1 if there is none or it exceeds
// most.
func field(s string, i, n, most int) int {
	if len(s) < i+n || !only(s[i:i+n], isDigit) {
		return -1
	}
	v, _ := strconv.Atoi(s[i : i+n])
	if v > most {
		return -1
	}
	return v
}

// nanoseconds converts a fraction of at most nine digits to nanoseconds.
func nanoseconds(digits string) int64 {
	n, _ := strconv.ParseInt((digits + "000000000")[:9], 10, 64)
	return n
}

// zones maps the names of European and North American time zones to hours east of
// UTC.
var zones = map[string]int{
	"": 0, "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
	"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}

// parseZone parses the name of a zone, or an offset in the form +01:00 or +0100.
func parseZone(s string) (*time.Location, bool) {
	hours, ok := zones[upper(s)]
	if ok {
		return time.FixedZone("", hours*60*60), true
	}
	minutes := 0
	switch {
	case len(s) == len("+0100"):
		hours, minutes = field(s, 1, 2, 23), field(s, 3, 2, 59)
	case len(s) == len("+01:00") && s[3] == ':':
		hours, minutes = field(s, 1, 2, 23), field(s, 4, 2, 59)
	default:
		return nil, false
	}
	offset := (hours*60 + minutes) * 60
	switch {
	case hours < 0 || minutes < 0 || s[0] != '+' && s[0] != '-':
		return nil, false
	case s[0] == '-':
		offset = -offset
	}
	return time.FixedZone("", offset), true
}
