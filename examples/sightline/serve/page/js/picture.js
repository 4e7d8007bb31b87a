// Draws the connections as SVG.

import { el, svg } from './dom.js';
import { layout } from './graph.js';
import { bytes, number, plural, visible } from './text.js';

/** @typedef {import('./types.js').Connection} Connection */

const margin = 28;
const labelRoom = 150; // for the edges' labels, before the servers

/**
 * Returns the diagram.
 * @param {Connection[]} connections
 * @param {Map<string, string>} names of addresses
 * @param {number} width in pixels
 * @param {(addr: string) => void} onHost is called when a host is chosen
 */
export function picture(connections, names, width, onHost) {
  const g = layout(connections);
  const box = Math.min(230, Math.max(112, width * 0.24));
  const labelled = width >= 560;
  const x = { client: 1, server: width - box - 1 };
  const end = x.server - (labelled ? labelRoom : 0);
  const height = g.height + margin + 4;
  const most = Math.max(1, ...g.edges.map((e) => e.bytes));
  const root = svg('svg', {
    class: 'picture', width, height, viewBox: `0 0 ${width} ${height}`, role: 'img',
    'aria-label': `Connections: ${plural(g.nodes.length, 'host')}, ${plural(g.edges.length, 'connection')}. The table below lists them.`,
  });
  const edges = svg('g', {}, ...g.edges.map((e) => drawEdge(e, x.client + box, end, thickness(e.bytes, most))));
  const labels = labelled ? g.edges.map((e) => drawLabel(e, end)) : [];
  const nodes = g.nodes.map((n) => drawNode(n, x[n.side], box, names.get(n.addr), onHost));
  root.append(
    svg('text', { class: 'column', x: x.client, y: 14 }, 'Clients'),
    svg('text', { class: 'column', x: x.server, y: 14 }, 'Servers'),
    svg('g', { transform: `translate(0 ${margin})` }, edges, ...labels, ...nodes));
  highlight(root, g);
  const said = [
    g.hostsLeftOut > 0 && `${plural(g.hostsLeftOut, 'host')} with less traffic not drawn.`,
    g.edgesLeftOut > 0 && `${plural(g.edgesLeftOut, 'connection')} not drawn; the table lists all.`,
  ].filter(Boolean).join(' ');
  return el('figure', { class: 'figure' }, root, el('figcaption', {}, 'The width of a line grows with the logarithm of its bytes. ' + said));
}

function thickness(n, most) {
  return 1 + 9 * (Math.log1p(n) / Math.log1p(most)) ** 2;
}

function drawEdge(e, x1, x2, width) {
  const bend = (x2 - x1) * 0.42;
  const path = svg('path', {
    class: 'edge', d: `M${x1} ${e.y1}C${x1 + bend} ${e.y1} ${x2 - bend} ${e.y2} ${x2} ${e.y2}`, 'stroke-width': width.toFixed(2),
  }, svg('title', { text: `${e.client.addr} → ${e.conn.server} ${e.label}: ${bytes(e.conn.sent.bytes)} sent, ${bytes(e.conn.received.bytes)} received` }));
  e.path = path;
  return path;
}

function drawLabel(e, x) {
  const times = cut(e.label, 14) + (e.conn.count > 1 ? ` ×${number(e.conn.count)}` : '');
  e.text = svg('text', { class: 'edge-label', x: x + 8, y: e.y2 + 4 }, `${times}, ${bytes(e.bytes)}`);
  return e.text;
}

function drawNode(n, x, box, name, onHost) {
  const room = Math.floor(box / 7) - 2;
  const y = n.y + n.height / 2;
  n.group = svg('g', { class: 'host ' + n.side, onclick: () => onHost(n.addr) },
    svg('title', { text: [n.addr, name, bytes(n.bytes), 'Show its indicators'].filter(Boolean).join('\n') }),
    svg('rect', { x, y: n.y, width: box, height: n.height, rx: 4 }),
    svg('text', { class: 'addr', x: x + 9, y: name ? y - 3 : y + 4, text: cut(n.addr, room) }),
    name && svg('text', { class: 'name', x: x + 9, y: y + 12, text: cut(name, room) }));
  return n.group;
}

function cut(s, n) {
  const shown = visible(s);
  return shown.length <= n ? shown : shown.slice(0, n - 1) + '…';
}

// Highlights the host under the pointer with its peers.
function highlight(root, g) {
  for (const n of g.nodes) {
    const show = (on) => {
      root.classList.toggle('some', on);
      n.group.classList.toggle('on', on);
      for (const e of n.edges) {
        for (const node of [e.path, e.text, e.client.group, e.server.group]) node?.classList.toggle('on', on);
      }
    };
    n.group.addEventListener('pointerenter', () => show(true));
    n.group.addEventListener('pointerleave', () => show(false));
  }
}
