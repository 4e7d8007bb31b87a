module github.com/sightline-go/sightline/fuzz/codings

go 1.26.0

require (
	github.com/andybalholm/brotli v1.3.0
	github.com/klauspost/compress v1.20.4
	github.com/sightline-go/sightline v0.0.0
)

replace github.com/sightline-go/sightline => ../..
