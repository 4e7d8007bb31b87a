// The views of what is not an indicator, or a doubtful one, and why; and of the
// captures themselves.

import { byId, el } from './dom.js';
import { copyButton } from './copy.js';
import { list, nothing } from './list.js';
import { bytes, duration, momentOf, number, parseTime, plural } from './text.js';

// What the names of extract's rules mean, as far as they do not say it all.
const why = {
  'address of an own network': 'You named this network as your own before analysing.',
  'private address': 'It means something only inside the network where the capture was made (RFC 1918, RFC 4193).',
  'link-local address': 'It means something only on one link (RFC 3927, RFC 4291).',
  'multicast address': 'It stands for a group, not for a host.',
  'broadcast address': 'It stands for all hosts of a network.',
  'loopback address': 'It is the host itself.',
  'unspecified address': 'It stands for no address.',
  '.local name': 'It is resolved by multicast on one link (RFC 6762).',
  '.localhost name': 'It is the host itself (RFC 6761).',
  '.arpa name': 'It is the name of an address, or of infrastructure.',
  'shared address': 'It is used between a provider and its customers (RFC 6598).',
  'hardware address': 'It means something only on the network where the capture was made.',
  'single-label name': 'A name without a dot is resolved inside one network only.',
  'name server, or name of an address': 'It is part of how names are resolved, not of what was visited.',
  'certificate of an issuer': 'Many servers share an issuer; the certificate of the server itself is listed.',
  'ordinary content of the web': 'Pages, styles and pictures that every visit brings along.',
  'file without a hash': 'The hash of half a file is wrong, and is not made.',
  'common port': 'A well-known port tells nothing by itself.',
  'connection without an answer': 'Nothing came back, so nobody was reached.',
  'CONNECT, which names no URL': 'A proxy was asked for a host; that is listed as a host name.',
  'part of an object': 'It goes into the event inside an object.',
  'of no type in MISP': 'MISP has no attribute type for it.',
  'beyond the bound of the event': 'There was no room for it; the most telling ones of each type are listed.',
  'on a warninglist': 'It is known to be common or harmless.',
  'value that MISP refuses': 'A MISP server would drop it without a word.',
};

/**
 * @param {import('./types.js').LeftOut[]} leftOut
 * @param {number} unlisted how many more there are
 */
export function drawLeftOut(leftOut, unlisted) {
  const groups = new Map();
  for (const l of leftOut) {
    if (!groups.has(l.rule)) groups.set(l.rule, []);
    groups.get(l.rule).push(l);
  }
  const ordered = [...groups].sort((a, b) => b[1].length - a[1].length);
  byId('view-left-out').replaceChildren(leftOut.length === 0 ? nothing('Nothing was left out.') : el('div', { class: 'groups' },
    el('p', { class: 'lead' }, 'Observed, but not among the indicators. Rules about local networks are lifted by including private addresses before analysing.'),
    ...ordered.map(([rule, items]) => group(rule, why[rule] ?? '', items, leftOutColumns)),
    unlisted > 0 && el('p', {}, `${number(unlisted)} more were left out, and are not listed.`)));
}

const leftOutColumns = [
  { name: 'Value', value: (l) => l.value, class: 'mono' },
  { name: 'Topic', value: (l) => l.topic },
  { name: 'Count', value: (l) => l.count, show: (l) => number(l.count), class: 'number' },
];

// A group draws its table when it is opened.
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
  byId('view-warninglists').replaceChildren(groups.size === 0 ? nothing('No value is on a warninglist of this server.') : el('div', { class: 'groups' },
    el('p', { class: 'lead' }, 'MISP’s warninglists hold values that are known to be common or harmless. What is on one is not marked for detection; whether it goes along is up to you.'),
    ...[...groups].map(([name, items]) => group(name, '', items, warnedColumns, groups.size <= 3))));
}

