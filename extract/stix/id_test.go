package stix

import "testing"

// The examples of the standard (STIX 2.1 sections 6.7.2, 6.12 and 6.18.2) have these
// identifiers. Those of network-traffic were computed with references of an earlier
// draft, which are here in place of the published ones.
func TestObservableID(t *testing.T) {
	for _, test := range []struct {
		typ        string
		properties Object
		id         string
	}{
		{"network-traffic", Object{{"src_ref", "ipv4-addr--4d22aae0-2bf9-5427-8819-e4f6abf20a53"}, {"dst_ref", "ipv4-addr--ff26c055-6336-5bc5-b98d-13d6226742dd"},
			{"protocols", []string{"tcp"}}}, "network-traffic--6e0cb830-0305-57d4-8536-7be874d42005"},
		{"network-traffic", Object{{"dst_ref", "domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5"}, {"protocols", []string{"ipv4", "tcp", "http"}}},
			"network-traffic--c695ada6-5d5d-5446-a661-935874e1d058"},
		{"network-traffic", Object{{"dst_ref", "ipv4-addr--6da8dad3-4de3-5f8e-ab23-45d0b8f12f16"}, {"protocols", []string{"tcp", "http"}},
			{"extensions", Object{{"http-request-ext", Object{{"request_method", "get"}, {"request_value", "/download.html"}, {"request_version", "http/1.1"},
				{"request_header", Object{{"Accept-Encoding", []string{"gzip,deflate"}}, {"User-Agent", []string{"Mozilla/5.0 (Windows; U; Windows NT 5.1; en-US; rv:1.6) Gecko/20040113"}},
					{"Host", []string{"www.example.com"}}}}}}}}}, "network-traffic--fdd6dbda-a206-52fe-b19b-64d908748850"},
		{"file", Object{{"hashes", Object{{"SHA-256", "ceafbfd424be2ca4a5f0402cae090dda2fb0526cf521b60b60077c0f622b285a"}}}}, "file--70221dbf-52fd-5377-9619-c0ce6b3ffc8c"},
		{"x509-certificate", Object{{"issuer", "C=ZA"}, {"serial_number", "36:f7:d4:32:f4:ab:70:ea:d3:ce:98:6e:ea:99:93:49:32:0a:b7:06"}},
			"x509-certificate--bf86f034-2390-54d7-8426-d08433db3fbe"},
	} {
		if got := observableID(test.typ, test.properties); got != test.id {
			t.Errorf("%v: %s, want %s", test.properties, got, test.id)
		}
	}
}

// An observable without a contributing property has a UUID of version 4 (section 2.9),
// the same each time.
func TestUncontributed(t *testing.T) {
	o := Object{{"is_multipart", false}, {"message_id", "<1@example.com>"}}
	a, b := observableID("email-message", o), observableID("email-message", Object{o[1], o[0]})
	if version := a[len("email-message--")+14]; a != b || version != '4' {
		t.Errorf("%s and %s", a, b)
	}
}
