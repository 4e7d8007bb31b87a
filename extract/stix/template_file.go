package stix

import "github.com/sightline-go/sightline/extract/misp"

// file adds an observable for each name of a file, as an observable has one name.
func (f *fields) file() { f.files("filename", "size-in-bytes") }

// capture adds the capture that the event is about, as a file.
func (f *fields) capture() { f.files("file-name", "file-size-in-bytes") }

func (f *fields) files(name, size string) {
	o := Object{{"type", "file"}}
	o.add("hashes", f.hashes("file"))
	names := f.take(name)
	if len(o) == 1 && len(names) == 0 {
		return // a file requires a hash or a name
	}
	f.integer(&o, "size", size)
	o.add("mime_type", f.first("mimetype"))
	if len(names) == 0 {
		f.put(o)
	}
	for _, n := range names {
		named := append(Object{o[0], {"name", n}}, o[1:]...)
		f.put(named)
	}
}

// certificate adds an X.509 certificate.
func (f *fields) certificate() {
	o := Object{{"type", "x509-certificate"}}
	o.add("hashes", f.hashes("x509-certificate"))
	f.boolean(&o, "is_self_signed", "self_signed", "is_self_signed")
	for _, p := range [][2]string{
		{"version", "version"}, {"serial_number", "serial-number"}, {"signature_algorithm", "signature_algorithm"},
		{"issuer", "issuer"}, {"subject", "subject"}, {"subject_public_key_algorithm", "pubkey-info-algorithm"},
		{"subject_public_key_modulus", "pubkey-info-modulus"},
	} {
		o.add(p[0], f.first(p[1]))
	}
	f.integer(&o, "subject_public_key_exponent", "pubkey-info-exponent")
	f.instant(&o, "validity_not_before", "validity-not-before")
	f.instant(&o, "validity_not_after", "validity-not-after")
	if len(o) > 1 { // at least one property is required
		f.put(o)
	}
}

// message adds an email with its addresses.
func (f *fields) message() {
	o := Object{{"type", "email-message"}}
	o.add("from_ref", f.referFirst("from"))
	for _, p := range [][2]string{{"to_refs", "to"}, {"cc_refs", "cc"}, {"bcc_refs", "bcc"}} {
		o.add(p[0], f.refer(p[1]))
	}
	for _, p := range [][2]string{{"subject", "subject"}, {"message_id", "message-id"}, {"body", "email-body"}} {
		o.add(p[0], f.first(p[1]))
	}
	f.instant(&o, "date", "send-date")
	var headers Object
	headers.add("X-Mailer", f.take("x-mailer"))
	o.add("additional_header_fields", headers)
	if len(o) == 1 {
		return
	}
	attached := f.refer("attachment")
	o.add("is_multipart", len(attached) > 0 && o.Get("body") == nil)
	f.put(o)
}

// account adds the user account of a login.
func (f *fields) account() {
	name := f.first("username")
	if name == "" {
		return
	}
	o := Object{{"type", "user-account"}, {"account_login", name}}
	o.add("credential", f.first("password"))
	f.put(o)
}

// record adds what a name resolves to.
func (f *fields) record() {
	name := f.referFirst("queried-domain")
	for _, relation := range []string{"a-record", "aaaa-record", "cname-record"} {
		f.resolve(name, f.refer(relation))
	}
}

// resolution adds what names resolve to, if it is clear: there is one name or one
// address.
func (f *fields) resolution() {
	names, addrs := append(f.refer("domain"), f.refer("hostname")...), f.refer("ip")
	if len(names) > 1 && len(addrs) > 1 {
		return
	}
	for _, n := range names {
		f.resolve(n, addrs)
	}
}

func (f *fields) resolve(name string, to []string) {
	for _, id := range to {
		if name != "" {
			f.relate(name, misp.ResolvesTo, id)
		}
	}
}
