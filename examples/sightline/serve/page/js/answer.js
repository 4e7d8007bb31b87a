// Reads the server's response in slices, so that the first rows of a large response
// are shown before the last are read.

import { readMembers } from './json.js';
import { startAnswer } from './model.js';

const slice = 100; // milliseconds of reading between two frames
const firstSlice = 20;

/**
 * Adds a response to a model, in slices. The result says whether its capture was
 * known already, and has its error, its notes, what its keys decrypted, and its number
 * of attributes.
 * @param {ReturnType<import('./model.js').newModel>} model
 * @param {Blob} blob
 * @param {{onSlice: () => void, isWanted: () => boolean}} on onSlice is called after each slice; reading ends when isWanted returns false
 * @returns {Promise<{known: boolean, error: string, notes: string[], keys: import('./keylogs.js').KeySummary|null, attributes: number}>}
 */
export async function readAnswer(model, blob, on) {
  const result = { known: false, error: '', notes: [], keys: null, attributes: 0 };
  try {
    await readInto(model, blob, on, result);
  } catch (e) {
    reportError(e);
    result.error ||= 'the server’s response could not be read completely';
  }
  return result;
}

async function readInto(model, blob, on, result) {
  const add = startAnswer(model);
  let until = performance.now() + firstSlice;
  await readMembers(blob, (name, value) => {
    if (name === 'error') result.error = value;
    if (name === 'summary') Object.assign(result, { notes: value?.notes ?? [], keys: value?.keys ?? null });
    if (name === 'attributes') result.attributes++;
    result.known = !add(name, value);
    if (result.known || performance.now() < until) return !result.known;
    on.onSlice();
    return nextFrame().then(() => {
      until = performance.now() + slice;
      return on.isWanted();
    });
  });
}

function nextFrame() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
