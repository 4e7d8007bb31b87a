// The views of observations that were left out, of warninglists, and of the captures.

import { byId, el } from './dom.js';
import { copyButton } from './copy.js';
import { keysText } from './keylogs.js';
import { list, nothing } from './list.js';
import { ruleHelp } from './rules.js';
import { bytes, duration, momentOf, number, parseTime, plural } from './text.js';

/**
 * @param {import('./types.js').LeftOut[]} leftOut
 * @param {number} unlisted the number of observations that are not listed
 */
export function drawLeftOut(leftOut, unlisted) {
  const groups = new Map();
  for (const l of leftOut) {
    if (!groups.has(l.rule)) groups.set(l.rule, []);
    groups.get(l.rule).push(l);
  }
  const ordered = [...groups].sort((a, b) => b[1].length - a[1].length);
  byId('view-left-out').replaceChildren(leftOut.length === 0 ? nothing('Nothing was left out.') : el('div', { class: 'groups' },
    el('p', { class: 'lead' }, 'Observations that are not indicators. To include local addresses and names, start over and select that option.'),
    ...ordered.map(([rule, items]) => group(rule, ruleHelp(rule), items, leftOutColumns)),
    unlisted > 0 && el('p', {}, `${number(unlisted)} more were left out and are not listed.`)));
}

const leftOutColumns = [
  { name: 'Value', value: (l) => l.value, class: 'mono' },
  { name: 'Topic', value: (l) => l.topic },
  { name: 'Count', value: (l) => l.count, show: (l) => number(l.count), class: 'number' },
];

// Returns a group, which draws its table when it is opened.
function group(title, text, items, columns, open = false) {
  const details = el('details', { class: 'group', open },
    el('summary', {}, el('b', { text: title }), el('span', { class: 'badge' }, number(items.length)), text && el('span', { class: 'group-why', text })));
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(list(title, columns, items));
  });
  return details;
}

/** @param {import('./types.js').Row[]} rows */
export function drawWarninglists(rows) {
  const groups = new Map();
  for (const row of rows) {
    for (const name of row.attribute.warninglists ?? []) {
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(row);
    }
  }
  byId('view-warninglists').replaceChildren(groups.size === 0 ? nothing('No value is on one of this server’s warninglists.') : el('div', { class: 'groups' },
    el('p', { class: 'lead' }, 'MISP’s warninglists contain values that are common, harmless or rented. A list of harmless values or public services clears a value of detection; one that says where something is hosted does not. You decide what to keep.'),
    ...[...groups].map(([name, items]) => group(name, '', items, warnedColumns, groups.size <= 3))));
}

const warnedColumns = [
  { name: 'Value', value: (row) => row.attribute.value, class: 'mono' },
  { name: 'Type', value: (row) => row.attribute.type },
  { name: 'Count', value: (row) => row.attribute.count, show: (row) => number(row.attribute.count), class: 'number' },
  { name: 'Kept', value: (row) => (row.kept ? 'kept' : 'not kept') },
];

/**
 * Draws the captures, and lists what was not analysed.
 * @param {{captures: import('./types.js').Capture[], unseen: Object, beyond: Object<string, number>}} model
 */
export function drawCaptures(model) {
  const unseen = [...unseenLines(model.unseen), ...beyondLines(model.beyond)];
  byId('view-captures').replaceChildren(el('div', { class: 'groups' },
    ...model.captures.map(captureCard),
    el('h2', {}, 'Not analysed'),
    unseen.length > 0 ? el('ul', { class: 'unseen' }, ...unseen.map((text) => el('li', { text }))) : el('p', {}, 'Nothing: all packets were analysed.')));
}

function captureCard(c) {
  const length = parseTime(c.last) - parseTime(c.first);
  const rows = [
    c.size && ['Size', bytes(c.size)],
    ['Packets', `${number(c.packets)}, ${bytes(c.bytes)} captured`],
    c.first && ['Times', `${momentOf(c.first)} to ${momentOf(c.last)} UTC (${duration(length)})`],
    c.keys && ['Keys', keysText(c.keys)],
    c.format && ['Format', [c.format, c.link_type].filter(Boolean).join(', ')],
  ].filter(Boolean);
  return el('section', { class: 'card' }, el('h3', { text: c.name || 'capture' }),
    ...(c.notes.length > 0 ? c.notes : [c.error && `Damaged: ${c.error}. The results cover the part before that.`]).filter(Boolean).map((text) => el('p', { class: 'problem', text })),
    el('dl', { class: 'facts' }, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', { text: value })]),
      ...(c.sha256 ? [el('dt', {}, 'SHA-256'), el('dd', { class: 'mono' }, c.sha256 + ' ', copyButton(c.sha256, 'the SHA-256'))] : [])));
}

