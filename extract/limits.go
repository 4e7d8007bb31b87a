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
	tables := make([]map[string]tabled, len(x.workers))
	for i, w := range x.workers {
		tables[i] = w.report.tables()
	}
	for name := range tables[0] {
		size := x.workers[0].maxValues()
		if name == "flows" {
			size = x.workers[0].maxConns()
		}
		rows := 0
		for _, t := range tables {
			rows += t[name].len()
		}
		if most := max(size, x.pruned[name]); rows <= most+most/10 {
			continue
		}
		var all []rowID
		for _, t := range tables {
			all = t[name].ids(all)
		}
		slices.SortFunc(all, func(a, b rowID) int { return bytes.Compare(a[:], b[:]) })
		all = slices.Compact(all)
		rows = 0
		for _, t := range tables {
			if len(all) > size {
				t[name].prune(all[size])
			}
			rows += t[name].len()
		}
		x.pruned[name] = rows
	}
}
