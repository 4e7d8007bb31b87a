// The model of the responses for all captures. Each request is for one capture; the
// model merges the same finding in several captures, as extract.Report.Merge does.

import { mispText, parseTime } from './text.js';
import { mergeVerdict, verdictOf } from './verdict.js';

/** @typedef {import('./types.js').Answer} Answer */
/** @typedef {import('./types.js').Row} Row */

export function newModel() {
  return {
    captures: [], /** @type {Row[]} */ rows: [], objects: [], leftOut: [], connections: [], certificates: [], files: [],
    event: null, unseen: {}, packets: 0, bytes: 0,
    events: new Set(), // UUIDs, which are derived from the captures: equal UUIDs mean the same capture
    index: new Map(), // findings by identity
    uuids: new Map(), // UUIDs of merged attributes and objects, with those they were merged into
    unlisted: 0, // number of left-out observations that responses count but do not list
    beyond: {}, // observations beyond the server's limits, by kind
  };
}

/**
 * Starts to add the response for one capture. The returned function receives the
 * members of the response, and the elements of members that are arrays; captures and
 * event must come first. It returns false if the model already has the capture.
 * @param {ReturnType<typeof newModel>} model
 * @returns {(name: string, value: any) => boolean}
 */
export function startAnswer(model) {
  const base = model.captures.length;
  const mine = [];
  let place = 0; // of an attribute in the response
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
    attributes: (a) => addAttribute(model, a, base, name, place++),
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
  for (const c of captures) Object.assign(c, { notes: summary.notes ?? [], keys: summary.keys });
  model.unseen = addNumbers(model.unseen, summary.unseen ?? {});
  model.packets += summary.packets ?? 0;
  model.bytes += summary.bytes ?? 0;
  model.unlisted += summary.left_out ?? 0;
  model.beyond = addNumbers(model.beyond, { ...summary.not_kept, 'MISP objects': summary.objects_left_out ?? 0 });
}

function addAttribute(model, a, base, name, place) {
  if (base > 0) shift(a.evidence, base);
  const key = `attribute\0${a.type}\0${a.value}`;
  const row = model.index.get(key);
  if (row) {
    model.uuids.set(a.uuid, row.attribute.uuid);
    mergeAttribute(row.attribute, a, name());
    row.first = parseTime(row.attribute.first_seen);
    row.last = parseTime(row.attribute.last_seen);
    row.text = '';
    row.order = weight(row.attribute, Math.min(row.order % most, place));
    return;
  }
  const added = { attribute: a, kept: true, first: parseTime(a.first_seen), last: parseTime(a.last_seen), order: weight(a, place), text: '' };
  model.index.set(key, added);
  model.rows.push(added);
}

const most = 1e7; // attributes of a response

// Returns the key of the order by weight: attributes for detection come first, then
// those that come first in their responses.
function weight(a, place) {
  return (verdictOf(a) === 'detect' ? 0 : most) + place;
}

/** Sorts all rows by weight, for the exports. */
export function sortRows(model) {
  model.rows.sort((a, b) => a.order - b.order);
}

function mergeAttribute(a, b, name) {
  mergeFact(a, b);
  a.claimed = Boolean(a.claimed && b.claimed);
  mergeVerdict(a, b);
  a.warninglists = [...new Set([...(a.warninglists ?? []), ...(b.warninglists ?? [])])];
  a.comment = mispText([a.comment, `in ${name}: ${b.comment ?? ''}`].filter(Boolean).join(' / '));
}

// Adds counts and extends times. Without times in both, the result has none.
function mergeFact(a, b) {
  a.count += b.count;
  if (a.decrypted || b.decrypted) a.decrypted = (a.decrypted ?? 0) + (b.decrypted ?? 0);
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
  a.beacon ??= b.beacon;
}

// Merges objects of several captures with the same attributes, as MISP does.
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

// The event of several captures is the first, with the earliest date.
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
