// Takes the server's answer in slices, so that the first rows of a large one are
// shown before the last is read.

import { readMembers } from './json.js';
import { startAnswer } from './model.js';

const slice = 100; // milliseconds of reading between two pictures
const firstSlice = 20;

/**
 * Adds an answer to a model, in slices. What it says goes to the result: whether
 * it is of a capture that is there already, its error, its notes, how many
 * attributes it has.
 * @param {ReturnType<import('./model.js').newModel>} model
 * @param {Blob} blob
 * @param {{onSlice: () => void, isWanted: () => boolean}} on onSlice follows each slice; reading ends when it is no longer wanted
 * @returns {Promise<{known: boolean, error: string, notes: string[], attributes: number}>}
 */
export async function readAnswer(model, blob, on) {
  const result = { known: false, error: '', notes: [], attributes: 0 };
  try {
    await readInto(model, blob, on, result);
  } catch (e) {
    reportError(e);
    result.error ||= 'the answer of the server could not be read to its end';
  }
  return result;
}

async function readInto(model, blob, on, result) {
  const add = startAnswer(model);
  let until = performance.now() + firstSlice;
  await readMembers(blob, (name, value) => {
    if (name === 'error') result.error = value;
    if (name === 'summary') result.notes = value?.notes ?? [];
    if (name === 'attributes') result.attributes++;
    result.known = !add(name, value);
    if (result.known || performance.now() < until) return !result.known;
    on.onSlice();
    return nextPicture().then(() => {
      until = performance.now() + slice;
      return on.isWanted();
    });
  });
}

function nextPicture() {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
