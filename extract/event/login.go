package event

import "github.com/sightline-go/sightline/extract/misp"

func loginAttributes(m *mapping) {
	for g := range m.report.Logins() {
		m.put(loginUser, misp.Text, g.User, &g.Fact, NoType)
	}
}
