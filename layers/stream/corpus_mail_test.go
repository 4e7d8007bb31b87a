package stream_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sightline-go/sightline/layers"
	"github.com/sightline-go/sightline/layers/stream"
	"github.com/sightline-go/sightline/pcap"
)

// The files of mails and FTP are those that the authors of the captures (the
// tests of Suricata) expect: name, size, SHA-256.
func TestCorpusFiles(t *testing.T) {
	corpus := os.Getenv("SIGHTLINE_CORPUS")
	if corpus == "" {
		t.Skip("SIGHTLINE_CORPUS is not set")
	}
	type file struct {
		Name   string
		Size   int64
		State  stream.Completeness
		SHA256 string
	}
	const index = "5ef391d886d04116cf84b584ae37ef136f83950ab69b7bfb2a6da7506f7b3a57"
	tests := map[string][]file{
		"smtp-data-rejected-10.7.29.101_49898-178.63.41.150_25.pcap": {{"doc_S1800389114_H0060086.xls", 72689, stream.Complete, "2f4e7dba21a31bde1192ca03b489a9bd47281a28e206b3dcf245082a491e8e0a"}},
		"mime-mime-quoted-printable-input.pcap": {
			{"words.txt", 1058, stream.Complete, "a5e3aba74847e34edee282bd666d3a7606393118b0874e63682c31b3dc0daada"},
			{"related.patch", 34224, stream.Complete, "359641873610597882317aee0f72104ed54fe8aa82d6fa323a5418e4529bd3b9"}},
		// The EICAR test file.
		"smtp-attachment-md5-input.pcap": {{"EICAR-Test-File", 68, stream.Complete, "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"}},
		// Base64 followed by garbage, without padding.
		"bug-6207-1-input.pcap":                            {{"smtptest-2021-02-25T13-54-22Z-aefb2fc1308d62f4b6c74769f69b13ddf80e995fd98ae442f3be499ea928c67f..zip", 286, stream.Disputed, "9792c257ae9cc35a6205105cb706169163c4331d738e4f14b27c85924404080e"}},
		"ftp-ftp-download-active-input.pcap":               {{"index.html", 39, stream.Complete, index}},
		"ftp-ftp-download-passive-input.pcap":              {{"index.html", 39, stream.Complete, index}},
		"ftp-ftp-upload-active-input.pcap":                 {{"index.html", 39, stream.Complete, index}},
		"filestore-ftp-passive-mode-ftp-passive-mode.pcap": {{"index.html", 39, stream.Complete, index}},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := pcap.Open(filepath.Join(corpus, "dev", "suricata", name))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			a := &stream.Assembler{Config: stream.Config{Hash: stream.HashSHA256}}
			var got []file
			keep := func(ms []stream.Message) {
				for _, m := range ms {
					if m.Kind == stream.FileEnd && m.Proto != stream.HTTP1 {
						got = append(got, file{m.File.Name, m.File.Size, m.File.State, hex.EncodeToString(m.File.SHA256)})
					}
				}
			}
			var d layers.Decoder
			var p layers.Packet
			for rec, err := range r.All() {
				if err != nil {
					t.Fatal(err)
				}
				d.Decode(&p, rec)
				keep(a.Push(&p, rec))
			}
			keep(a.Flush())
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}
