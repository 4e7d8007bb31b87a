package event

import (
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
)

func fileAttributes(m *mapping) {
	for f := range m.report.Files() {
		putFile(m, f)
	}
}

func putFile(m *mapping, f *extract.File) {
	if f.SHA256 == "" {
		m.put(fileName, misp.Filename, baseName(f.Name), &f.Fact, Incomplete)
		return
	}
	rule := contentRule(f)
	name := baseName(f.Name)
	named := name + "|" + f.SHA256
	if _, err := misp.Accept(misp.FilenameSHA256, named); err == nil {
		m.put(fileHash, misp.FilenameSHA256, named, &f.Fact, rule)
	} else { // who names the file is not to hide its hash
		m.put(fileHash, misp.SHA256, f.SHA256, &f.Fact, rule)
	}
	if f.Email != "" {
		m.put(mailAttachment, misp.EmailAttachment, name, &f.Fact)
	}
	if m.options.All {
		m.put(fileHash, misp.SHA256, f.SHA256, &f.Fact)
		m.put(fileHash, misp.SHA1, f.SHA1, &f.Fact)
		m.put(fileHash, misp.MD5, f.MD5, &f.Fact)
	}
}

// contentRule returns the rule that leaves out the hash of a file: that it is
// what every page of the web is made of. A mail's attachment never is, and
// neither is what was sent with another protocol.
func contentRule(f *extract.File) Rule {
	if f.Proto != stream.HTTP1 || neverShown(f) {
		return ""
	}
	typ := f.Sniffed
	if f.Type != "" && (typ == "" || typ == "text/plain" || typ == "application/octet-stream") {
		typ = strings.ToLower(f.Type) // the bytes tell little
	}
	major, minor, _ := strings.Cut(typ, "/")
	switch major {
	case "text", "image", "font", "audio", "video", "multipart":
		return OrdinaryFile
	}
	switch minor {
	case "javascript", "x-javascript", "ecmascript", "json", "xml", "xhtml+xml", "rss+xml", "atom+xml", "manifest+json",
		"ocsp-request", "ocsp-response", "x-www-form-urlencoded", "pkix-crl", "x-protobuf", "grpc", "dns-message",
		"font-woff", "font-woff2", "x-font-ttf", "x-font-woff", "vnd.ms-fontobject", "x-mpegurl", "vnd.apple.mpegurl":
		return OrdinaryFile
	}
	return ""
}

// neverShown reports whether a file is of no page, whatever it looks like or is
// called: a script for a shell, an HTML application, and what is called a picture
// without being one, as a payload that hides is.
func neverShown(f *extract.File) bool {
	stated := strings.ToLower(f.Type)
	if f.Sniffed != "" {
		return f.Sniffed == "text/x-shellscript" || stated == "application/hta"
	}
	switch stated {
	case "application/hta", "image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp":
		return true
	}
	return false
}

// fileObjects describes the files whose hash goes out: each hash once, with all
// its names, and where it came from.
func fileObjects(d *drafts) {
	var byHash groups[string, *extract.File]
	for f := range d.report.Files() {
		if f.SHA256 != "" && !d.excludes(contentRule(f)) {
			byHash.add(f.SHA256, f, &f.Fact)
		}
	}
	for hash, files := range byHash.all() {
		d.add(misp.TemplateFile, hash, files.fact, func(o *object) []reference { return fillFile(o, files.rows) })
	}
}

func fillFile(o *object, files []*extract.File) (refs []reference) {
	f := files[0]
	o.Comment = "file " + abridged(f.SHA256)
	o.indicator("sha256", f.SHA256)
	o.indicator("sha1", f.SHA1)
	o.indicator("md5", f.MD5)
	o.number("size-in-bytes", f.Size)
	o.text("mimetype", f.Sniffed)
	o.text("mimetype", f.Type) // when the bytes tell nothing
	for _, f := range files {
		if f.Name != "" {
			o.Comment = baseName(f.Name)
			o.text("filename", o.Comment)
		}
		if f.URL != "" {
			refs = append(refs, reference{misp.DownloadedFrom, nil, misp.URL, f.URL})
		}
	}
	return refs
}

// abridged returns enough of a hash to tell things apart.
func abridged(hash string) string { return hash[:min(len(hash), 16)] }
