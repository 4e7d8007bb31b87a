package extract

// A team is a number of shards and the workers that do their tasks.
type team struct {
	options *Options
	shards  []*shard
	workers []*worker

	cut      rank            // see limitSize
	measured int             // rows of all workers' tables when their size was last measured
	pruned   [len(kinds)]int // rows of all workers' tables after they were last pruned
}

func newTeam(o *Options, shards, workers int) team {
	t := team{options: o}
	t.extend(shards, workers)
	return t
}

// extend adds shards, and workers that do their tasks.
func (m *team) extend(shards, workers int) {
	first := len(m.workers)
	for range workers {
		m.workers = append(m.workers, newWorker(len(m.workers), m.options))
	}
	for i := range shards {
		m.shards = append(m.shards, newShard(m.options, m.workers[first+i%workers]))
	}
}

// setKeys makes the shards use the keys of the options.
func (m *team) setKeys() {
	for _, s := range m.shards {
		s.streams.Keys = m.options.Stream.Keys
	}
}

// finish ends all connections and adds the observations of all workers to r. It
// returns the first error.
func (m *team) finish(r *Report) (err error) {
	r.cut = r.cut.smaller(m.cut)
	for _, s := range m.shards {
		if failed := s.worker.finish(s); err == nil {
			err = failed
		}
		r.Unseen.Stream.Add(s.streams.Stats())
	}
	for _, w := range m.workers {
		r.Unseen.add(&w.report.Unseen)
		r.absorb(&w.report)
	}
	return err
}