const warnedColumns = [
  { name: 'Value', value: (row) => row.attribute.value, class: 'mono' },
  { name: 'Type', value: (row) => row.attribute.type },
  { name: 'Count', value: (row) => row.attribute.count, show: (row) => number(row.attribute.count), class: 'number' },
  { name: 'Kept', value: (row) => (row.kept ? 'kept' : 'not kept') },
];

/**
 * Draws the captures, and what could not be seen in them.
 * @param {{captures: import('./types.js').Capture[], unseen: Object, beyond: Object<string, number>}} model
 */
export function drawCaptures(model) {
  const unseen = [...unseenLines(model.unseen), ...beyondLines(model.beyond)];
  byId('view-captures').replaceChildren(el('div', { class: 'groups' },
    ...model.captures.map(captureCard),
    el('h2', {}, 'What could not be seen'),
    unseen.length > 0 ? el('ul', { class: 'unseen' }, ...unseen.map((text) => el('li', { text }))) : el('p', {}, 'Nothing: all packets could be looked at.')));
}

function captureCard(c) {
  const length = parseTime(c.last) - parseTime(c.first);
  const rows = [
    c.size && ['Size', bytes(c.size)],
    ['Packets', `${number(c.packets)}, ${bytes(c.bytes)} captured`],
    c.first && ['Times', `${momentOf(c.first)} to ${momentOf(c.last)} UTC (${duration(length)})`],
    c.format && ['Format', [c.format, c.link_type].filter(Boolean).join(', ')],
  ].filter(Boolean);
  return el('section', { class: 'card' }, el('h3', { text: c.name || 'capture' }),
    ...(c.notes.length > 0 ? c.notes : [c.error && `Damaged: ${c.error}. What came before that is listed.`]).filter(Boolean).map((text) => el('p', { class: 'problem', text })),
    el('dl', { class: 'facts' }, ...rows.flatMap(([name, value]) => [el('dt', {}, name), el('dd', { text: value })]),
      ...(c.sha256 ? [el('dt', {}, 'SHA-256'), el('dd', { class: 'mono' }, c.sha256 + ' ', copyButton(c.sha256, 'the SHA-256'))] : [])));
}

function beyondLines(beyond) {
  return Object.entries(beyond).filter(([, n]) => n > 0).map(([kind, n]) => `${number(n)} ${kind} beyond the bounds of the server`);
}

function unseenLines(u) {
  const s = u.stream ?? {};
  const lines = [
    [u.cut, 'packet', 'shorter in the capture than on the wire (snap length)'],
    [u.untimed, 'packet', 'without a time'],
    [u.backwards, 'packet', 'earlier than the one before: times are doubtful'],
    [u.too_long, 'value', 'too long to keep'],
    [u.parted, 'connection', 'taken for ended, as too many were open'],
    [u.unpaired, 'TLS hello', 'whose answer was not waited for'],
    [s.Missing, 'byte', 'of connections missing in the capture'],
    [s.Stray, 'byte', 'outside of their connection’s sequence'],
    [s.Conflicts, 'segment', 'sent again with another content'],
    [s.Incomplete, 'message', 'whose rest never came'],
    [s.TooLong, 'message', 'too long to look at'],
    [s.TooDeep, 'message', 'nested too deep'],
    [s.Evicted, 'connection', 'given up, as memory is bounded'],
    [s.Unmet, 'data connection', 'announced by FTP and not in the capture'],
    [s.Defrag?.Incomplete, 'datagram', 'with fragments missing'],
    [s.Defrag?.Evicted, 'datagram', 'given up, as memory is bounded'],
    [s.Defrag?.Malformed, 'fragment', 'that contradicts itself'],
  ].filter(([n]) => n > 0).map(([n, noun, what]) => `${plural(n, noun)} ${what}`);
  for (const [layer, n] of Object.entries(u.damaged ?? {})) lines.push(`${plural(n, 'packet')} whose decoding stopped at ${layer}`);
  for (const [link, n] of Object.entries(u.link_types ?? {})) lines.push(`${plural(n, 'packet')} of link type ${link}, which is not decoded`);
  return lines;
}
