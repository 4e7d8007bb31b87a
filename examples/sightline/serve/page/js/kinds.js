// The kinds of attribute types, for colours and for the timeline.

export const kinds = ['URL', 'Name', 'Address', 'File', 'Certificate', 'Fingerprint', 'Mail', 'Other'];

/**
 * Returns the kind of a MISP attribute type.
 * @param {string} type
 */
export function kindOf(type) {
  let kind = known.get(type);
  if (!kind) known.set(type, (kind = find(type)));
  return kind;
}

const known = new Map();

function find(type) {
  if (type.startsWith('x509')) return 'Certificate';
  if (/^(ja3|ja4|jarm|hassh|ssh-)/.test(type)) return 'Fingerprint';
  if (type.startsWith('email')) return 'Mail';
  if (/^(ur[il]|link|http-method)$/.test(type)) return 'URL';
  if (/^(hostname|domain)/.test(type)) return 'Name';
  if (/^(ip-|AS$|mac-|port)/.test(type)) return 'Address';
  if (/^(md5|sha|filename|malware|attachment|size-|mime|ssdeep|imphash|tlsh)/.test(type)) return 'File';
  return 'Other';
}
