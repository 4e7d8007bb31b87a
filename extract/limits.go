package extract

import (
	"cmp"
	"slices"
)

// enforceEvery is the interval, in packets, at which the limits on all shards
// together are enforced.
const enforceEvery = 4096

// enforceLimits enforces the limits on all shards together: while these exceed one,
// each in turn shrinks to its share.
func (m *team) enforceLimits() {
	m.prune()
	m.limitSize()
	m.enforceBytes()
	m.enforceLive()
	m.enforceSilent()
}

func (m *team) enforceBytes() {
	held, limit := 0, withDefault(m.options.Stream.MaxBytes, defaultMaxBytes)
	for _, s := range m.shards {
		held += s.streams.Held()
	}
	for _, s := range m.shards {
		if held <= limit {
			return
		}
		before := s.streams.Held()
		s.worker.shard = s
		s.worker.messages(s, s.streams.Shrink(limit/shardCount))
		s.worker.shard = nil
		held -= before - s.streams.Held()
	}
}

func (m *team) enforceLive() {
	open, limit := 0, pairShares*m.options.maxLive()
	for _, s := range m.shards {
		open += s.live.table.Len()
	}
	for _, s := range m.shards {
		if open <= limit {
			return
		}
		open -= s.worker.shrink(s, limit/shardCount)
	}
}

func (m *team) enforceSilent() {
	open, limit := 0, pairShares*m.options.maxSilent()
	for _, s := range m.shards {
		open += s.streams.Silent()
	}
	for _, s := range m.shards {
		if open <= limit {
			return
		}
		before := s.streams.Silent()
		s.worker.messages(s, s.streams.ShrinkSilent(limit/shardCount))
		open -= before - s.streams.Silent()
	}
}

// prune enforces the limits on the tables of all workers together. The tables of a
// single worker enforce them alone.
func (m *team) prune() {
	if len(m.workers) < 2 {
		return
	}
	for i, k := range kinds {
		m.pruned[i] = m.pruneKind(i, k.limit(m.options.limits()), m.pruned[i])
	}
}

// pruneKind drops the rows of a kind that a merged table of size rows would not
// keep. It does nothing until the workers have a tenth more rows than size, and than
// before, which is the result of the previous call. It returns the rows left.
func (m *team) pruneKind(kind, size, before int) int {
	rows := 0
	for _, w := range m.workers {
		rows += w.report.tables[kind].len()
	}
	if most := max(size, before); rows <= most+most/10 {
		return before
	}
	var all []rank
	for _, w := range m.workers {
		all = w.report.tables[kind].appendRanks(all)
	}
	slices.SortFunc(all, func(a, b rank) int { return cmp.Or(cmp.Compare(a.high, b.high), cmp.Compare(a.low, b.low)) })
	all = slices.Compact(all)
	rows = 0
	for _, w := range m.workers {
		t := w.report.tables[kind]
		if len(all) > size {
			t.prune(all[size])
		}
		rows += t.len()
	}
	return rows
}
