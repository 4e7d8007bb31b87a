package event

import (
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
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
	name := baseName(f.Name)
	named := name + "|" + f.SHA256
	if _, err := misp.Accept(misp.FilenameSHA256, named); err == nil {
		m.put(fileHash, misp.FilenameSHA256, named, &f.Fact)
	} else if !m.options.All { // a bad name must not hide the hash
		m.put(fileHash, misp.SHA256, f.SHA256, &f.Fact)
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

// isOrdinary reports whether a file is a part of a web page. Only files sent over
// HTTP are, not attachments or FTP transfers, and only those of hosts with a name:
// web pages come from such.
func (x *facts) isOrdinary(f *extract.File) bool {
	return f.Proto.IsHTTP() && !neverShown(f) && isWebContent(f) && !(x.requested(f.URL) && withoutName(f))
}

// isWebContent reports whether a file has a media type of web pages.
func isWebContent(f *extract.File) bool {
	typ := f.Sniffed
	if f.Type != "" && (typ == "" || typ == "text/plain" || typ == "application/octet-stream") {
		typ = strings.ToLower(f.Type) // more specific than the sniffed type
	}
	major, minor, _ := strings.Cut(typ, "/")
	switch major {
	case "text", "image", "font", "audio", "video", "multipart":
		return true
	}
	switch minor {
	case "javascript", "x-javascript", "ecmascript", "json", "xml", "xhtml+xml", "rss+xml", "atom+xml", "manifest+json",
		"ocsp-request", "x-www-form-urlencoded", "x-protobuf", "grpc", "dns-message",
		"font-woff", "font-woff2", "x-font-ttf", "x-font-woff", "vnd.ms-fontobject", "x-mpegurl", "vnd.apple.mpegurl":
		return true
	}
	return false
}

// withoutName reports whether a file is from a public server that the client asked
// for by its address. Web pages come from hosts with names.
func withoutName(f *extract.File) bool {
	a := f.Server.Addr()
	if f.FromClient || !a.IsValid() || addrRule(a) != "" {
		return false
	}
	host := a.String()
	if a.Is6() {
		host = "[" + host + "]"
	}
	rest, ok := strings.CutPrefix(f.URL, "http://"+host)
	return ok && (rest == "" || strings.IndexByte(":/?#", rest[0]) >= 0)
}

// neverShown reports whether a file is suspicious whatever its declared type: a
// shell script, an HTA, or a declared image that is not one.
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

// fileObjects drafts the files that have a hash and are not excluded: each hash
// once, with all its names and URLs.
func fileObjects(d *drafts) {
	var byHash groups[string, *extract.File]
	for f := range d.report.Files() {
		if f.SHA256 != "" && !(d.isOrdinary(f) && d.excludes(OrdinaryFile)) {
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
	detect := o.s.detects(misp.SHA256, f.SHA256)
	o.indicator("sha256", f.SHA256, detect)
	o.indicator("sha1", f.SHA1, detect)
	o.indicator("md5", f.MD5, detect)
	o.number("size-in-bytes", f.Size)
	o.text("mimetype", f.Sniffed)
	o.text("mimetype", f.Type) // refused if the sniffed type is set
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

// abridged returns enough of a hash to distinguish files and certificates.
func abridged(hash string) string { return hash[:min(len(hash), 16)] }
