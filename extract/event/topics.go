package event

import (
	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
)

// topics lists the functions that map the observations of each topic to attributes
// and objects. Its order is that of the objects in an event, the most telling first.
// A topic may have several entries.
var topics = [...]struct {
	topics     extract.TopicSet // one of which must go in; none: always
	attributes func(*mapping)
	objects    func(*drafts)
	templates  []*misp.Template // of the objects
}{
	{0, nil, captureObjects, []*misp.Template{misp.TemplatePcapMetadata}},
	{extract.TopicSetOf(extract.Files), fileAttributes, fileObjects, []*misp.Template{misp.TemplateFile}},
	{extract.TopicSetOf(extract.Mail), mailAttributes, mailObjects, []*misp.Template{misp.TemplateEmail}},
	{extract.TopicSetOf(extract.HTTP), httpAttributes, httpObjects, []*misp.Template{misp.TemplateHTTPRequest}},
	{extract.TopicSetOf(extract.TLS), certificateAttributes, certificateObjects, []*misp.Template{misp.TemplateX509}},
	{extract.TopicSetOf(extract.DNS), dnsAttributes, dnsObjects, []*misp.Template{misp.TemplateDNSRecord}},
	{extract.TopicSetOf(extract.Connections), connectionAttributes, connectionObjects, []*misp.Template{misp.TemplateNetworkConnection}},
	{extract.TopicSetOf(extract.TLS), tlsAttributes, tlsObjects, []*misp.Template{misp.TemplateJA3S, misp.TemplateJA3, misp.TemplateJA4Plus}},
	{extract.TopicSetOf(extract.SSH), sshAttributes, sshObjects, []*misp.Template{misp.TemplatePassiveSSH}},
	{extract.TopicSetOf(extract.Logins), loginAttributes, nil, nil},
	{extract.TopicSetOf(extract.DHCP), dhcpAttributes, nil, nil},
	{extract.TopicSetOf(extract.IP), hostAttributes, nil, nil},
}

// templates returns the templates of all objects, in the order of an event.
func templates() (all []*misp.Template) {
	for i := range topics {
		all = append(all, topics[i].templates...)
	}
	return all
}
