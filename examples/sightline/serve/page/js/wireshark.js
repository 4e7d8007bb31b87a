// Wireshark display filters for the packets of a finding.

/** @typedef {import('./types.js').Evidence} Evidence */
/** @typedef {import('./types.js').Flow} Flow */

/**
 * Returns the filter for the packets of one observation.
 * @param {Evidence} evidence
 */
export function packetFilter(evidence) {
  const { first, last } = evidence;
  if (first.number === last.number) return `frame.number == ${first.number}`;
  return `frame.number >= ${first.number} && frame.number <= ${last.number}` + (evidence.conn ? ' && ' + flowFilter(evidence.conn.flow) : '');
}

/**
 * Returns the filter for the first and last packets of several observations in
 * one capture.
 * @param {Evidence[]} evidence
 */
export function framesFilter(evidence) {
  const numbers = new Set(evidence.flatMap((e) => [e.first.number, e.last.number]));
  const list = [...numbers].filter((n) => n > 0).sort((a, b) => a - b);
  return list.length === 1 ? `frame.number == ${list[0]}` : `frame.number in {${list.join(', ')}}`;
}

/**
 * Returns the filter for one connection.
 * @param {Flow} flow
 */
export function flowFilter(flow) {
  const [src, dst] = [split(flow.src), split(flow.dst)];
  const terms = [addrTerm(src.addr), addrTerm(dst.addr)];
  const transport = { 6: 'tcp', 17: 'udp', 132: 'sctp' }[flow.proto];
  if (transport) terms.push(`${transport}.port == ${src.port}`, `${transport}.port == ${dst.port}`);
  return terms.join(' && ');
}

/**
 * Returns the filter for the packets between a client and a server.
 * @param {{client: string, server: string, proto: number}} conn
 */
export function talkFilter(conn) {
  const server = split(conn.server);
  const terms = [addrTerm(conn.client), addrTerm(server.addr)];
  const transport = { 6: 'tcp', 17: 'udp', 132: 'sctp' }[conn.proto];
  if (transport && server.port !== '0') terms.push(`${transport}.port == ${server.port}`);
  return terms.join(' && ');
}

function addrTerm(addr) {
  const bare = addr.replace(/%.*/, '');
  return `${bare.includes(':') ? 'ipv6' : 'ip'}.addr == ${bare}`;
}

/**
 * Splits "192.0.2.1:80" or "[2001:db8::1]:80".
 * @param {string} addrPort
 */
export function split(addrPort) {
  const i = addrPort.lastIndexOf(':');
  return { addr: addrPort.slice(0, i).replace(/^\[|\]$/g, ''), port: addrPort.slice(i + 1) };
}

/**
 * Returns IANA's name of a protocol above IP.
 * @param {number} proto
 */
export function protoName(proto) {
  const names = { 1: 'ICMP', 2: 'IGMP', 4: 'IPv4', 6: 'TCP', 17: 'UDP', 41: 'IPv6', 47: 'GRE', 50: 'ESP', 51: 'AH', 58: 'ICMPv6', 89: 'OSPF', 112: 'VRRP', 132: 'SCTP' };
  return names[proto] ?? `protocol ${proto}`;
}
