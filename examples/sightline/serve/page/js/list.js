// Plain tables, for lists shorter than that of the indicators.

import { el } from './dom.js';
import { number } from './text.js';

const page = 200; // rows drawn at first, and more each time

/**
 * @typedef {{name: string, value: (item: any) => any, show?: (item: any) => Node|string, class?: string}} Column value returns
 *   the sort key; show returns the content of a cell, by default the text of value
 */

/**
 * Returns a table of items. Its column headers sort it.
 * @param {string} label
 * @param {Column[]} columns
 * @param {any[]} items
 * @param {{by?: number, descending?: boolean}} [order] the initial sort column
 */
export function list(label, columns, items, order = {}) {
  const state = { by: order.by ?? -1, descending: order.descending ?? false, shown: page };
  const body = el('tbody');
  const heads = columns.map((c, i) => el('th', { scope: 'col', class: c.class, 'aria-sort': 'none' },
    el('button', { type: 'button', onclick: () => sortBy(i) }, c.name)));
  const more = el('button', { type: 'button', class: 'more', onclick: () => { state.shown += 5 * page; draw(); } });
  const table = el('table', { class: 'list-table' }, el('caption', { class: 'offscreen' }, label), el('thead', {}, el('tr', {}, ...heads)), body);

  function sortBy(i) {
    state.descending = state.by === i ? !state.descending : false;
    state.by = i;
    draw();
  }
  function draw() {
    const shown = inOrder(items, columns[state.by], state.descending).slice(0, state.shown);
    heads.forEach((h, i) => h.setAttribute('aria-sort', i !== state.by ? 'none' : state.descending ? 'descending' : 'ascending'));
    body.replaceChildren(...shown.map((item) => el('tr', {}, ...columns.map((c) => cell(c, item)))));
    more.hidden = items.length <= state.shown;
    more.textContent = `Show more (${number(shown.length)} of ${number(items.length)})`;
  }
  draw();
  return el('div', { class: 'list-scroll', tabindex: '0', role: 'region', 'aria-label': label }, table, more);
}

function inOrder(items, column, descending) {
  if (!column) return items;
  const sign = descending ? -1 : 1;
  const keyed = items.map((item, i) => ({ item, i, key: column.value(item) ?? '' }));
  keyed.sort((a, b) => (a.key < b.key ? -sign : a.key > b.key ? sign : a.i - b.i));
  return keyed.map((k) => k.item);
}

function cell(column, item) {
  const shown = column.show ? column.show(item) : String(column.value(item) ?? '');
  return el('td', { class: column.class, 'data-name': column.name }, shown);
}

/** Returns the text in place of an empty list. */
export function nothing(text) {
  return el('p', { class: 'nothing' }, text);
}
