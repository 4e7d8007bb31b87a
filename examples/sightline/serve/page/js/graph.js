// The layout of the diagram of connections: clients on the left, servers on the right.
// It is deterministic.

import { protoName, split } from './wireshark.js';

/** @typedef {import('./types.js').Connection} Connection */
/**
 * @typedef {{addr: string, side: 'client'|'server', bytes: number, edges: Edge[], y: number, height: number}} Node
 * @typedef {{client: Node, server: Node, label: string, bytes: number, conn: Connection, y1: number, y2: number}} Edge
 */

const mostHosts = 60;
const mostEdges = 160;
const gap = 8;

/**
 * Lays out the hosts that exchanged the most bytes.
 * @param {Connection[]} connections
 * @returns {{nodes: Node[], edges: Edge[], height: number, hostsLeftOut: number, edgesLeftOut: number}}
 */
export function layout(connections) {
  const byBytes = connections.map((conn) => ({ conn, bytes: conn.sent.bytes + conn.received.bytes }))
    .sort((a, b) => b.bytes - a.bytes || compare(a.conn.client, b.conn.client) || compare(a.conn.server, b.conn.server) || a.conn.proto - b.conn.proto);
  const nodes = new Map();
  const edges = [];
  const unseen = new Set();
  for (const { conn, bytes } of byBytes) {
    const ends = [['client', conn.client], ['server', split(conn.server).addr]];
    const added = ends.filter(([side, addr]) => !nodes.has(side + addr));
    if (nodes.size + added.length > mostHosts || edges.length >= mostEdges) {
      added.forEach(([side, addr]) => unseen.add(side + addr));
      continue;
    }
    const [client, server] = ends.map(([side, addr]) => nodeOf(nodes, side, addr));
    const edge = { client, server, label: labelOf(conn), bytes, conn, y1: 0, y2: 0 };
    edges.push(edge);
    for (const node of [client, server]) {
      node.edges.push(edge);
      node.bytes += bytes;
    }
  }
  const drawn = [...nodes.values()];
  const height = place(drawn);
  return { nodes: drawn, edges, height, hostsLeftOut: [...unseen].filter((key) => !nodes.has(key)).length, edgesLeftOut: connections.length - edges.length };
}

function compare(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

function nodeOf(nodes, side, addr) {
  let node = nodes.get(side + addr);
  if (!node) nodes.set(side + addr, (node = { addr, side, bytes: 0, edges: [], y: 0, height: 0 }));
  return node;
}

function labelOf(conn) {
  const { port } = split(conn.server);
  const name = conn.protos?.length > 0 ? conn.protos.join(', ') : protoName(conn.proto);
  return port === '0' ? name : `${name} :${port}`;
}

// Positions the nodes of both columns near the average of their peers, to avoid
// crossings, then the ends of each node's edges in the order of their other ends.
function place(nodes) {
  const columns = ['client', 'server'].map((side) => nodes.filter((n) => n.side === side).sort((a, b) => b.bytes - a.bytes || compare(a.addr, b.addr)));
  for (const node of nodes) node.height = Math.max(34, node.edges.length * (node.side === 'server' ? 17 : 7) + 8);
  const heights = columns.map(stack);
  for (let round = 0; round < 6; round++) {
    const column = columns[(round + 1) % 2];
    const other = round % 2 === 0 ? 'client' : 'server';
    const middle = new Map(column.map((n) => [n, mean(n.edges.map((e) => centre(e[other])))]));
    column.sort((a, b) => middle.get(a) - middle.get(b) || b.bytes - a.bytes || compare(a.addr, b.addr));
    stack(column);
  }
  const height = Math.max(...heights, 0);
  columns.forEach((column, i) => column.forEach((n) => { n.y += (height - heights[i]) / 2; }));
  nodes.forEach(spreadEdges);
  return height;
}

function stack(column) {
  let y = 0;
  for (const node of column) {
    node.y = y;
    y += node.height + gap;
  }
  return Math.max(0, y - gap);
}

function centre(node) {
  return node.y + node.height / 2;
}

function mean(numbers) {
  return numbers.reduce((a, b) => a + b, 0) / Math.max(1, numbers.length);
}

function spreadEdges(node) {
  const [other, end] = node.side === 'client' ? ['server', 'y1'] : ['client', 'y2'];
  node.edges.sort((a, b) => centre(a[other]) - centre(b[other]) || b.bytes - a.bytes);
  node.edges.forEach((edge, i) => { edge[end] = node.y + (node.height * (i + 0.5)) / node.edges.length; });
}
