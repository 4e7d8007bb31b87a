// Exports of kept rows: a MISP event, CSV and NDJSON.

import { verdictOf } from './verdict.js';

/** @typedef {import('./types.js').Row} Row */
/** @typedef {import('./types.js').MispObject} MispObject */

// The members of an attribute that MISP reads. The others are for the page.
const attributeKeys = ['uuid', 'type', 'category', 'value', 'to_ids', 'disable_correlation', 'distribution', 'comment', 'first_seen', 'last_seen', 'Tag'];

/**
 * Returns the MISP event of the kept rows.
 * @param {{event: Object, rows: Row[], objects: MispObject[], uuids: Map<string, string>}} model
 * @param {string} which objects: 'kept', 'all' or 'none'
 */
export function mispEvent(model, which) {
  const rows = model.rows.filter((row) => row.kept);
  const Attribute = rows.map((row) => pick(row.attribute, attributeKeys));
  const Object = linked(goingAlong(model, which), Attribute, model.uuids);
  return { Event: { ...model.event, published: false, Attribute, ...(Object.length > 0 ? { Object } : {}) } };
}

function pick(object, keys) {
  const picked = {};
  for (const key of keys) {
    if (object[key] !== undefined) picked[key] = object[key];
  }
  return picked;
}

/**
 * Returns the objects for the event. 'kept' leaves out objects with a dropped value.
 * @returns {MispObject[]}
 */
export function goingAlong(model, which) {
  if (which === 'none') return [];
  if (which === 'all') return model.objects;
  const dropped = droppedValues(model.rows);
  return model.objects.filter((o) => !o.Attribute.some((a) => dropped.has(a.value)));
}

// Returns the values that occur only in rows that are not kept. The parts of a value
// such as domain|ip are values too.
function droppedValues(rows) {
  const dropped = new Set();
  for (const row of rows) {
    if (!row.kept) parts(row.attribute).forEach((v) => dropped.add(v));
  }
  if (dropped.size === 0) return dropped;
  for (const row of rows) {
    if (row.kept) parts(row.attribute).forEach((v) => dropped.delete(v));
  }
  return dropped;
}

/** Returns an attribute's value and, for a composite type, its parts. */
export function parts(attribute) {
  if (!attribute.type.includes('|')) return [attribute.value];
  return [attribute.value, ...attribute.value.split('|')];
}

// Redirects references to merged items, and removes those whose target is not
// exported.
function linked(objects, attributes, uuids) {
  const there = new Set(attributes.map((a) => a.uuid));
  for (const o of objects) {
    there.add(o.uuid);
    o.Attribute.forEach((a) => there.add(a.uuid));
  }
  return objects.map((o) => {
    const { ObjectReference, ...rest } = o;
    const led = (ObjectReference ?? []).map((r) => ({ ...r, referenced_uuid: uuids.get(r.referenced_uuid) ?? r.referenced_uuid }));
    const kept = led.filter((r) => there.has(r.referenced_uuid));
    return kept.length > 0 ? { ...rest, ObjectReference: kept } : rest;
  });
}

const columns = ['type', 'category', 'value', 'to_ids', 'verdict', 'rule', 'count', 'first_seen', 'last_seen', 'comment', 'claimed', 'decrypted', 'warninglists', 'capture', 'packets'];

/**
 * Returns CSV (RFC 4180) of the kept rows, for a spreadsheet.
 * @param {{rows: Row[], captures: {name?: string}[]}} model
 */
export function csv(model) {
  const lines = [columns.join(',')];
  for (const { attribute: a, kept } of model.rows) {
    if (!kept) continue;
    const refs = (a.evidence ?? []).map((e) => e.first);
    const names = new Set(refs.map((r) => model.captures[r.capture]?.name ?? ''));
    const cells = [a.type, a.category, a.value, a.to_ids, verdictOf(a), a.rule ?? '', a.count, a.first_seen ?? '', a.last_seen ?? '', a.comment ?? '',
      Boolean(a.claimed), a.decrypted ?? 0, (a.warninglists ?? []).join('; '), [...names].join('; '), refs.map((r) => r.number).join(' ')];
    lines.push(cells.map(cell).join(','));
  }
  return lines.join('\r\n') + '\r\n';
}

// A spreadsheet treats text with such a beginning as a formula.
function cell(value) {
  let s = String(value);
  if (/^[=+\-@\t\r]/.test(s)) s = "'" + s;
  return /[",\r\n]/.test(s) ? `"${s.replaceAll('"', '""')}"` : s;
}

/**
 * Returns the kept attributes, one per line, with their evidence.
 * @param {{rows: Row[], captures: {name?: string}[]}} model
 */
export function ndjson(model) {
  const named = (ref) => ref && { ...ref, capture: model.captures[ref.capture]?.name ?? ref.capture };
  return model.rows.filter((row) => row.kept).map(({ attribute: a }) => JSON.stringify({
    ...a,
    evidence: (a.evidence ?? []).map((e) => ({ first: named(e.first), last: named(e.last), conn: e.conn && { ...e.conn, start: named(e.conn.start) } })),
  }) + '\n').join('');
}

/** Makes the browser save a text as a file. */
export function download(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60e3);
}
