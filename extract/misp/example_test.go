package misp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/sightline-go/sightline/extract/misp"
)

func ExampleNormalize() {
	for _, name := range []string{"WWW.Example.ORG", "printer", "www.example.org:80"} {
		v, err := misp.Normalize(misp.Hostname, name)
		fmt.Printf("%q %v\n", v, errors.Is(err, misp.ErrValue))
	}
	// Output:
	// "www.example.org" false
	// "" true
	// "" true
}

func ExampleNewAttribute() {
	event := misp.NewUUID(misp.UUID{}, "case 42")
	a, err := misp.NewAttribute(event, misp.IPDstPort, "[2001:DB8::7]:443")
	fmt.Println(a.Value, a.Category, a.ToIDS, err)
	_, err = misp.NewAttribute(event, misp.IPDst, "192.0.2.256")
	fmt.Println(err)
	// Output:
	// 2001:db8::7|443 Network activity true <nil>
	// misp: value rejected by MISP: ip-dst "192.0.2.256": not an IP address
}

// Describe a connection to a server and the file downloaded from it.
func ExampleObject() {
	event := misp.NewUUID(misp.UUID{}, "case 42")
	at := time.Date(2020, 1, 2, 3, 4, 5, 123456000, time.UTC)

	conn := misp.NewObject(event, misp.TemplateNetworkConnection, "1:LQU9qZlK+B5F3KDmev6m5PMibrg=")
	conn.FirstSeen, conn.LastSeen = at, at.Add(time.Second)
	file := misp.NewObject(event, misp.TemplateFile, "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8")
	err := errors.Join(
		conn.Add("ip-src", "10.0.0.5"),
		conn.AddIndicator("ip-dst", "198.51.100.7"),
		conn.Add("dst-port", "80"),
		conn.Add("first-packet-seen", misp.FormatTime(at)),
		file.AddIndicator("sha1", "86F7E437FAA5A7FCE15D1DDCB9EAEAEA377667B8"),
		file.Add("size-in-bytes", "1"),
		file.Refer(conn.UUID, misp.DownloadedFrom),
		conn.Check(),
		file.Check(),
	)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range append(conn.Attributes, file.Attributes...) {
		fmt.Println(a.Relation, a.Type, a.Value, a.ToIDS)
	}
	fmt.Println(file.References[0].Relationship, file.References[0].To == conn.UUID)

	err = conn.Add("dst-port", "443") // a second destination port
	fmt.Println(errors.Is(err, misp.ErrRelation))
	// Output:
	// ip-src ip-src 10.0.0.5 false
	// ip-dst ip-dst 198.51.100.7 true
	// dst-port port 80 false
	// first-packet-seen datetime 2020-01-02T03:04:05.123456+0000 false
	// sha1 sha1 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8 true
	// size-in-bytes size-in-bytes 1 false
	// downloaded-from true
	// true
}

func ExampleEvent() {
	e := misp.Event{
		UUID: misp.NewUUID(misp.UUID{}, "case 42"), Info: "Case 42",
		Date: time.Date(2020, 1, 2, 0, 0, 0, 0, time.UTC), ThreatLevel: 4, Tags: []string{"tlp:amber"},
	}
	a, err := misp.NewAttribute(e.UUID, misp.Domain, "Example.ORG.")
	if err != nil {
		log.Fatal(err)
	}
	e.Attributes = append(e.Attributes, a)
	out := json.NewEncoder(os.Stdout)
	out.SetIndent("", "  ")
	if err := out.Encode(e); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {
	//   "Event": {
	//     "uuid": "25580c44-bc6f-5eb6-baf9-34604fca44e2",
	//     "info": "Case 42",
	//     "date": "2020-01-02",
	//     "published": false,
	//     "distribution": "0",
	//     "threat_level_id": "4",
	//     "analysis": "0",
	//     "Tag": [
	//       {
	//         "name": "tlp:amber"
	//       }
	//     ],
	//     "Attribute": [
	//       {
	//         "uuid": "60ad04e7-3f44-549d-89d5-84a046ea4ec0",
	//         "type": "domain",
	//         "category": "Network activity",
	//         "value": "example.org",
	//         "to_ids": true,
	//         "disable_correlation": false,
	//         "distribution": "5",
	//         "comment": ""
	//       }
	//     ]
	//   }
	// }
}

func ExampleNewSighting() {
	attribute := misp.NewUUID(misp.UUID{}, "an attribute of MISP")
	seen := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	s := misp.NewSighting(attribute, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb", seen.Truncate(time.Hour))
	s.Source = "capture.pcap"
	b, err := json.Marshal([]misp.Sighting{s})
	fmt.Println(string(b), err)
	// Output:
	// [{"uuid":"962270e4-acea-5fc7-802c-1800af47904e","attribute_uuid":"30aac692-6159-5f4f-ba6d-835447fbf86c","date_sighting":"1577934000","type":"0","source":"capture.pcap"}] <nil>
}
