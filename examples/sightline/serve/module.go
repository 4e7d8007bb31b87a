package serve

// The names of the modules in MISP's settings and URLs.
const (
	importModule = "pcap_import"
	expandModule = "pcap_expand"
)

// A module is an entry in the response to GET /modules.
type module struct {
	Name           string         `json:"name"`
	Type           string         `json:"type"`
	MISPAttributes mispAttributes `json:"mispattributes"`
	Meta           meta           `json:"meta"`
}

type mispAttributes struct {
	InputSource []string `json:"inputSource,omitempty"` // of an import
	UserConfig  form     `json:"userConfig,omitempty"`
	Input       []string `json:"input,omitempty"` // of an expansion
	Output      []string `json:"output,omitempty"`
	Format      string   `json:"format"`
}

type meta struct {
	Version     string   `json:"version"`
	Author      string   `json:"author"`
	Description string   `json:"description"`
	ModuleType  []string `json:"module-type"`
	Name        string   `json:"name"`
	Logo        string   `json:"logo"`
	Reqs        []string `json:"requirements"`
	Features    string   `json:"features"`
	References  []string `json:"references"`
	Input       string   `json:"input"`
	Output      string   `json:"output"`
	Config      []string `json:"config"` // site settings
}

// moduleList returns the modules of this service.
func moduleList(version string, hashes, warninglists bool) []module {
	common := meta{
		Version: version, Author: "The Sightline authors",
		Features: "Addresses, names, URLs, files, certificates, fingerprints and connections, with their times and the first packet of each.",
		Output:   "MISP attributes, objects and an event report.",
		Reqs:     []string{}, References: []string{}, Config: []string{},
	}
	imports, expands := common, common
	imports.Name, imports.ModuleType = "PCAP import", []string{"import"}
	imports.Description = "Import the indicators of a packet capture (pcap or pcapng, plain or in gzip, zstd or bzip2). A zip archive may have captures and their TLS key logs."
	imports.Input = "A packet capture, or a zip archive of captures and key logs."
	expands.Name, expands.ModuleType = "PCAP expansion", []string{"expansion"}
	expands.Description = "Decode a packet capture (pcap or pcapng, plain or in gzip, zstd or bzip2) that is attached to the event, and add its indicators. A zip archive may have captures and their TLS key logs."
	expands.Input = "A packet capture, or a zip archive of captures and key logs, as an attachment or a malware sample."
	for _, o := range settings(warninglists) {
		expands.Config = append(expands.Config, o.key)
	}
	return []module{
		{importModule, "import_mod", mispAttributes{InputSource: []string{"file"}, UserConfig: importForm(hashes, warninglists), Format: "misp_standard"}, imports},
		{expandModule, "expansion", mispAttributes{Input: []string{attachmentType, sampleType}, Output: []string{"text"}, Format: "misp_standard"}, expands},
	}
}

// settings returns the options of the expansion module. MISP shows no form for it, so
// they are site settings.
func settings(warninglists bool) []option {
	all := []option{optionInternal, optionPrivate, optionInclude, optionDetail, optionRows, optionObjects, optionTags}
	if warninglists {
		all = append(all, optionWarninglists)
	}
	return all
}
