// The table of indicators. Only rows in view are drawn, so that their number does not
// matter.

import { el, setText } from './dom.js';
import { kindOf } from './kinds.js';
import { momentOf, number } from './text.js';
import { ruleText, verdictHelp, verdictName, verdictOf } from './verdict.js';

/** @typedef {import('./types.js').Row} Row */

const spare = 6; // rows drawn above and below the view

const columns = [
  { key: 'kept', name: 'Keep' },
  { key: 'type', name: 'Type' },
  { key: 'value', name: 'Value' },
  { key: 'verdict', name: 'Verdict', title: 'Whether the value is worth an alarm, and why' },
  { key: 'count', name: 'Count' },
  { key: 'first_seen', name: 'First seen' },
  { key: 'last_seen', name: 'Last seen' },
  { key: 'comment', name: 'Source' },
  { key: 'mark', name: 'Marks' },
];

/**
 * Creates the table in root, a grid that keeps the focus while its active row moves.
 * @param {HTMLElement} root
 * @param {{onSort: (key: string) => void, onKeep: (row: Row) => void, onActive: (row: Row) => void,
 *   onOpen: (row: Row) => void, onCopy: (row: Row) => void}} on
 */
export function createTable(root, on) {
  const heads = columns.map((c, i) => head(c, i, on.onSort));
  const body = el('div', { class: 'grid-body', role: 'rowgroup' });
  const empty = el('div', { class: 'grid-empty', role: 'row', hidden: true }, el('span', { role: 'gridcell' }, 'No indicators match the filters.'));
  root.append(el('div', { class: 'grid-head', role: 'rowgroup' }, el('div', { role: 'row', class: 'row', 'aria-rowindex': '1' }, ...heads)), body, empty);
  root.setAttribute('aria-colcount', String(columns.length));
  const t = { root, body, empty, heads, on, rows: /** @type {Row[]} */ ([]), active: -1, pool: [], drawn: '', day: '' };

  root.addEventListener('scroll', () => draw(t), { passive: true });
  new ResizeObserver(() => draw(t, true)).observe(root);
  root.addEventListener('keydown', (e) => pressed(t, e));
  body.addEventListener('click', (e) => clicked(t, e));
  return {
    /** Shows these rows. The active row stays active if it is one of them. */
    setRows(rows) {
      const active = t.rows[t.active];
      t.rows = rows;
      t.active = active ? rows.indexOf(active) : -1;
      empty.hidden = rows.length > 0;
      root.setAttribute('aria-rowcount', String(rows.length + 1));
      draw(t, true);
    },
    /** Draws the rows in view again. */
    refresh: () => draw(t, true),
    /** Sets the day of all times, or '' if they cover several days. */
    setDay(day) {
      t.day = day;
      root.classList.toggle('one-day', day !== '');
    },
    /** Marks the column that rows are sorted by. */
    setSort(key, descending) {
      heads.forEach((h, i) => h.setAttribute('aria-sort', columns[i].key !== key ? 'none' : descending ? 'descending' : 'ascending'));
    },
    /** Makes a row active. */
    activate: (i) => activate(t, i),
    active: () => t.rows[t.active],
  };
}

function head(column, i, onSort) {
  const button = el('button', { type: 'button', tabindex: '0', title: column.title, onclick: () => onSort(column.key) }, column.name);
  return el('div', { role: 'columnheader', class: 'cell c-' + column.key, 'aria-sort': 'none', 'aria-colindex': String(i + 1) }, button);
}

function rowHeight(t) {
  return parseFloat(getComputedStyle(t.root).getPropertyValue('--row')) || 28;
}

function draw(t, again = false) {
  const height = rowHeight(t);
  const first = Math.max(0, Math.floor(t.root.scrollTop / height) - spare);
  const last = Math.min(t.rows.length, Math.ceil((t.root.scrollTop + t.root.clientHeight) / height) + spare);
  const drawn = `${first} ${last}`;
  if (!again && drawn === t.drawn) return;
  t.drawn = drawn;
  t.body.style.height = `${t.rows.length * height}px`;
  while (t.pool.length < last - first) t.pool.push(t.body.appendChild(newRow()));
  t.pool.forEach((node, i) => {
    node.hidden = first + i >= last;
    if (!node.hidden) show(t, node, first + i, height);
  });
  const active = t.active >= first && t.active < last;
  if (active) t.root.setAttribute('aria-activedescendant', `row-${t.active}`);
  else t.root.removeAttribute('aria-activedescendant');
}

