// What the rules mean that decide on values, by their names.

const texts = {
  // Local networks.
  'address in an -internal network': 'You named this network as your own before analysing.',
  'private address': 'It means something only inside the network where the capture was made (RFC 1918, RFC 4193).',
  'carrier-grade NAT address': 'It is used between a provider and its customers (RFC 6598).',
  'loopback address': 'It is the host itself.',
  'link-local address': 'It means something only on one link (RFC 3927, RFC 4291).',
  'multicast address': 'It stands for a group, not for a host.',
  'broadcast address': 'It stands for all hosts of a network.',
  'unspecified address': 'It stands for no address.',
  'MAC address': 'It means something only on the network where the capture was made.',
  'single-label name': 'A name without a dot is resolved inside one network only.',
  '.local name': 'It is resolved inside one network only (RFC 6762).',
  '.localhost name': 'It is the host itself (RFC 6761).',
  '.arpa name': 'It is the name of an address, or of infrastructure.',
  'WPAD name': 'Systems look up the proxy of their network under this name.',

  // Values of little use alone, and limits.
  'name server or reverse DNS name': 'It is part of how names are resolved, not of what was visited.',
  'issuer certificate': 'Many servers share an issuer; the certificate of the server itself is listed.',
  'ordinary web content': 'Pages, styles and images that every visit loads.',
  'file without a hash': 'The file is incomplete, so its hash would be wrong.',
  'common port': 'A well-known port alone is not an indicator.',
  'FTP data port': 'The port was chosen for a single transfer.',
  'unanswered or refused connection': 'The server sent no data.',
  'IP address as host name': 'The address is listed as a host.',
  'host that ends in a number': 'Such a host is an address or invalid, not a name.',
  'not a full URL': 'It has no scheme or no host, such as the target of CONNECT, and would match requests to any server. The host is listed as a host name.',
  'object-only value': 'It is part of an object, not a separate attribute.',
  'no MISP type for it': 'MISP has no attribute type for it.',
  'event size limit reached': 'The first values of each type, by weight, are listed.',
  'warninglist match': 'A warninglist calls it harmless or a public service.',
  'decrypted': 'It was seen only in what was decrypted with known secrets.',
  'value rejected by MISP': 'A MISP server would drop it without an error.',

  // What every network has, and what nobody used.
  'DNS resolver': 'It only answered recursive queries, for several registered domains.',
  'time server': 'It only told the time (NTP).',
  'service of the network': 'It only served its network, which offered it by DHCP or a router advertisement.',
  'certificate check': 'It only gave certificates, revocation lists or OCSP responses.',
  'one of many names of a domain': 'Clients queried many names of this registered domain without using them; the domain is listed instead.',
  'one of many mail servers': 'A client contacted many mail servers and sent this one nothing but mail, as a spam bot does.',
  'sweep': 'It did not answer, and the client contacted many others in vain.',
  'DNS record nobody asked for': 'It came with an answer, but no query led to it.',

  // Context.
  'well-known service': 'Systems and programs contact it without their user.',
  'shared service': 'Anybody can publish there, or everybody contacts it; its URLs are judged one by one.',
  'domain of the network': 'Clients look for the controllers of this domain, so it is their own.',
  'client of the network': 'A DNS resolver answered it, so it is of the network where the capture was made.',
  'server of the network': 'Only clients outside requested it, of a server inside.',
  'alias': 'Nobody asked for this name: a CNAME, MX or SRV record leads to it.',
  'likely certificate check': 'It gave content that is declared to be for certificate checks and looks like it.',
  'not contacted': 'DNS resolved it, but nobody contacted the address.',
  'DNS resolver of one domain': 'It only answered recursive queries, for a few names of one domain.',
  'address without an answer': 'A name led to it, but it did not answer.',
  'no data': 'The capture has only the last packets of its connections.',
  'upload': 'The file left the network.',
  'trifling content': 'So little content is the same in many places.',
  'flawed content': 'The file is compressed in an unsupported way, damaged, or ended early, so the hash may not be that of the whole file.',
  'recipient': 'It is a recipient of mail, or describes mail that was sent.',
  'sender of mass mail': 'A client that contacted many mail servers sent mail in this name.',
  'client fingerprint': 'Many programs may share it.',
  'only on well-known hosts': 'Only hosts that are context or left out presented it.',

  // For detection.
  'malicious content': 'A program, a script, or a document that may contain one, whatever its name; or a URL that gave one.',
  'domain of many queried names': 'Clients queried many names of this domain, as malware does that hides data in them.',
  'downloaded file': 'A host of the capture received this file.',
  'URL of a downloaded file': 'It gave a file that is more than a part of a page.',
  'requested URL': 'A client requested it.',
  'contacted name': 'A client sent this name to a server, or contacted its address.',
  'contacted address': 'Hosts of the capture exchanged data with it.',
  'certificate of a contacted server': 'A contacted server presented it.',
  'queried name': 'A client looked up this name.',
  'observed': 'It is in the capture, and no other rule applies.',
};

/**
 * Returns what a rule means, or '' for an unknown one.
 * @param {string} [rule]
 */
export function ruleHelp(rule) {
  return Object.hasOwn(texts, rule ?? '') ? texts[rule] : '';
}
