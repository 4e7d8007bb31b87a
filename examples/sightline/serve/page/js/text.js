// Formats texts, numbers and times.

// Characters that are invisible or change how other text appears: C0 and C1 controls,
// soft hyphen, bidi and zero-width characters, separators, tags, lone surrogates.
const hidden = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}\u{d800}-\u{dfff}]/gu;

/**
 * Returns s with invisible characters escaped, as in \u202e.
 * @param {string} s
 */
export function visible(s) {
  return String(s ?? '').replace(hidden, (c) => {
    const hex = c.codePointAt(0).toString(16);
    return hex.length > 4 ? `\\u{${hex}}` : '\\u' + hex.padStart(4, '0');
  });
}

/**
 * Returns s as text that MISP stores unchanged in comments and titles: on one line,
 * without four-byte UTF-8 characters, with limited length.
 * @param {string} s
 */
export function mispText(s) {
  return s.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').replace(/[\u{10000}-\u{10ffff}\u{d800}-\u{dfff}]/gu, '\ufffd').slice(0, 4096);
}

const grouped = new Intl.NumberFormat('en');

/** @param {number} n */
export function number(n) {
  return grouped.format(n ?? 0);
}

/**
 * @param {number} n
 * @param {string} one the noun
 * @param {string} [many]
 */
export function plural(n, one, many = one + 's') {
  return `${number(n)} ${n === 1 ? one : many}`;
}

/** @param {number} n */
export function bytes(n) {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let i = 0;
  while (n >= 999.5 && i < units.length - 1) {
    n /= 1000;
    i++;
  }
  return `${i === 0 || n >= 99.95 ? Math.round(n) : n.toFixed(1)} ${units[i]}`;
}

/**
 * Returns milliseconds since 1970, or NaN.
 * @param {string|undefined} iso
 */
export function parseTime(iso) {
  return iso ? Date.parse(iso) : NaN;
}

/**
 * Returns a time in UTC, as "2026-11-25 03:20:17.764".
 * @param {number} ms
 */
export function moment(ms) {
  return Number.isFinite(ms) ? new Date(ms).toISOString().replace('T', ' ').replace('Z', '') : '';
}

/** @param {string|undefined} iso */
export function momentOf(iso) {
  return moment(parseTime(iso));
}

/**
 * Formats a duration.
 * @param {number} ms
 */
export function duration(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120e3) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 7200e3) return `${Math.round(ms / 60e3)} min`;
  if (ms < 172800e3) return `${(ms / 3600e3).toFixed(1)} h`;
  return `${(ms / 86400e3).toFixed(1)} d`;
}
