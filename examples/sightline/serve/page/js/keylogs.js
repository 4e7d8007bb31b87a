// Key logs: files with secrets of TLS, which are sent with each capture. They stay in this
// page until they are removed.

import { announce, byId, el } from './dom.js';
import { plural } from './text.js';

/** @typedef {{logs: number, keys: number, bad: number, connections: number}} KeySummary */

const sniffed = 64 << 10;

// A private key, a line of a key log, or a line of a sandbox.
const secrets = /^-----BEGIN |^[\ufeff \t]*[A-Z0-9_]+ [0-9a-f]{16,} [0-9a-f]{2,}|^RSA Session-ID:|client_random/im;

/**
 * Reports whether a file looks like a key log, whatever its name.
 * @param {globalThis.File} file
 */
async function isKeyLog(file) {
  try {
    const head = await file.slice(0, sniffed).text();
    return !head.includes('\0') && secrets.test(head);
  } catch {
    return false; // it is a folder, for instance
  }
}

/**
 * Divides files into captures and key logs.
 * @param {globalThis.File[]} files
 */
export async function divide(files) {
  const are = await Promise.all(files.map(isKeyLog));
  return { captures: files.filter((_, i) => !are[i]), logs: files.filter((_, i) => are[i]) };
}

/**
 * Sets up the list of key logs.
 * @param {() => void} onChange is called when the analyst has removed them
 */
export function createKeyLogs(onChange) {
  let files = /** @type {globalThis.File[]} */ ([]);
  let state = '';

  function show(text) {
    state = text;
    byId('keys').hidden = files.length === 0;
    byId('keys-text').replaceChildren(el('b', { text: names(files) }), ': ' + text);
  }

  byId('remove-keys').addEventListener('click', () => {
    clear();
    announce('Key logs removed');
    onChange();
  });
  function clear() {
    files = [];
    show('');
  }

  return {
    clear,
    files: () => files,
    /** Adds files. One with the name of another replaces it. */
    add(more) {
      const named = new Map([...files, ...more].map((file) => [file.name, file]));
      files = [...named.values()];
      show('');
    },
    /** Says that there is no capture to decrypt. */
    wait() {
      show('add the capture that it belongs to');
      announce(`${names(files)}: ${state}`);
    },
    /** @param {KeySummary[]} summaries of the captures so far */
    report(summaries) {
      if (files.length > 0) show(keysText(sum(summaries), summaries.length));
    },
  };
}

function names(files) {
  return files.length > 2 ? plural(files.length, 'key log') : files.map((f) => f.name).join(', ');
}

// All captures had the same key logs.
function sum(summaries) {
  const total = { ...summaries[0] };
  total.connections = summaries.reduce((n, s) => n + s.connections, 0);
  return total;
}

/**
 * Says what became of key logs.
 * @param {KeySummary} keys
 * @param {number} captures
 */
export function keysText(keys, captures = 1) {
  if (keys.keys === 0) return 'no keys in it';
  const used = keys.connections > 0 ? `${plural(keys.connections, 'connection')} decrypted` : `no keys for ${captures > 1 ? 'these captures’' : 'this capture’s'} connections`;
  return [plural(keys.keys, 'key'), keys.bad > 0 && `${plural(keys.bad, 'line')} skipped`, used].filter(Boolean).join(', ');
}
