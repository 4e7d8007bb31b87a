package stream

import "strconv"

// A Policy decides which bytes count where two segments overlap while both wait
// for earlier data. (Bytes in order are delivered at once, as a receiver passes
// them to its program, and later ones never replace them.)
//
// The policies are those that Novak and Sturges, "Target-Based TCP Stream
// Reassembly" (2007), found in operating systems, by the method of Shankar and
// Paxson, "Active Mapping" (IEEE S&P 2003). They compare where an old and a new
// segment begin and end: the new one as it arrived, the old one as far as it
// still waits.
type Policy uint8

const (
	// PolicyFirst: the old bytes always count. Windows Vista and later.
	PolicyFirst Policy = iota
	// PolicyLast: the new bytes always count. Cisco IOS.
	PolicyLast
	// PolicyLinux: the new bytes count if their segment begins before the old
	// one, or begins with it and ends after it. Linux 2.4 and later.
	PolicyLinux
	// PolicyOldLinux: like PolicyLinux, and also if both begin and end
	// together. Linux up to 2.2.
	PolicyOldLinux
	// PolicyBSD: the new bytes count if their segment begins before the old one.
	// AIX, FreeBSD, NetBSD, OpenBSD, macOS.
	PolicyBSD
	// PolicyWindows: the same rule as PolicyBSD. Windows 95 to 2003.
	PolicyWindows
	// PolicySolaris: the new bytes count if their segment ends after the old
	// one, or ends with it and does not begin after it. Solaris, HP-UX 11.
	PolicySolaris
)

var policyNames = [...]string{"first", "last", "linux", "old-linux", "bsd", "windows", "solaris"}

// String returns the policy's name.
func (p Policy) String() string {
	if int(p) < len(policyNames) {
		return policyNames[p]
	}
	return "Policy(" + strconv.Itoa(int(p)) + ")"
}

// prefersNew reports whether the new one of two overlapping segments counts.
// begin and end are where it begins and ends, relative to the old one.
func (p Policy) prefersNew(begin, end int32) bool {
	switch p {
	case PolicyLast:
		return true
	case PolicyLinux:
		return begin < 0 || begin == 0 && end > 0
	case PolicyOldLinux:
		return begin < 0 || begin == 0 && end >= 0
	case PolicyBSD, PolicyWindows:
		return begin < 0
	case PolicySolaris:
		return end > 0 || end == 0 && begin <= 0
	}
	return false
}
