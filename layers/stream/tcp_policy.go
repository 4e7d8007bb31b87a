package stream

import "strconv"

// A Policy says which bytes count where two segments that both wait for earlier
// data overlap. (Bytes that were in order are delivered at once, as a receiver
// hands them to its program, and later ones never replace them.)
//
// The policies are those that Novak and Sturges, "Target-Based TCP Stream
// Reassembly" (2007), found in operating systems, after the method of Shankar
// and Paxson, "Active Mapping" (IEEE S&P 2003). An old and a new segment are
// compared by where they begin and end: the new one as it came, the old one as
// far as it still waits.
type Policy uint8

const (
	// PolicyFirst: the old bytes count always. Windows Vista and later.
	PolicyFirst Policy = iota
	// PolicyLast: the new bytes count always. Cisco IOS.
	PolicyLast
	// PolicyLinux: the new bytes count if their segment begins before the old
	// one, or with it and ends behind it. Linux 2.4 and later.
	PolicyLinux
	// PolicyOldLinux: as PolicyLinux, and if the two are equally long. Linux up
	// to 2.2.
	PolicyOldLinux
	// PolicyBSD: the new bytes count if their segment begins before the old one.
	// AIX, FreeBSD, NetBSD, OpenBSD, macOS.
	PolicyBSD
	// PolicyWindows: the same rule, found in Windows 95 to 2003.
	PolicyWindows
	// PolicySolaris: the new bytes count if their segment ends behind the old
	// one, or with it and does not begin behind it. Solaris, HP-UX 11.
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

// prefersNew reports whether the bytes of the new one of two overlapping
// segments count. begin and end are where it begins and ends, less where the
// old one does.
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
