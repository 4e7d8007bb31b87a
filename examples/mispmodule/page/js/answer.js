// Reads the server's answer piece by piece, so that the first rows of a large
// one are shown before the last is read.

import { startAnswer } from './model.js';

const slice = 100; // milliseconds of reading between two pictures
const firstSlice = 20;

/**
 * Yields the members of a JSON object; those that are lists row by row.
 * @param {string} text
 * @returns {Generator<[string, any]>}
 */
export function* members(text) {
  let i = begin(text, 0, '{');
  while (text[i] !== '}') {
    const colon = space(text, end(text, i));
    const name = JSON.parse(text.slice(i, colon));
    i = space(text, colon + 1);
    if (text[i] === '[') {
      for (i = begin(text, i, '['); text[i] !== ']'; i = next(text, i)) yield [name, JSON.parse(text.slice(i, end(text, i)))];
      i++;
    } else {
      const after = end(text, i);
      yield [name, JSON.parse(text.slice(i, after))];
      i = after;
    }
    i = space(text, i);
    if (text[i] === ',') i = space(text, i + 1);
    else if (text[i] !== '}') throw new SyntaxError(`unexpected end of a member at ${i}`);
  }
}

function begin(text, i, bracket) {
  i = space(text, i);
  if (text[i] !== bracket) throw new SyntaxError(`no ${bracket} at ${i}`);
  return space(text, i + 1);
}

// Returns where the row behind the one at i begins, or the end of the list.
function next(text, i) {
  i = space(text, end(text, i));
  if (text[i] === ',') return space(text, i + 1);
  if (text[i] !== ']') throw new SyntaxError(`unexpected end of a row at ${i}`);
  return i;
}

function space(text, i) {
  while (text.charCodeAt(i) <= 32) i++;
  return i;
}

// Returns the index behind the value at i. That it is a value is for JSON.parse
// to find out.
function end(text, i) {
  let depth = 0;
  for (; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 34: // "
        i = endOfString(text, i) - 1;
        if (depth === 0) return i + 1;
        break;
      case 91: case 123: // [ {
        depth++;
        break;
      case 93: case 125: // ] }
        if (depth <= 1) return depth === 1 ? i + 1 : i;
        depth--;
        break;
      case 44: // ,
        if (depth === 0) return i;
        break;
    }
  }
  throw new SyntaxError('the answer is cut off');
}

function endOfString(text, i) {
  for (;;) {
    i = text.indexOf('"', i + 1);
    if (i < 0) throw new SyntaxError('the answer is cut off');
    let slashes = 0;
    while (text[i - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return i + 1;
  }
}

/**
 * Adds an answer to a model, in slices. What it says goes to the result: whether
 * it is of a capture that is there already, its error, its notes, how many
 * attributes it has.
 * @param {ReturnType<import('./model.js').newModel>} model
 * @param {string} text
 * @param {{onSlice: () => void, isWanted: () => boolean}} on onSlice follows each slice; reading ends when it is no longer wanted
 * @returns {Promise<{known: boolean, error: string, notes: string[], attributes: number}>}
 */
export async function readAnswer(model, text, on) {
  const result = { known: false, error: '', notes: [], attributes: 0 };
  try {
    await readInto(model, text, on, result);
  } catch (e) {
    reportError(e);
    result.error ||= 'the answer of the server could not be read to its end';
  }
  return result;
}

async function readInto(model, text, on, result) {
  const add = startAnswer(model);
  let until = performance.now() + firstSlice;
  for (const [name, value] of members(text)) {
    if (name === 'error') result.error = value;
    if (name === 'summary') result.notes = value?.notes ?? [];
    if (name === 'attributes') result.attributes++;
    if (!add(name, value)) {
      result.known = true;
      return;
    }
    if (performance.now() < until) continue;
    on.onSlice();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    if (!on.isWanted()) return;
    until = performance.now() + slice;
  }
}
