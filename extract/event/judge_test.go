package event

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sightline-go/sightline/extract"
)

// A scene is a Report in JSON: the rows of each table.
type scene map[string][]string

func (s scene) row(table, format string, args ...any) scene {
	s = maps.Clone(s)
	s[table] = append(slices.Clip(s[table]), `{"count":1,`+fmt.Sprintf(format, args...)+`}`)
	return s
}

func (s scene) report(t *testing.T) *extract.Report {
	t.Helper()
	var tables []string
	for table, rows := range s {
		tables = append(tables, fmt.Sprintf("%q:[%s]", table, strings.Join(rows, ",")))
	}
	return readReport(t, "{"+strings.Join(tables, ",")+"}")
}

// conn adds a connection that the server answered, by a protocol.
func (s scene) conn(server, proto string) scene {
	return s.ended(server, proto, `"opened":1,"closed":1`)
}

// silent adds a connection that the server did not answer.
func (s scene) silent(server string) scene { return s.ended(server, "", `"unanswered":1`) }

func (s scene) ended(server, proto, ended string) scene {
	number, protos, role := 6, "", `"client":"10.0.0.5",`
	switch proto {
	case "DNS", "NTP", "QUIC":
		number = 17
	}
	if proto != "" && proto != "NTP" {
		protos = `"protos":["` + proto + `"],`
	}
	addr := server[:strings.LastIndexByte(server, ':')]
	return s.row("connections", `%s"server":%q,"proto":%d,%s"ended":{%s}`, role, server, number, protos, ended).
		row("hosts", `"addr":%q,"server":1`, strings.Trim(addr, "[]"))
}

func (s scene) query(name string) scene  { return s.row("queries", `"name":%q,"answered":1`, name) }
func (s scene) absent(name string) scene { return s.row("queries", `"name":%q,"nxdomain":1`, name) }

// answer adds a query and the record of its answer.
func (s scene) answer(name, addr string) scene {
	return s.query(name).row("resolutions", `"name":%q,"type":"A","value":%q`, name, addr)
}

// alias adds a query and an answer by way of an alias.
func (s scene) alias(name, target, addr string) scene {
	return s.query(name).row("resolutions", `"name":%q,"type":"CNAME","value":%q`, name, target).
		row("resolutions", `"name":%q,"type":"A","value":%q,"for":%q`, target, addr, name)
}

// get adds a request, and the file that answered it.
func (s scene) get(host, path, sniffed string, size int) scene {
	const server = "203.0.113.9:80"
	url := "http://" + host + path
	return s.conn(server, "HTTP/1").
		row("requests", `"url":%q,"method":"GET","target":%q,"host":%q,"client":"10.0.0.5","server":%q`, url, path, host, server).
		row("files", `"sha256":%q,"name":%q,"sniffed":%q,"size":%d,"state":"complete","proto":"HTTP/1","url":%q,"client":"10.0.0.5","server":%q`,
			sum, path[1:], sniffed, size, url, server)
}

// inState returns the download of a program in that state.
func inState(state string) scene {
	return scene{}.row("files", `"sha256":%q,"name":"a","size":999,"sniffed":%q,"state":%q,"proto":"HTTP/1","client":"10.0.0.5","server":"203.0.113.9:80"`, sum, exe, state)
}

// attachment adds the attachment of a mail between addresses.
func (s scene) attachment(client, server, name, sniffed string) scene {
	return s.row("files", `"sha256":%q,"name":%q,"sniffed":%q,"size":999,"state":"complete","proto":"SMTP","email":"m","from_client":true,"client":%q,"server":%q`,
		sum, name, sniffed, client, server+":25")
}

// hello adds a TLS connection and the certificate of the server.
func (s scene) hello(name, server string) scene {
	return s.conn(server, "TLS").
		row("sessions", `"server_name":%q,"client":"10.0.0.5","server":%q,"proto":"TLS","ja3":%q`, name, server, sum[:32]).
		row("certificates", `"sha256":%q`, sum).row("presented", `"sha256":%q,"server":%q`, sum, server)
}

// resolver adds a resolver of domains.
func (s scene) resolver(addr string, odd int, domains ...string) scene {
	return s.conn(addr+":53", "DNS").row("resolvers", `"addr":%q,"recursive":9,"odd":%d,"domains":["%s"]`, addr, odd, strings.Join(domains, `","`))
}

// ntp adds a time server with other datagrams.
func (s scene) ntp(addr string, other int) scene {
	return s.conn(addr+":123", "NTP").row("timeservers", `"addr":%q,"requests":3,"replies":3,"other":%d`, addr, other)
}

// times returns the scene after n steps.
func (s scene) times(n int, step func(scene, int) scene) scene {
	for i := range n {
		s = step(s, i)
	}
	return s
}

// sum is a hash.
const sum = "abababababababababababababababababababababababababababababababab"

// A case is a value in a Report, and the judgement on it: "verdict: rule".
type judgeCase struct {
	name  string
	scene scene
	value string
	want  string
}

// judgements returns the judgement on each value. The ruling number drop, if it is
// not negative, is not applied.
func judgements(rep *extract.Report, o Options, drop int) map[string]string {
	m := newMapping(newSelector(rep, o))
	if drop >= 0 {
		m.judge.rulings = slices.Delete(slices.Clone(m.judge.rulings), drop, drop+1)
	}
	m.all()
	all := map[string]string{}
	for _, list := range m.accepted() {
		for _, i := range list {
			all[i.value] = i.verdict.String() + ": " + string(i.rule)
		}
	}
	for _, l := range m.leftOut() {
		if all[l.Value] == "" {
			all[l.Value] = "left out: " + string(l.Rule)
		}
	}
	return all
}

// warnedOf are options with a warninglist of harmless values.
func warnedOf(values ...string) Options {
	return Options{Warned: func(_, value string) []Warning {
		if slices.Contains(values, value) {
			return []Warning{{List: "harmless", Harmless: true}}
		}
		return nil
	}}
}

// The warninglist of all cases.
var listed = warnedOf("198.51.100.99", "listed.example", "setup.exe|"+strings.Repeat("cd", 32))

func TestJudge(t *testing.T) {
	for _, tt := range judgeCases() {
		t.Run(tt.name, func(t *testing.T) {
			if got := judgements(tt.scene.report(t), listed, -1)[tt.value]; got != tt.want {
				t.Errorf("%s: %q, want %q", tt.value, got, tt.want)
			}
		})
	}
}

// Each ruling decides a case, which would be judged otherwise without it.
func TestEveryRulingDecides(t *testing.T) {
	cases := judgeCases()
	reports := make([]*extract.Report, len(cases))
	for i, tt := range cases {
		reports[i] = tt.scene.report(t)
	}
	for k, r := range rulings {
		decides := 0
		for i, tt := range cases {
			if strings.HasSuffix(tt.want, ": "+string(r.rule)) && judgements(reports[i], listed, k)[tt.value] != tt.want {
				decides++
			}
		}
		if decides == 0 {
			t.Errorf("no case needs ruling %d, %s", k, r.rule)
		}
		t.Logf("%s: %d cases need it", r.rule, decides)
	}
}
