package extract

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// rowCost is what a row counts as held (Options.MaxReport), beyond its key.
const rowCost = 1024

// A sized is the size of a row.
type sized struct {
	rank
	kind, size int
}

// limitSize drops rows of the reports, which are parts of one, until those that remain
// count at most limit bytes: those of smallest rank, whatever their kind. As a row that
// is dropped would also be dropped from all reports that are merged with its own, the
// order of merging makes no difference. cut is the result of the last call, or that
// of a report that was merged, and 0 at first: rows of that rank or above are dropped.
func limitSize(reports []*Report, cut rank, limit int) rank {
	if cut != (rank{}) {
		prune(reports, cut)
	}
	size := 0
	for _, r := range reports {
		for _, t := range r.tables {
			size += t.size()
		}
	}
	if limit <= 0 || size <= limit {
		return cut
	}
	var all []sized
	for _, r := range reports {
		for kind, t := range r.tables {
			all = t.appendSizes(all, kind)
		}
	}
	slices.SortFunc(all, func(a, b sized) int {
		return cmp.Or(cmp.Compare(a.high, b.high), cmp.Compare(a.low, b.low), cmp.Compare(a.kind, b.kind))
	})
	for _, s := range slices.Compact(all) { // workers may have the same row
		if limit -= s.size; limit < 0 {
			prune(reports, s.rank)
			return s.rank
		}
	}
	return cut
}

func prune(reports []*Report, above rank) {
	for _, r := range reports {
		for _, t := range r.tables {
			t.prune(above)
		}
	}
}

// smaller returns the smaller of two ranks, of which either may be unset.
func (r rank) smaller(o rank) rank {
	if r == (rank{}) || o != (rank{}) && o.less(r) {
		return o
	}
	return r
}

// MarshalJSON returns a rank in hexadecimal.
func (r rank) MarshalJSON() ([]byte, error) {
	return json.Marshal(fmt.Sprintf("%016x%016x", r.high, r.low))
}

// UnmarshalJSON decodes the form that MarshalJSON returns.
func (r *rank) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	_, err := fmt.Sscanf(s, "%16x%16x", &r.high, &r.low)
	return err
}

// limitSize limits the tables of all workers together. It measures them when they have
// a tenth more rows than before.
func (m *team) limitSize() {
	if m.options.MaxReport == 0 {
		return
	}
	rows := 0
	var reports []*Report
	for _, w := range m.workers {
		reports = append(reports, &w.report)
		for _, t := range w.report.tables {
			rows += t.len()
		}
	}
	if rows > m.measured+m.measured/10 {
		m.cut = limitSize(reports, m.cut, m.options.MaxReport)
		m.measured = rows
	}
}
