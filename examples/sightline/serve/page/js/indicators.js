// The view of indicators: filters, types, table and detail, for one model and one
// query.

import { announce, byId, debounced, setText } from './dom.js';
import { copyLines } from './copy.js';
import { clearDetail, drawDetail } from './detail.js';
import { countTypes, drawFacets } from './facets.js';
import { matching, newQuery, sorted, within } from './query.js';
import { createTable } from './table.js';
import { plural, number } from './text.js';
import { fillVerdicts } from './verdict.js';

/** @typedef {import('./types.js').Row} Row */

/**
 * @param {() => ReturnType<import('./model.js').newModel>} modelOf
 * @param {{onShown: () => void, onKept: () => void, onActive: () => void}} on
 */
export function createIndicators(modelOf, on) {
  const state = { query: newQuery(), untimed: /** @type {Row[]} */ ([]), shown: /** @type {Row[]} */ ([]) };
  const table = createTable(byId('grid'), {
    onSort: sortBy,
    onKeep: (row) => keep([row], !row.kept),
    onActive: (row) => openDetail(row),
    onOpen: () => byId('detail').focus(),
    onCopy: async (row) => announce(await copyLines([row.attribute.value]) ? 'Copied the value' : 'Not copied'),
  });

  function show() {
    state.untimed = matching(modelOf().rows, state.query);
    showTimes();
    on.onShown();
  }
  function showTimes() {
    const all = modelOf().rows.length;
    state.shown = sorted(state.untimed.filter((row) => within(state.query, row.first, row.last)), state.query);
    table.setRows(state.shown);
    setText(byId('shown'), state.shown.length === all ? plural(all, 'indicator') : `${number(state.shown.length)} of ${plural(all, 'indicator')}`);
  }
  function sortBy(key) {
    const q = state.query;
    if (q.sort !== key) Object.assign(q, { sort: key, descending: ['count', 'mark'].includes(key) });
    else if (q.descending === ['count', 'mark'].includes(key)) q.descending = !q.descending;
    else Object.assign(q, { sort: '', descending: false });
    table.setSort(q.sort, q.descending);
    showTimes();
  }
  function keep(rows, kept) {
    for (const row of rows) row.kept = kept;
    if (state.query.mark === 'kept' || state.query.mark === 'unkept') show();
    else table.refresh();
    facets();
    on.onKept();
  }
  function facets() {
    fillVerdicts(modelOf().rows, state.query.verdict);
    drawFacets(countTypes(modelOf().rows), state.query.types, {
      onShow: showType,
      onKeep: (type, kept) => keep(modelOf().rows.filter((row) => row.attribute.type === type), kept),
    });
  }
  function showType(type, more) {
    const { types } = state.query;
    const was = types.has(type);
    const alone = was && types.size === 1;
    if (!more) types.clear();
    if (more && was) types.delete(type);
    else if (!alone) types.add(type);
    facets();
    show();
  }
  function openDetail(row) {
    document.body.dataset.detail = 'open';
    drawDetail(row, modelOf(), closeDetail);
    on.onActive();
  }
  function closeDetail() {
    document.body.dataset.detail = 'closed';
    byId('grid').focus();
  }

  const text = byId('filter-text');
  text.addEventListener('input', debounced(120, () => { state.query.text = text.value; show(); }));
  byId('filter-mark').addEventListener('change', (e) => { state.query.mark = e.target.value; show(); });
  byId('filter-verdict').addEventListener('change', (e) => { state.query.verdict = e.target.value; show(); });
  byId('filter-type').addEventListener('change', (e) => {
    if (e.target.value === '*') return;
    state.query.types = new Set(e.target.value ? [e.target.value] : []);
    facets();
    show();
  });
  byId('detail').addEventListener('keydown', (e) => { if (e.key === 'Escape') closeDetail(); });
  byId('keep-all').addEventListener('click', () => keep(modelOf().rows, true));
  byId('keep-none').addEventListener('click', () => keep(modelOf().rows, false));
  byId('keep-shown').addEventListener('click', () => keep(state.shown, true));
  byId('drop-shown').addEventListener('click', () => keep(state.shown, false));

  return {
    query: state.query,
    show, showTimes, facets,
    /** Returns the rows that match the query, ignoring its times. */
    untimed: () => state.untimed,
    active: table.active,
    setDay: table.setDay,
    /** Shows the rows that contain a text. */
    find(words) {
      text.value = words;
      state.query.text = words;
      state.query.types.clear();
      facets();
      show();
    },
    /** Resets the view for a new model. */
    reset() {
      Object.assign(state.query, newQuery());
      text.value = '';
      byId('filter-mark').value = '';
      table.setSort('', false);
      document.body.dataset.detail = 'closed';
      clearDetail();
    },
  };
}
