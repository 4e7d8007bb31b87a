package serve

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// The page shows the contents of captures without authentication. So only
// browsers that opened its own address may use it: other sites' pages cannot, not
// even through a name of theirs that resolves to this service (DNS rebinding). On
// loopback, where a browser runs, the same holds for the paths that are for MISP.
// Elsewhere MISP may use any name for the service, such as that of a container.

// policy lets the page load its own files and send requests to this service.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"

// servesPage reports whether to serve the page: beyond loopback only with -page.
func (s *server) servesPage() bool { return s.page || loopback(s.listen) }

// loopback reports whether only programs on this machine can reach an address.
func loopback(listen string) bool {
	host := hostName(listen)
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// hostName returns the host of host:port or of a plain host, in lower case.
func hostName(s string) string {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	return strings.TrimSuffix(strings.ToLower(strings.Trim(s, "[]")), ".")
}

// sameSite refuses requests that a page of another site makes a browser send. Browsers
// send fetch metadata (https://www.w3.org/TR/fetch-metadata/); MISP does not.
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

// sameOrigin reports whether a request comes from no page or from a page of the same
// host.
func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}

// guarded accepts only requests for a known host, and sets the security headers of
// the response.
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

// named refuses requests for an unknown host on all paths of a service on loopback.
func (s *server) named(h http.Handler) http.Handler {
	if !loopback(s.listen) {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.knownHost(r.Host) {
			s.log.Warn("refused", "host", short(r.Host), "see", "-allow-host")
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
