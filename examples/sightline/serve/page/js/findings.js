// The views of connections, certificates and files.

import { byId, el } from './dom.js';
import { copyButton } from './copy.js';
import { list, nothing } from './list.js';
import { picture } from './picture.js';
import { bytes, momentOf, number } from './text.js';
import { packetFilter, protoName, talkFilter } from './wireshark.js';

/**
 * Draws the connections as a diagram and as a table.
 * @param {import('./types.js').Connection[]} connections
 * @param {Map<string, string>} names of addresses
 * @param {(addr: string) => void} onHost
 */
export function drawConnections(connections, names, onHost) {
  const view = byId('view-connections');
  if (connections.length === 0) {
    view.replaceChildren(nothing('No connections in this time range.'));
    return;
  }
  const total = (c) => c.sent.bytes + c.received.bytes;
  const columns = [
    { name: 'Client', value: (c) => c.client, class: 'mono' },
    { name: 'Server', value: (c) => c.server, class: 'mono', show: (c) => hostButton(c, onHost) },
    { name: 'Protocol', value: protocols },
    { name: 'Count', value: (c) => c.count, show: (c) => number(c.count), class: 'number' },
    { name: 'Sent', value: (c) => c.sent.bytes, show: (c) => bytes(c.sent.bytes), class: 'number' },
    { name: 'Received', value: (c) => c.received.bytes, show: (c) => bytes(c.received.bytes), class: 'number' },
    { name: 'Bytes', value: total, show: (c) => bytes(total(c)), class: 'number' },
    { name: 'First seen', value: (c) => c.first_seen, show: (c) => momentOf(c.first_seen), class: 'time' },
    { name: 'Last seen', value: (c) => c.last_seen, show: (c) => momentOf(c.last_seen), class: 'time' },
    { name: 'Beacon', value: (c) => (c.beacon ?? '').replace('beacon ', '') },
    { name: 'Ended', value: ends },
    { name: 'Filter', value: talkFilter, show: (c) => copyButton(talkFilter(c), 'the filter ' + talkFilter(c)) },
  ];
  const width = Math.max(320, view.clientWidth - 34);
  view.replaceChildren(picture(connections, names, width, onHost), list('Connections', columns, connections, { by: 6, descending: true }));
}

function protocols(c) {
  const below = protoName(c.proto);
  return c.protos?.length > 0 ? `${below} ${c.protos.join(', ')}` : below;
}

function ends(c) {
  return Object.entries(c.ended ?? {}).map(([how, n]) => (n === 1 ? how : `${number(n)} ${how}`)).join(', ');
}

function hostButton(c, onHost) {
  const addr = c.server.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  const shown = c.server.endsWith(':0') ? addr : c.server;
  return el('button', { type: 'button', class: 'link', title: 'Show its indicators', onclick: () => onHost(addr), text: shown });
}

/**
 * @param {import('./types.js').Certificate[]} certificates
 * @param {(item: Object) => import('./types.js').Evidence|undefined} shownBy
 */
export function drawCertificates(certificates, shownBy) {
  const columns = [
    { name: 'Subject', value: (c) => c.subject ?? '', show: (c) => subject(c) },
    { name: 'Issuer', value: (c) => c.issuer ?? '' },
    { name: 'Names', value: (c) => (c.names ?? []).join(', '), class: 'mono' },
    { name: 'Valid', value: (c) => c.not_before ?? '', show: (c) => (c.not_before ? `${day(c.not_before)} to ${day(c.not_after)}` : ''), class: 'time' },
    { name: 'Key', value: (c) => [c.key_type, c.key_bits].filter(Boolean).join(' ') },
    { name: 'Fingerprint', value: (c) => c.sha256, show: hashes, class: 'mono' },
    { name: 'Count', value: (c) => c.count, show: (c) => number(c.count), class: 'number' },
    { name: 'Packets', value: (c) => shownBy(c)?.first.number, show: (c) => packetsOf(shownBy(c)), class: 'number' },
  ];
  byId('view-certificates').replaceChildren(certificates.length > 0 ? list('Certificates', columns, certificates, { by: 0 })
    : nothing('No certificates. TLS 1.3 encrypts them; see the server names and fingerprints instead.'));
}

function day(iso) {
  return (iso ?? '').slice(0, 10);
}

function subject(c) {
  return el('div', {}, el('div', { text: c.unparsed ? `not parsed: ${c.unparsed}` : c.subject || 'no subject' }),
    c.self_signed && el('span', { class: 'mark' }, 'self-signed'), c.ca && el('span', { class: 'mark' }, 'CA'));
}

function hashes(item) {
  const known = ['sha256', 'sha1', 'md5'].filter((h) => item[h]);
  return el('div', { class: 'hashes' }, ...known.map((h) => el('div', { class: 'hash' }, el('small', {}, h.toUpperCase()), el('span', { text: item[h], title: item[h] }), copyButton(item[h], h.toUpperCase()))));
}

/**
 * @param {import('./types.js').File[]} files
 * @param {(item: Object) => import('./types.js').Evidence|undefined} shownBy
 */
export function drawFiles(files, shownBy) {
  const columns = [
    { name: 'Name', value: (f) => f.name ?? '', class: 'mono', show: (f) => f.name || '(no name)' },
    { name: 'Type', value: (f) => f.sniffed || f.type || '', show: mediaType },
    { name: 'Size', value: (f) => f.size, show: (f) => bytes(f.size), class: 'number' },
    { name: 'State', value: (f) => f.state, show: stateOf },
    { name: 'From', value: (f) => f.url || f.server, class: 'mono', show: (f) => f.url || `${f.from_client ? f.client : f.server} (${f.proto})` },
    { name: 'Hashes', value: (f) => f.sha256 ?? '', show: (f) => (f.sha256 || f.md5 || f.sha1 ? hashes(f) : 'none'), class: 'mono' },
    { name: 'Count', value: (f) => f.count, show: (f) => number(f.count), class: 'number' },
    { name: 'Packets', value: (f) => shownBy(f)?.first.number, show: (f) => packetsOf(shownBy(f)), class: 'number' },
  ];
  byId('view-files').replaceChildren(files.length > 0 ? list('Files', columns, files, { by: 2, descending: true })
    : nothing('No files in clear text or in decrypted traffic.'));
}

function stateOf(f) {
  return el('div', {}, f.state, ' ', f.decrypted > 0 && el('span', { class: 'mark decrypted' }, 'decrypted'));
}

function mediaType(f) {
  if (!f.sniffed || f.sniffed === f.type) return f.type || f.sniffed || '';
  return el('div', {}, el('div', { text: f.sniffed }), f.type && el('small', { text: `declared as ${f.type}` }));
}

function packetsOf(e) {
  if (!e) return '';
  const shown = e.first.number === e.last.number ? number(e.first.number) : `${number(e.first.number)}–${number(e.last.number)}`;
  return el('span', { class: 'packets' }, shown, ' ', copyButton(packetFilter(e), 'the filter ' + packetFilter(e)));
}
