// The page: sends captures, shows the server's results, and exports kept indicators.
// Nothing is stored: closing the page discards everything.

import { createActions, showKept } from './actions.js';
import { readAnswer } from './answer.js';
import { createBrush } from './brush.js';
import { byId, debounced, setText } from './dom.js';
import { drawCertificates, drawConnections, drawFiles } from './findings.js';
import { createIndicators } from './indicators.js';
import { createIntake, failed } from './intake.js';
import { keysText } from './keylogs.js';
import { newModel, sortRows } from './model.js';
import { within } from './query.js';
import { drawCaptures, drawLeftOut, drawWarninglists } from './reasons.js';
import { createTabs } from './tabs.js';
import { bytes, parseTime, plural } from './text.js';
import { drawTimeline, neededHeight, span } from './timeline.js';

let model = newModel();
let times = null; // of the timeline
const canvas = byId('timeline-canvas');

const indicators = createIndicators(() => model, {
  onShown: soon(drawTimes),
  onKept: () => showKept(model),
  onActive: soon(drawTimes),
});
const tabs = createTabs(showView);
const brush = createBrush(canvas, () => times, (from, to) => {
  Object.assign(indicators.query, { from, to });
  indicators.showTimes();
  drawTimes();
  if (tabs.current() !== 'indicators') showView(tabs.current());
});
createActions(() => model);
const intake = createIntake({ onAnswer, onAgain: forget });

/** @returns {Promise<import('./intake.js').Outcome>} */
async function onAnswer(blob) {
  const into = model;
  const isWanted = () => into === model;
  const result = await readAnswer(into, blob, { onSlice: showRows, isWanted });
  return isWanted() ? shown(result) : failed('Cancelled.');
}

function shown({ known, error, notes, keys, attributes }) {
  if (known) return { state: 'done', text: 'This capture is already loaded.' };
  if (model.captures.length === 0) return failed(sentence(error) || 'The server could not read this capture.');
  sortRows(model);
  showRows();
  requestAnimationFrame(() => setTimeout(showRest));
  const said = notes.length > 0 ? notes.join(' ') : error && `${sentence(error)} The results cover the part before that.`;
  return { state: said ? 'damaged' : 'done', text: [plural(attributes, 'indicator'), keys && keysText(keys), said].filter(Boolean).join('. '), keys };
}

function sentence(text) {
  return text && text[0].toUpperCase() + text.slice(1).replace(/\.?$/, '.');
}

function showRows() {
  if (document.body.dataset.state !== 'results') {
    document.body.dataset.state = 'results';
    tabs.show('indicators');
    byId('grid').focus({ preventScroll: true });
  }
  indicators.setDay(dayOf(model.captures));
  indicators.show();
}

// Returns the UTC day of all captures, or '' if they cover several days.
function dayOf(captures) {
  const days = new Set(captures.flatMap((c) => [c.first, c.last]).filter(Boolean).map((iso) => iso.slice(0, 10)));
  return days.size === 1 ? [...days][0] : '';
}

// Draws the parts that may follow the rows.
function showRest() {
  summarise();
  indicators.facets();
  showKept(model);
  times = span(model.rows);
  byId('timeline').hidden = times === null;
  if (times) {
    canvas.style.height = `${neededHeight(model.rows)}px`;
    brush.reset();
  }
  showView(tabs.current());
}

function summarise() {
  const names = model.captures.map((c) => c.name || 'capture');
  setText(byId('capture-summary'), `${names.length > 2 ? plural(names.length, 'capture') : names.join(', ')}: ${plural(model.packets, 'packet')}, ${bytes(model.bytes)}`);
  tabs.counts({
    indicators: model.rows.length, connections: model.connections.length, certificates: model.certificates.length, files: model.files.length,
    'left-out': model.leftOut.length + Math.max(0, model.unlisted), captures: model.captures.length,
    warninglists: model.rows.reduce((n, row) => n + (row.attribute.warninglists?.length > 0 ? 1 : 0), 0),
  });
}

function showView(id) {
  const inTime = (f) => within(indicators.query, parseTime(f.first_seen), parseTime(f.last_seen));
  switch (id) {
    case 'connections': return drawConnections(model.connections.filter(inTime), namesOfAddresses(), showHost);
    case 'certificates': return drawCertificates(model.certificates.filter(inTime), evidenceOf());
    case 'files': return drawFiles(model.files.filter(inTime), evidenceOf());
    case 'left-out': return drawLeftOut(model.leftOut, Math.max(0, model.unlisted));
    case 'warninglists': return drawWarninglists(model.rows);
    case 'captures': return drawCaptures(model);
    default: return undefined;
  }
}

function showHost(addr) {
  tabs.show('indicators');
  indicators.find(addr);
}

// Returns the names of addresses in DNS answers.
function namesOfAddresses() {
  const names = new Map();
  for (const { attribute: a } of model.rows) {
    if (a.type !== 'domain|ip') continue;
    const [name, addr] = a.value.split('|');
    if (!names.has(addr)) names.set(addr, name);
  }
  return names;
}

// Returns a function that finds the first evidence of a certificate or file: its own,
// or that of its indicator.
function evidenceOf() {
  const byValue = new Map(model.rows.map(({ attribute: a }) => [a.value, a.evidence?.[0]]));
  return (item) => item.evidence?.[0] ?? [item.sha256, item.sha1, item.md5].map((hash) => byValue.get(hash)).find(Boolean);
}

function drawTimes() {
  if (!times || byId('timeline').hidden) return;
  const { from, to } = indicators.query;
  drawTimeline(canvas, { rows: indicators.untimed(), all: model.rows, active: indicators.active(), span: times, from, to });
}

// Returns a function that runs fn once before the next frame.
function soon(fn) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      fn();
    });
  };
}

// Drops what is known of all captures.
function forget() {
  model = newModel();
  times = null;
  indicators.reset();
  indicators.show();
}

byId('start-over').addEventListener('click', () => {
  intake.clear();
  forget();
  document.body.dataset.state = 'start';
  document.body.dataset.work = 'done';
  setText(byId('capture-summary'), '');
  byId('choose').focus();
});

addEventListener('resize', debounced(100, () => {
  drawTimes();
  if (document.body.dataset.state === 'results' && tabs.current() === 'connections') showView('connections');
}));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawTimes);
