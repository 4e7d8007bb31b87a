// What the answers of all captures amount to. One request is one capture; what
// several captures say of the same thing is put together here, as
// extract.Report.Merge does.

import { mispText, parseTime } from './text.js';

/** @typedef {import('./types.js').Answer} Answer */
/** @typedef {import('./types.js').Row} Row */

export function newModel() {
  return {
    captures: [], /** @type {Row[]} */ rows: [], objects: [], leftOut: [], connections: [], certificates: [], files: [],
    event: null, unseen: {}, packets: 0, bytes: 0,
    events: new Set(), // their UUIDs, which follow from the captures: equal ones are of the same capture
    index: new Map(), // what was found so far, by what makes two findings the same
    types: new Map(), // of attributes, and in which order they came
    uuids: new Map(), // of attributes and objects that went into another one: the other one's
    unlisted: 0, // of what was left out: how many the answers only count
    beyond: {}, // what the server had no room for, by kind
  };
}

/**
 * Begins to add the answer for one capture. The function that it returns takes
 * the answer's members, of lists the rows: captures and the event first. It
 * reports false when that capture is in the model already.
 * @param {ReturnType<typeof newModel>} model
 * @returns {(name: string, value: any) => boolean}
 */
export function startAnswer(model) {
  const base = model.captures.length;
  const mine = [];
  const name = () => mine.map((c) => c.name).join(', ');
  const takers = {
    captures: (c) => mine.push({ notes: [], ...c }),
    event: (e) => {
      if (model.events.has(e.uuid)) return false;
      model.events.add(e.uuid);
      model.captures.push(...mine);
      model.event = mergeEvent(model.event, e);
    },
    summary: (s) => addSummary(model, mine, s),
    attributes: (a) => addAttribute(model, a, base, name),
    objects: (o) => addObject(model, o),
    left_out: (l) => addLeftOut(model, l, base),
    connections: (c) => addFact(model, model.connections, c, base, ['connection', c.client, c.server, c.proto], addTraffic),
    certificates: (c) => addFact(model, model.certificates, c, base, ['certificate', c.sha256]),
    files: (f) => addFact(model, model.files, f, base, ['file', f.sha256, f.name, f.url, f.size, f.state, f.client, f.server, f.from_client]),
  };
  return (member, value) => value === null || takers[member]?.(value) !== false;
}

function addLeftOut(model, l, base) {
  model.unlisted--;
  addFact(model, model.leftOut, l, base, ['left out', l.rule, l.topic, l.value]);
}

function addSummary(model, captures, summary) {
  for (const c of captures) c.notes = summary.notes ?? [];
  model.unseen = addNumbers(model.unseen, summary.unseen ?? {});
  model.packets += summary.packets ?? 0;
  model.bytes += summary.bytes ?? 0;
  model.unlisted += summary.left_out ?? 0;
  model.beyond = addNumbers(model.beyond, { ...summary.not_kept, 'MISP objects': summary.objects_left_out ?? 0 });
}

function addAttribute(model, a, base, name) {
  if (base > 0) shift(a.evidence, base);
  const key = `attribute\0${a.type}\0${a.value}`;
  const row = model.index.get(key);
  if (row) {
    model.uuids.set(a.uuid, row.attribute.uuid);
    mergeAttribute(row.attribute, a, name());
    row.first = parseTime(row.attribute.first_seen);
    row.last = parseTime(row.attribute.last_seen);
    row.text = '';
    return;
  }
  const added = { attribute: a, kept: true, first: parseTime(a.first_seen), last: parseTime(a.last_seen), order: typeRank(model, a.type) * 1e7 + model.rows.length, text: '' };
  model.index.set(key, added);
  model.rows.push(added);
}

// Rows of a type stand together, in the order in which the types came.
function typeRank(model, type) {
  let rank = model.types.get(type);
  if (rank === undefined) model.types.set(type, (rank = model.types.size));
  return rank;
}

function mergeAttribute(a, b, name) {
  mergeFact(a, b);
  a.claimed = Boolean(a.claimed && b.claimed);
  a.to_ids = a.to_ids && b.to_ids;
  a.warninglists = [...new Set([...(a.warninglists ?? []), ...(b.warninglists ?? [])])];
  a.comment = mispText([a.comment, `in ${name}: ${b.comment ?? ''}`].filter(Boolean).join(' / '));
}

// The sum, and the first and last time; a time that one of them lacks is not known.
function mergeFact(a, b) {
  a.count += b.count;
  a.first_seen = extreme(a.first_seen, b.first_seen, -1);
  a.last_seen = extreme(a.last_seen, b.last_seen, 1);
  if (!a.first_seen || !a.last_seen) {
    delete a.first_seen;
    delete a.last_seen;
  }
  a.evidence = [...(a.evidence ?? []), ...(b.evidence ?? [])];
}

function extreme(a, b, sign) {
  if (!a || !b) return undefined;
  const d = parseTime(a) - parseTime(b) || (a < b ? -1 : 1);
  return d * sign > 0 ? a : b;
}

function addFact(model, list, f, base, of, more = () => {}) {
  if (base > 0) shift(f.evidence, base);
  const key = of.join('\0');
  const known = base > 0 ? model.index.get(key) : undefined;
  if (known) {
    mergeFact(known, f);
    more(known, f);
  } else {
    model.index.set(key, f);
    list.push(f);
  }
}

function addTraffic(a, b) {
  for (const way of ['sent', 'received']) a[way] = addNumbers(a[way], b[way]);
  a.protos = [...new Set([...(a.protos ?? []), ...(b.protos ?? [])])];
  a.ended = addNumbers(a.ended ?? {}, b.ended ?? {});
}

// Objects of several captures that hold the same are one, as MISP takes them.
function addObject(model, o) {
  const key = ['object', o.name, ...o.Attribute.map((a) => `${a.object_relation}\0${a.type}\0${a.value}`).sort()].join('\0');
  const known = model.index.get(key);
  if (!known) {
    model.index.set(key, o);
    model.objects.push(o);
    return;
  }
  model.uuids.set(o.uuid, known.uuid);
  const references = (o.ObjectReference ?? []).map((r) => ({ ...r, object_uuid: known.uuid }));
  if (references.length > 0) known.ObjectReference = [...(known.ObjectReference ?? []), ...references];
}

// The event of several captures is the first one's, of the earliest date.
function mergeEvent(a, b) {
  if (!a || !b) return a ?? b ?? null;
  const name = (b.info ?? '').replace(/^Indicators from /, '');
  return {
    ...a,
    info: mispText(`${a.info}, ${name}`),
    date: [a.date, b.date].filter(Boolean).sort()[0],
    timestamp: String(Math.max(Number(a.timestamp) || 0, Number(b.timestamp) || 0)),
  };
}

function shift(evidence, base) {
  for (const e of evidence ?? []) {
    for (const ref of new Set([e.first, e.last, e.conn?.start])) {
      if (ref) ref.capture += base;
    }
  }
}

function addNumbers(a, b) {
  const sum = { ...a };
  for (const [key, value] of Object.entries(b)) {
    if (typeof value === 'number') sum[key] = (sum[key] ?? 0) + value;
    else if (value && typeof value === 'object') sum[key] = addNumbers(sum[key] ?? {}, value);
  }
  return sum;
}
