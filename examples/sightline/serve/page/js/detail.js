// The detail panel of an indicator, with its packets.

import { byId, el } from './dom.js';
import { copyButton } from './copy.js';
import { parts } from './exports.js';
import { decryptedText } from './table.js';
import { momentOf, number, plural } from './text.js';
import { ruleText, verdictHelp, verdictName } from './verdict.js';
import { flowFilter, framesFilter, packetFilter, protoName } from './wireshark.js';

/** @typedef {import('./types.js').Row} Row */

/** Shows a hint while no row is selected. */
export function clearDetail() {
  byId('detail').replaceChildren(el('p', { class: 'hint' }, 'Select an indicator to see its packets.'));
}

/**
 * Draws the panel.
 * @param {Row} row
 * @param {{captures: Object[], objects: Object[]}} model
 * @param {() => void} onClose
 */
export function drawDetail(row, model, onClose) {
  const a = row.attribute;
  byId('detail').replaceChildren(
    el('div', { class: 'detail-head' },
      el('h2', { text: a.type }),
      el('button', { type: 'button', class: 'quiet', 'aria-label': 'Close', onclick: onClose }, '×')),
    el('p', { class: 'detail-value', text: a.value }),
    el('div', { class: 'detail-copy' }, copyButton(a.value, 'the value', 'Copy value')),
    facts(a),
    ...packets(a, model),
    ...objectsOf(a, model.objects),
  );
  byId('detail').scrollTop = 0;
}

function facts(a) {
  const lists = a.warninglists ?? [];
  const rows = [
    ['Category', a.category],
    ['Verdict', verdictName(a)],
    ['Meaning', verdictHelp(a)],
    a.rule && ['Rule', ruleText(a)],
    ['Basis', a.claimed ? 'Claimed: stated by a peer' : 'Observed: seen on the wire'],
    a.decrypted > 0 && ['Decrypted', decryptedText(a)],
    lists.length > 0 && ['Warninglists', lists.join(', ')],
    ['Count', number(a.count)],
    a.first_seen && ['First seen', momentOf(a.first_seen) + ' UTC'],
    a.last_seen && ['Last seen', momentOf(a.last_seen) + ' UTC'],
    a.comment && ['Comment', a.comment],
    ['UUID', a.uuid],
  ];
  return el('dl', { class: 'facts' }, ...rows.filter(Boolean).flatMap(([name, value]) => [el('dt', {}, name), el('dd', { text: value })]));
}

function packets(a, model) {
  const evidence = a.evidence ?? [];
  if (evidence.length === 0) return [];
  const byCapture = groupBy(evidence, (e) => e.first.capture);
  return [
    el('h3', {}, evidence.length < a.count ? `Packets of the first ${evidence.length} of ${plural(a.count, 'observation')}` : 'Packets'),
    ...[...byCapture].flatMap(([index, list]) => [
      el('p', { class: 'capture-name', text: model.captures[index]?.name || `capture ${index + 1}` }),
      filter(framesFilter(list), 'the display filter for these packets'),
      el('ol', { class: 'evidence' }, ...list.map(observation)),
    ]),
    el('p', { class: 'help' }, 'Paste the filters into Wireshark’s display filter bar.'),
  ];
}

function groupBy(list, keyOf) {
  const groups = new Map();
  for (const item of list) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

function observation(e) {
  const one = e.first.number === e.last.number;
  return el('li', {},
    el('div', { class: 'evidence-line' },
      el('span', { class: 'frames' }, one ? `packet ${number(e.first.number)}` : `packets ${number(e.first.number)} to ${number(e.last.number)}`),
      el('time', {}, momentOf(e.first.time)),
      copyButton(packetFilter(e), 'the filter ' + packetFilter(e), 'Copy filter')),
    e.conn && el('div', { class: 'evidence-line conn' },
      el('span', { text: `${protoName(e.conn.flow.proto)} ${e.conn.flow.src} → ${e.conn.flow.dst}` }),
      copyButton(flowFilter(e.conn.flow), 'the filter for the connection', 'Copy filter')));
}

function filter(text, what) {
  return el('div', { class: 'filter-line' }, el('code', { text }), copyButton(text, what));
}

const mostObjects = 20;

function objectsOf(a, objects) {
  const values = new Set(parts(a));
  const holding = objects.filter((o) => o.Attribute.some((b) => values.has(b.value)));
  if (holding.length === 0) return [];
  return [
    el('h3', {}, plural(holding.length, 'MISP object') + ' with this value'),
    ...holding.slice(0, mostObjects).map(objectDetails),
    holding.length > mostObjects && el('p', { class: 'help' }, `${number(holding.length - mostObjects)} more are not listed.`),
  ].filter(Boolean);
}

function objectDetails(o) {
  const table = el('dl', { class: 'facts' }, ...o.Attribute.flatMap((b) => [el('dt', { text: b.object_relation }), el('dd', { text: b.value })]));
  return el('details', { class: 'object' },
    el('summary', {}, el('b', { text: o.name }), ' ', el('span', { text: o.comment ?? '' })), table);
}
