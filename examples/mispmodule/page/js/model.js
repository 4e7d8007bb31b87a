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
    uuidsOfEvents: new Set(), // that follow from the captures: equal ones are of the same capture
    index: new Map(), // what was found so far, by what makes two findings the same
    uuids: new Map(), // of attributes that went into another one: the other one's
  };
}

/**
 * Adds the answer for one capture. It reports false, and changes nothing, when
 * that capture is there already.
 * @param {ReturnType<typeof newModel>} model
 * @param {Answer} answer
 */
export function addAnswer(model, answer) {
  const captures = answer.captures ?? [];
  if (model.uuidsOfEvents.has(answer.event?.uuid)) return false;
  model.uuidsOfEvents.add(answer.event?.uuid);
  const base = model.captures.length;
  const summary = answer.summary ?? {};
  model.captures.push(...captures.map((c) => ({ ...c, notes: summary.notes ?? [] })));
  const name = captures.map((c) => c.name).join(', ');
  for (const a of answer.attributes ?? []) addAttribute(model, a, base, name);
  for (const o of answer.objects ?? []) addObject(model, o);
  addFacts(model, model.connections, answer.connections, base, 'connection', (c) => [c.client, c.server, c.proto], addTraffic);
  addFacts(model, model.certificates, answer.certificates, base, 'certificate', (c) => [c.sha256]);
  addFacts(model, model.files, answer.files, base, 'file', fileKey);
  addFacts(model, model.leftOut, answer.left_out, base, 'left out', (l) => [l.rule, l.topic, l.value]);
  model.event = mergeEvent(model.event, answer.event);
  model.unseen = addNumbers(model.unseen, summary.unseen ?? {});
  model.packets += summary.packets ?? 0;
  model.bytes += summary.bytes ?? 0;
  return true;
}

function addAttribute(model, a, base, name) {
  if (base > 0) shift(a.evidence, base);
  const key = `attribute\0${a.type}\0${a.value}`;
  const row = model.index.get(key);
  if (row) {
    model.uuids.set(a.uuid, row.attribute.uuid);
    mergeAttribute(row.attribute, a, name);
    row.first = parseTime(row.attribute.first_seen);
    row.last = parseTime(row.attribute.last_seen);
    row.text = '';
    return;
  }
  const added = { attribute: a, kept: true, first: parseTime(a.first_seen), last: parseTime(a.last_seen), order: model.rows.length, text: '' };
  model.index.set(key, added);
  model.rows.push(added);
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

function addFacts(model, list, facts, base, kind, keyOf, more = () => {}) {
  for (const f of facts ?? []) {
    if (base > 0) shift(f.evidence, base);
    const key = kind + '\0' + keyOf(f).join('\0');
    const known = model.index.get(key);
    if (known && base > 0) {
      mergeFact(known, f);
      more(known, f);
    } else {
      model.index.set(key, f);
      list.push(f);
    }
  }
}

function addTraffic(a, b) {
  for (const way of ['sent', 'received']) a[way] = addNumbers(a[way], b[way]);
  a.protos = [...new Set([...(a.protos ?? []), ...(b.protos ?? [])])];
  a.ended = addNumbers(a.ended ?? {}, b.ended ?? {});
}

function fileKey(f) {
  return [f.sha256, f.name, f.url, f.size, f.state, f.client, f.server, f.from_client];
}

function addObject(model, o) {
  const key = `object\0${o.uuid}`;
  if (model.index.has(key)) return;
  for (const r of o.ObjectReference ?? []) r.referenced_uuid = model.uuids.get(r.referenced_uuid) ?? r.referenced_uuid;
  model.index.set(key, o);
  model.objects.push(o);
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