function beyondLines(beyond) {
  return Object.entries(beyond).filter(([, n]) => n > 0).map(([kind, n]) => `${number(n)} ${kind} beyond the limits of the server`);
}

function unseenLines(u) {
  const s = u.stream ?? {};
  const lines = [
    [u.skipped, 'packet', 'not decoded because reading was stopped'],
    [u.cut, 'packet', 'truncated in the capture (snapshot length)'],
    [u.untimed, 'packet', 'without a time'],
    [(u.early ?? 0) + (u.backwards ?? 0), 'packet', `up to ${duration((u.step_ns ?? 0) / 1e6)} earlier than previous ones: times are that precise`],
    [u.too_long, 'value', 'too long to keep'],
    [(u.parted ?? 0) + (u.crowded ?? 0) + (s.Parted ?? 0), 'connection', 'closed early because too many were open'],
    [u.severed, 'pair', 'of addresses whose conversations were ended between two runs because their packets exceed the limit of the state'],
    [u.repeated, 'packet', 'in two captures, counted once'],
    [u.unpaired, 'message', 'recorded without reply, attachments or end (TLS hellos, mails, logins)'],
    [s.Missing, 'byte', 'of TCP connections missing from the capture'],
    [s.Stray, 'byte', 'outside of their connection’s sequence numbers'],
    [s.Conflicts, 'segment', 'overlapping others with different content'],
    [s.Incomplete, 'message', 'truncated'],
    [s.TooLong, 'message', 'too long to decode'],
    [s.Malformed, 'message', 'inside HTTP or WebSocket that could not be decoded'],
    [s.TooMany, 'part', 'of mails, forms or calls beyond the limit'],
    [s.TooCostly, 'compressed file', 'expanding too much to be decoded'],
    [s.Invalid, 'element', 'of HTTP/2 and HTTP/3 left out as invalid (header fields, frames)'],
    [s.Unknown, 'header field', 'of HTTP/2 and HTTP/3 left out, referring to others not captured'],
    [s.Disputed, 'request', 'of HTTP/2 and HTTP/3 naming two different hosts'],
    [s.Schemes, 'request', 'of HTTP/2 and HTTP/3 naming another scheme than that of their connection'],
    [s.Migrated, 'QUIC packet', 'of known connections between other addresses, not decrypted'],
    [s.Unauthentic, 'encrypted record', 'that could not be decrypted with the known secrets'],
    [s.Undecrypted, 'encrypted connection', 'with known secrets and an unsupported version, cipher suite or compression'],
    [u.late_secrets, 'block', 'of TLS secrets after packets, which was not used'],
    [(s.TooDeep ?? 0) + (s.Defrag?.TooDeep ?? 0), 'message', 'nested too deeply'],
    [s.Evicted, 'connection', 'evicted at the memory limit'],
    [s.Unmet, 'data connection', 'announced by FTP but not captured'],
    [s.Defrag?.Incomplete, 'datagram', 'with missing fragments'],
    [s.Defrag?.Evicted, 'datagram', 'evicted at the memory limit'],
    [s.Defrag?.Dropped, 'datagram', 'dropped because of overlapping fragments'],
    [s.Defrag?.Cut, 'fragment', 'truncated in the capture'],
    [s.Defrag?.Malformed, 'fragment', 'dropped as malformed'],
  ].filter(([n]) => n > 0).map(([n, noun, what]) => `${plural(n, noun)} ${what}`);
  for (const [layer, n] of Object.entries(u.damaged ?? {})) lines.push(`${plural(n, 'packet')} malformed or truncated at ${layer}`);
  for (const [link, n] of Object.entries(u.link_types ?? {})) lines.push(`${plural(n, 'packet')} of link type ${link}, which is not supported`);
  return lines;
}