function newRow() {
  const cells = columns.map((c, i) => el('div', { role: 'gridcell', class: 'cell c-' + c.key, 'aria-colindex': String(i + 1) }));
  cells[0].append(el('input', { type: 'checkbox', tabindex: '-1', 'aria-label': 'Keep' }));
  return el('div', { role: 'row', class: 'row' }, ...cells);
}

function show(t, node, index, height) {
  const row = t.rows[index];
  const a = row.attribute;
  node.id = `row-${index}`;
  node.style.transform = `translateY(${index * height}px)`;
  node.setAttribute('aria-rowindex', String(index + 2));
  node.setAttribute('aria-selected', String(index === t.active));
  node.classList.toggle('unkept', !row.kept);
  const [keep, type, value, verdict, count, first, last, comment, mark] = node.children;
  keep.firstChild.checked = row.kept;
  setText(type, a.type);
  type.dataset.kind = kindOf(a.type);
  setText(value, a.value);
  value.title = value.textContent;
  showVerdict(verdict, a);
  setText(count, number(a.count));
  setText(first, within(t.day, a.first_seen));
  setText(last, within(t.day, a.last_seen));
  setText(comment, origin(a.comment));
  showMarks(mark, a);
}

// Formats a time, without the day if all times are of that day.
function within(day, iso) {
  const moment = momentOf(iso);
  return day && moment.startsWith(day) ? moment.slice(day.length + 1) : moment;
}

// Returns a comment without count, times and packet, which have their own columns.
function origin(comment) {
  return (comment ?? '').split(/; (?:once|\d+ times)/)[0];
}

function showVerdict(cell, a) {
  const key = `${verdictOf(a)} ${a.rule ?? ''}`;
  if (cell.dataset.key === key) return;
  cell.dataset.key = key;
  cell.title = [verdictHelp(a), ruleText(a)].filter(Boolean).join('\n');
  cell.replaceChildren(el('span', { class: 'mark ' + verdictOf(a) }, verdictName(a)), a.rule ? el('span', { class: 'rule', text: a.rule }) : '');
}

function showMarks(cell, a) {
  const lists = a.warninglists ?? [];
  const key = [...lists, a.claimed, a.decrypted, a.count].join('\n');
  if (cell.dataset.key === key) return;
  cell.dataset.key = key;
  cell.replaceChildren(...[
    el('span', { class: a.claimed ? 'mark claimed' : 'mark observed', title: a.claimed ? 'Stated by a peer' : 'Seen on the wire' }, a.claimed ? 'claimed' : 'observed'),
    a.decrypted > 0 && el('span', { class: 'mark decrypted', title: decryptedText(a) }, a.decrypted < a.count ? 'partly decrypted' : 'decrypted'),
    ...lists.map((name) => el('span', { class: 'mark warned', title: 'On the warninglist ' + name }, name.replace(/^List of (known )?/i, ''))),
  ].filter(Boolean));
}

/** Says how often a value was seen in what was decrypted. */
export function decryptedText(a) {
  return a.decrypted < a.count ? `In decrypted traffic ${number(a.decrypted)} of ${number(a.count)} times` : 'Only in decrypted traffic';
}

function activate(t, index) {
  if (t.rows.length === 0) return;
  t.active = Math.max(0, Math.min(t.rows.length - 1, index));
  const height = rowHeight(t);
  const top = t.active * height;
  const room = t.root.clientHeight - t.body.offsetTop;
  if (top < t.root.scrollTop) t.root.scrollTop = top;
  else if (top + height > t.root.scrollTop + room) t.root.scrollTop = top + height - room;
  draw(t, true);
  t.on.onActive(t.rows[t.active]);
}

function clicked(t, e) {
  const node = e.target.closest('.row');
  if (!node) return;
  const index = Number(node.getAttribute('aria-rowindex')) - 2;
  if (e.target.type === 'checkbox') t.on.onKeep(t.rows[index]);
  activate(t, index);
}

function pressed(t, e) {
  if (e.target !== t.root) return;
  const page = Math.max(1, Math.floor(t.root.clientHeight / rowHeight(t)) - 2);
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
  const row = t.rows[t.active];
  if (e.key in steps && !e.altKey) {
    const to = steps[e.key] === Infinity ? t.rows.length - 1 : steps[e.key] === -Infinity ? 0 : t.active + steps[e.key];
    activate(t, t.active < 0 && Math.abs(steps[e.key]) < Infinity ? 0 : to);
  } else if (e.key === ' ' && row) {
    t.on.onKeep(row);
  } else if (e.key === 'Enter' && row) {
    t.on.onOpen(row);
  } else if (e.key === 'c' && row && (e.ctrlKey || e.metaKey || !e.altKey)) {
    t.on.onCopy(row);
  } else {
    return;
  }
  e.preventDefault();
}
