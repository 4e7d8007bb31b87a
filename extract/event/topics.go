package event

import (
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// topics lists the functions that map the observations of each topic to attributes
// and objects. Its order is that of the objects in an event, the most telling first.
// A topic may have several entries.
var topics = [...]struct {
	topic      extract.Topic // "": always
	attributes func(*mapping)
	objects    func(*drafts)
	templates  []*misp.Template // of the objects
}{
	{"", nil, captureObjects, []*misp.Template{misp.TemplatePcapMetadata}},
	{extract.Files, fileAttributes, fileObjects, []*misp.Template{misp.TemplateFile}},
	{extract.Mail, mailAttributes, mailObjects, []*misp.Template{misp.TemplateEmail}},
	{extract.HTTP, httpAttributes, httpObjects, []*misp.Template{misp.TemplateHTTPRequest}},
	{extract.TLS, certificateAttributes, certificateObjects, []*misp.Template{misp.TemplateX509}},
	{extract.DNS, dnsAttributes, dnsObjects, []*misp.Template{misp.TemplateDNSRecord}},
	{extract.Connections, connectionAttributes, connectionObjects, []*misp.Template{misp.TemplateNetworkConnection}},
	{extract.TLS, tlsAttributes, tlsObjects, []*misp.Template{misp.TemplateJA3S, misp.TemplateJA3, misp.TemplateJA4Plus}},
	{extract.SSH, sshAttributes, sshObjects, []*misp.Template{misp.TemplatePassiveSSH}},
	{extract.Logins, loginAttributes, nil, nil},
	{extract.DHCP, dhcpAttributes, nil, nil},
	{extract.IP, hostAttributes, nil, nil},
}

// templates returns the templates of all objects, in the order of an event.
func templates() (all []*misp.Template) {
	for i := range topics {
		all = append(all, topics[i].templates...)
	}
	return all
}
