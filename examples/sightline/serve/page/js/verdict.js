// The verdict on an indicator: whether it is worth an alarm, and the rule that decided.

import { byId, el } from './dom.js';
import { ruleHelp } from './rules.js';
import { number } from './text.js';

/** @typedef {import('./types.js').Attribute} Attribute */
/** @typedef {import('./types.js').Row} Row */

const names = { detect: 'For detection', context: 'Context' };

/**
 * Returns 'detect' or 'context'.
 * @param {Attribute} a
 */
export function verdictOf(a) {
  return a.verdict in names ? a.verdict : a.to_ids ? 'detect' : 'context';
}

/** Returns the name of an attribute's verdict. */
export function verdictName(a) {
  return names[verdictOf(a)];
}

/** Returns what the verdict means. */
export function verdictHelp(a) {
  return verdictOf(a) === 'detect' ? 'Worth an alarm: marked for detection in MISP (to_ids)' : 'Helps to understand the event; raises no alarm in MISP';
}

/** Returns the rule that decided, with its meaning, or ''. */
export function ruleText(a) {
  return [a.rule, ruleHelp(a.rule)].filter(Boolean).join(': ');
}

/**
 * Merges the verdict on the same value in another capture: it is for detection if all
 * say so.
 * @param {Attribute} a
 * @param {Attribute} b
 */
export function mergeVerdict(a, b) {
  if (verdictOf(a) === 'detect') Object.assign(a, { verdict: verdictOf(b), rule: b.rule });
  a.to_ids = a.to_ids && b.to_ids;
}

/**
 * Reports whether an attribute has the verdict of a query: '', a verdict, or a verdict
 * and a rule after a colon.
 */
export function hasVerdict(a, wanted) {
  return wanted === '' || wanted === verdictOf(a) || wanted === keyOf(a);
}

const keyOf = (a) => `${verdictOf(a)}:${a.rule ?? ''}`;

/**
 * Fills the filter with the verdicts and rules of rows.
 * @param {Row[]} rows
 * @param {string} wanted the verdict in the query
 */
export function fillVerdicts(rows, wanted) {
  const counts = new Map(Object.keys(names).map((v) => [v, 0]));
  const rules = new Map();
  for (const { attribute: a } of rows) {
    counts.set(verdictOf(a), counts.get(verdictOf(a)) + 1);
    if (a.rule) rules.set(keyOf(a), { text: `${verdictName(a)}: ${a.rule}`, help: ruleHelp(a.rule), count: (rules.get(keyOf(a))?.count ?? 0) + 1 });
  }
  const select = byId('filter-verdict');
  select.replaceChildren(el('option', { value: '' }, 'Any verdict'),
    ...[...counts].map(([v, n]) => el('option', { value: v }, `${names[v]} (${number(n)})`)),
    ...[...rules].sort().map(([key, r]) => el('option', { value: key, title: r.help }, `${r.text} (${number(r.count)})`)));
  select.value = wanted;
}
