module github.com/sightline-go/sightline/examples/peerbench

go 1.26.0

require (
	github.com/gopacket/gopacket v1.7.7
	github.com/sightline-go/sightline v0.0.0
	golang.org/x/net v0.62.0
)

require golang.org/x/sys v0.49.0 // indirect

replace github.com/sightline-go/sightline => ../..
