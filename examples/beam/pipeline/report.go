package pipeline

import (
	"bytes"
	"context"
	"errors"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/sightline-go/sightline/extract"
)

func init() {
	register.Combiner1[piece](&pieceSum{})
	register.Combiner1[report](&reportSum{})
	register.DoFn4x1[context.Context, string, piece, func(string, report), error](&reportFn{})
	register.Emitter2[string, report]()
	beam.RegisterCoder(pieceType, encodePiece, decodePiece)
	beam.RegisterCoder(reportType, encodeReport, decodeReport)
}

// A piece is an extract.Piece, which travels as JSON.
type piece struct{ sum *extract.Piece }

func encodePiece(p piece) ([]byte, error) { return p.sum.MarshalBinary() }

func decodePiece(b []byte) (piece, error) {
	p := piece{new(extract.Piece)}
	return p, p.sum.UnmarshalBinary(b)
}

// pieceSum merges the pieces of a sensor.
type pieceSum struct{}

func (*pieceSum) CreateAccumulator() piece { return piece{new(extract.Piece)} }

func (*pieceSum) MergeAccumulators(a, b piece) (piece, error) { return a, a.sum.Merge(b.sum) }

// A report is an extract.Report, which travels as JSON.
type report struct{ all *extract.Report }

func encodeReport(r report) ([]byte, error) {
	var b bytes.Buffer
	err := r.all.WriteJSON(&b, true)
	return b.Bytes(), err
}

func decodeReport(b []byte) (report, error) {
	r, err := extract.ReadJSON(bytes.NewReader(b))
	return report{r}, err
}

// reportSum merges the Reports of sensors.
type reportSum struct{}

func (*reportSum) CreateAccumulator() report { return report{new(extract.Report)} }

func (*reportSum) MergeAccumulators(a, b report) (report, error) { return a, a.all.Merge(b.all) }

// reportFn emits the Report that the pieces of a sensor make: by sensor, or all under
// one key if they are to be merged.
type reportFn struct{ Merge bool }

func (f *reportFn) ProcessElement(ctx context.Context, sensor string, p piece, emit func(string, report)) error {
	r, err := p.sum.Report()
	if err != nil {
		return errors.Join(errors.New(sensor), err)
	}
	countUnseen(ctx, r)
	if f.Merge {
		sensor = ""
	}
	emit(sensor, report{r})
	return nil
}
