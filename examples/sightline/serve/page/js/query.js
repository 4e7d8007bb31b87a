// Selects and sorts rows.

import { hasVerdict, verdictOf } from './verdict.js';

/** @typedef {import('./types.js').Row} Row */
/** @typedef {import('./types.js').Query} Query */

/** @returns {Query} */
export function newQuery() {
  return { types: new Set(), text: '', mark: '', verdict: '', from: -Infinity, to: Infinity, sort: '', descending: false };
}

const marks = {
  kept: (row) => row.kept,
  unkept: (row) => !row.kept,
  warned: (row) => row.attribute.warninglists?.length > 0,
  unwarned: (row) => !(row.attribute.warninglists?.length > 0),
  observed: (row) => !row.attribute.claimed,
  claimed: (row) => Boolean(row.attribute.claimed),
  decrypted: (row) => row.attribute.decrypted > 0,
  clear: (row) => !(row.attribute.decrypted >= row.attribute.count),
};

/**
 * Returns the rows that match a query, ignoring its times: the timeline shows the rows
 * at other times too.
 * @param {Row[]} rows
 * @param {Query} query
 */
export function matching(rows, query) {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const mark = marks[query.mark];
  if (words.length === 0 && !mark && !query.verdict && query.types.size === 0) return rows;
  return rows.filter((row) => (query.types.size === 0 || query.types.has(row.attribute.type)) &&
    (!mark || mark(row)) && hasVerdict(row.attribute, query.verdict) && words.every((word) => hasWord(row, word)));
}

function hasWord(row, word) {
  if (word.length > 1 && word[0] === '-') return !textOf(row).includes(word.slice(1));
  return textOf(row).includes(word);
}

function textOf(row) {
  const a = row.attribute;
  row.text ||= [a.value, a.type, a.category, a.comment, a.rule, ...(a.warninglists ?? [])].join('\n').toLowerCase();
  return row.text;
}

/**
 * Reports whether something seen from first to last was seen within the query's
 * times. If these are unlimited, that includes anything without a time.
 * @param {Query} query
 * @param {number} first
 * @param {number} last
 */
export function within(query, first, last) {
  if (query.from === -Infinity && query.to === Infinity) return true;
  return last >= query.from && first <= query.to;
}

const keys = {
  kept: (row) => (row.kept ? 0 : 1),
  type: (row) => row.attribute.type,
  value: (row) => sortable(row.attribute.value),
  verdict: (row) => (verdictOf(row.attribute) === 'detect' ? '0' : '1') + (row.attribute.rule ?? ''),
  count: (row) => row.attribute.count,
  first_seen: (row) => row.attribute.first_seen ?? '',
  last_seen: (row) => row.attribute.last_seen ?? '',
  comment: (row) => row.attribute.comment ?? '',
  mark: (row) => (row.attribute.warninglists ?? []).join() + (row.attribute.claimed ? '1' : '0') + (row.attribute.decrypted > 0 ? '1' : '0'),
};

// IPv4 addresses sort numerically.
function sortable(value) {
  return /^\d{1,3}\.\d/.test(value) ? value.replace(/\d+/g, (d) => d.padStart(3, '0')) : value;
}

/**
 * Returns rows in the query's order, by default by weight.
 * @param {Row[]} rows
 * @param {Query} query
 */
export function sorted(rows, query) {
  const key = keys[query.sort];
  if (!key) return rows.toSorted((a, b) => a.order - b.order);
  const sign = query.descending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: key(row) }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.row.order - b.row.order));
  return keyed.map((k) => k.row);
}
