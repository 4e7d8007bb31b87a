// The list of types, with their counts: keeps or drops all rows of a type, or shows
// only that type.

import { byId, el } from './dom.js';
import { kindOf } from './kinds.js';
import { number } from './text.js';

/** @typedef {import('./types.js').Row} Row */

/**
 * Counts rows by type, in the order of their first rows.
 * @param {Row[]} rows
 * @returns {Map<string, {all: number, kept: number}>}
 */
export function countTypes(rows) {
  const counts = new Map();
  for (const row of rows) {
    const type = row.attribute.type;
    let c = counts.get(type);
    if (!c) counts.set(type, (c = { all: 0, kept: 0 }));
    c.all++;
    if (row.kept) c.kept++;
  }
  return counts;
}

/**
 * Draws the list of types, and fills the select that replaces it in a narrow window.
 * @param {Map<string, {all: number, kept: number}>} counts
 * @param {Set<string>} shown the types in the query
 * @param {{onShow: (type: string, more: boolean) => void, onKeep: (type: string, keep: boolean) => void}} on
 */
export function drawFacets(counts, shown, on) {
  const focused = document.activeElement?.dataset?.focus;
  const items = [...counts].map(([type, c]) => {
    const box = el('input', { type: 'checkbox', 'aria-label': `Keep all of type ${type}`, 'data-focus': 'keep ' + type, onchange: (e) => on.onKeep(type, e.target.checked) });
    box.checked = c.kept === c.all;
    box.indeterminate = c.kept > 0 && c.kept < c.all;
    const count = c.kept === c.all ? number(c.all) : `${number(c.kept)} of ${number(c.all)}`;
    const button = el('button', {
      type: 'button', class: 'facet', 'aria-pressed': String(shown.has(type)), 'data-focus': 'show ' + type,
      title: 'Show only this type; Ctrl-click adds it', onclick: (e) => on.onShow(type, e.ctrlKey || e.metaKey || e.shiftKey),
    }, el('span', { class: 'dot k-' + kindOf(type).toLowerCase() }), el('span', { class: 'facet-name', text: type }), el('span', { class: 'facet-count' }, count));
    return el('li', {}, box, button);
  });
  byId('facets').replaceChildren(el('h2', {}, 'Types'), el('ul', {}, ...items));
  if (focused) [...byId('facets').querySelectorAll('[data-focus]')].find((n) => n.dataset.focus === focused)?.focus();
  fillSelect(counts, shown);
}

function fillSelect(counts, shown) {
  const select = byId('filter-type');
  const options = [...counts].map(([type, c]) => el('option', { value: type }, `${type} (${number(c.all)})`));
  const several = shown.size > 1 && el('option', { value: '*' }, 'Several types');
  select.replaceChildren(el('option', { value: '' }, 'Any type'), ...(several ? [several] : []), ...options);
  select.value = shown.size > 1 ? '*' : [...shown][0] ?? '';
}
