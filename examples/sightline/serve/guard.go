package serve

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// The page hands out what is in a capture, and there is no authentication. So it
// is for browsers that were told its address: a page of somebody else's can not
// use it, not even by a name of his that leads here (DNS rebinding).

// policy is what the page may do: show itself, and talk to this service.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// servesPage reports whether there is a page: beyond loopback, only if that is
// asked for.
func (s *server) servesPage() bool { return s.page || loopback(s.listen) }

// loopback reports whether only programs on this machine reach an address.
func loopback(listen string) bool {
	host := hostName(listen)
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// hostName returns the host of host:port, or of a host alone, in lower case.
func hostName(s string) string {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(s, "[]")), ".")
}

// sameSite refuses what a page of another site lets a browser do. Browsers tell
// (https://www.w3.org/TR/fetch-metadata/); MISP is none and says nothing.
func (s *server) sameSite(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch site := r.Header.Get("Sec-Fetch-Site"); {
		case site != "" && site != "same-origin" && site != "none", !sameOrigin(r):
			s.forbid(w)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// sameOrigin reports whether a request comes from no page, or from one of the
// host that it goes to.
func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// guarded lets requests for a known host pass, and says what the answer may be
// used for.
func (s *server) guarded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		set := w.Header().Set
		set("Content-Security-Policy", policy)
		set("X-Content-Type-Options", "nosniff")
		set("Cache-Control", "no-store")
		set("Referrer-Policy", "no-referrer")
		set("Cross-Origin-Opener-Policy", "same-origin")
		set("Cross-Origin-Resource-Policy", "same-origin")
		if !s.knownHost(r.Host) {
			s.forbid(w)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func (s *server) knownHost(host string) bool {
	name := hostName(host)
	return loopback(name) || name != "" && name == hostName(s.listen) || slices.Contains(s.allowHosts, name)
}

func (s *server) forbid(w http.ResponseWriter) {
	s.metrics.refused.Add(1)
	errorPage(w, http.StatusForbidden)
}
