// Which rows are shown, and in which order.

/** @typedef {import('./types.js').Row} Row */
/** @typedef {import('./types.js').Query} Query */

/** @returns {Query} */
export function newQuery() {
  return { types: new Set(), text: '', mark: '', from: -Infinity, to: Infinity, sort: '', descending: false };
}

const marks = {
  kept: (row) => row.kept,
  unkept: (row) => !row.kept,
  ids: (row) => row.attribute.to_ids,
  warned: (row) => row.attribute.warninglists?.length > 0,
  unwarned: (row) => !(row.attribute.warninglists?.length > 0),
  observed: (row) => !row.attribute.claimed,
  claimed: (row) => Boolean(row.attribute.claimed),
};

/**
 * Returns the rows that a query asks for but for its times, which the timeline
 * shows and the query narrows.
 * @param {Row[]} rows
 * @param {Query} query
 */
export function matching(rows, query) {
  const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
  const mark = marks[query.mark];
  if (words.length === 0 && !mark && query.types.size === 0) return rows;
  return rows.filter((row) => (query.types.size === 0 || query.types.has(row.attribute.type)) &&
    (!mark || mark(row)) && words.every((word) => hasWord(row, word)));
}

function hasWord(row, word) {
  if (word.length > 1 && word[0] === '-') return !textOf(row).includes(word.slice(1));
  return textOf(row).includes(word);
}

function textOf(row) {
  const a = row.attribute;
  row.text ||= [a.value, a.type, a.category, a.comment, ...(a.warninglists ?? [])].join('\n').toLowerCase();
  return row.text;
}

/**
 * Reports whether something seen from first to last was seen within the query's
 * times. Without a bound, what has no time is in.
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
  to_ids: (row) => (row.attribute.to_ids ? 0 : 1),
  count: (row) => row.attribute.count,
  first_seen: (row) => row.attribute.first_seen ?? '',
  last_seen: (row) => row.attribute.last_seen ?? '',
  comment: (row) => row.attribute.comment ?? '',
  mark: (row) => (row.attribute.warninglists ?? []).join() + (row.attribute.claimed ? '1' : '0'),
};

// Addresses of IPv4 sort by their numbers.
function sortable(value) {
  return /^\d{1,3}\.\d/.test(value) ? value.replace(/\d+/g, (d) => d.padStart(3, '0')) : value;
}

/**
 * Returns rows in the query's order: without one, the types as the server orders
 * them.
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
