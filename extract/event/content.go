package event

import (
	"strings"

	"github.com/sightline-go/sightline/extract"
	"github.com/sightline-go/sightline/extract/misp"
	"github.com/sightline-go/sightline/layers/stream"
)

// A content is what the files of a hash, or those downloaded from a URL, have in
// common.
type content struct {
	malicious bool // one that did not leave the inside is malicious in form
	source    bool // one is more than a part of a page
	ordinary  bool // all are parts of pages
	uploaded  bool // all left the inside
	check     bool // all are certificates or their status
	likely    bool // all are, or may be
	known     bool // all are from URLs of well-known services
	flawed    bool // all are not as their receivers may store them
	size      int64
}

// readFiles fills contents and arrived.
func (j *judge) readFiles() {
	for hash, files := range j.files {
		j.contents[hash] = j.contentOf(files)
	}
	for _, u := range j.urls {
		if u.fetched != nil {
			u.content = j.contentOf(u.fetched)
		}
	}
	for f := range j.report.Files() {
		if f.Email != "" && !j.leaves(f) {
			j.arrived[baseName(f.Name)] = true
		}
	}
}

func (j *judge) contentOf(files []*extract.File) *content {
	c := &content{ordinary: true, uploaded: true, check: true, likely: true, known: true, flawed: true, size: files[0].Size}
	for _, f := range files {
		leaves, ordinary := j.leaves(f), j.isOrdinary(f)
		known := j.fromService(f.URL)
		c.malicious = c.malicious || !leaves && malicious(f)
		c.source = c.source || !ordinary && f.Size >= smallest
		c.ordinary = c.ordinary && ordinary
		c.uploaded = c.uploaded && leaves
		c.check = c.check && isCertificateCheck(f)
		c.likely = c.likely && isCertificateLike(f)
		c.known = c.known && known
		c.flawed = c.flawed && isFlawed(f)
	}
	return c
}

// fromService reports whether a URL is of a well-known service, and requested there.
func (j *judge) fromService(url string) (known bool) {
	if u := j.urls[url]; u != nil && !u.misled {
		_, known = j.service(u.host)
	}
	return known
}

// leaves reports whether a file leaves the inside: a client sent it, other than a
// mail that comes in, and a client outside to a server inside.
func (j *judge) leaves(f *extract.File) bool {
	if f.Email != "" {
		return f.FromClient && j.inside(f.Client) && !j.inside(f.Server.Addr())
	}
	return f.FromClient && !j.comesIn(f.Client, f.Server.Addr())
}

// malicious reports whether a file is an executable, a script or a document with a
// program in it.
func malicious(f *extract.File) bool {
	switch f.Sniffed {
	case "application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-mach-binary",
		"application/java-vm", "application/x-ole-storage", "application/rtf", "application/x-ms-shortcut",
		"application/vnd.ms-htmlhelp", "text/x-shellscript":
		return true
	}
	return neverShown(f)
}

// isCertificateCheck reports whether a file is what clients fetch to verify a
// certificate: by its content, as the sender chooses the media type.
func isCertificateCheck(x *extract.File) bool {
	switch x.Sniffed {
	case "application/pkix-crl", "application/ocsp-response", "application/pkix-cert", "application/pkcs7-mime",
		"application/vnd.ms-pki.stl":
		return true
	}
	return false
}

// isCertificateLike is isCertificateCheck, or reports whether a file is DER of an
// unknown kind that its sender declares to be such.
func isCertificateLike(x *extract.File) bool {
	if x.Sniffed != "application/x-der" {
		return isCertificateCheck(x)
	}
	switch strings.ToLower(x.Type) {
	case "application/pkix-crl", "application/ocsp-response", "application/pkix-cert", "application/x-x509-ca-cert",
		"application/pkcs7-mime", "application/x-pkcs7-crl":
		return true
	}
	return false
}

func (j *judge) isFile(s *subject) bool { return s.content != nil && s.typ != misp.URL }

// warnedFile reports whether a warninglist says of the file itself that it is harmless.
func (j *judge) warnedFile(s *subject) bool { return j.isFile(s) && j.onWarninglist(s) }

// malicious reports whether a file is malicious in form and did not leave the inside,
// or a URL gave one. The hash of a flawed file is of little use, its URL is not.
func (j *judge) malicious(s *subject) bool {
	return s.content != nil && s.content.malicious && !j.flawed(s)
}

func (j *judge) ordinary(s *subject) bool { return j.isFile(s) && s.content.ordinary }

func (j *judge) upload(s *subject) bool { return j.isFile(s) && s.content.uploaded }

// smallest is the size below which a file matches by chance.
const smallest = 16

func (j *judge) trifling(s *subject) bool { return j.isFile(s) && s.content.size < smallest }

// flawed reports whether the hash may not be that of the file.
func (j *judge) flawed(s *subject) bool { return j.isFile(s) && s.content.flawed }

// isFlawed reports whether the hash is of encoded bytes, of what precedes an error, or
// of what came before the sender ended early.
func isFlawed(f *extract.File) bool {
	switch f.State {
	case stream.Encoded.String(), stream.Undecodable.String(), stream.EndedEarly.String():
		return true
	}
	return false
}

// isSource reports whether a URL gave a file that is more than a part of a page.
func (j *judge) isSource(s *subject) bool {
	return s.typ == misp.URL && s.content != nil && s.content.source
}

// recipient reports whether a value is of the recipient of a mail: the address, the
// subject, or an attachment of mails that leave. An address to which a client inside
// sends all its mail may be that of a thief.
func (j *judge) recipient(s *subject) bool {
	switch s.typ {
	case misp.EmailDst:
		return !j.recipients[s.value]
	case misp.EmailSubject:
		return true
	case misp.EmailAttachment:
		return !j.arrived[s.value]
	}
	return false
}
