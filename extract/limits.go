package extract

import (
	"bytes"
	"slices"
)

// enforceEvery is after how many packets the limits on all shards together are
// enforced.
const enforceEvery = 4096

// enforceLimits enforces the limits on what all shards hold together: above
// them, each shard drops what is beyond its share.
func (x *Extractor) enforceLimits() {
	x.prune()
	held, limit := 0, withDefault(x.Stream.MaxBytes, defaultMaxBytes)
	for _, s := range x.shards {
		held += s.streams.Held()
	}
	for _, s := range x.shards {
		if held <= limit {
			return
		}
		before := s.streams.Held()
		s.worker.messages(s, s.streams.Shrink(limit/shardCount))
		held -= before - s.streams.Held()
	}
}

// prune enforces the limits on what the workers' tables hold together.
func (x *Extractor) prune() {
	if len(x.workers) < 2 {
		return
	}
	for i, k := range kinds {
		x.pruned[i] = x.pruneKind(i, k.limit(x.limits()), x.pruned[i])
	}
}

// pruneKind drops the rows of a kind that will not stay, if the workers have more
// than size of them, and a tenth more than they had after the last time. It returns
// how many they have then.
func (x *Extractor) pruneKind(kind, size, before int) int {
	rows := 0
	for _, w := range x.workers {
		rows += w.report.tables[kind].len()
	}
	if most := max(size, before); rows <= most+most/10 {
		return before
	}
	var all []rowID
	for _, w := range x.workers {
		all = w.report.tables[kind].ids(all)
	}
	slices.SortFunc(all, func(a, b rowID) int { return bytes.Compare(a[:], b[:]) })
	all = slices.Compact(all)
	rows = 0
	for _, w := range x.workers {
		t := w.report.tables[kind]
		if len(all) > size {
			t.prune(all[size])
		}
		rows += t.len()
	}
	return rows
}
