// Takes captures and key logs from the drop zone and the file choosers, and lists the
// captures being sent and analysed.

import { announce, byId, el, setText } from './dom.js';
import { createKeyLogs, divide } from './keylogs.js';
import { bytes } from './text.js';
import { analyze } from './upload.js';

/** @typedef {{state: 'done'|'damaged'|'failed', text: string, keys?: import('./keylogs.js').KeySummary|null}} Outcome of one capture, with a text for the user */

/**
 * @param {{onAnswer: (blob: Blob) => Promise<Outcome>, onAgain: () => void}} on onAnswer receives the server's
 *   response; onAgain is called before all captures are sent again, with other keys
 */
export function createIntake(on) {
  const queue = [];
  const keyLogs = createKeyLogs(again);
  let taken = /** @type {globalThis.File[]} */ ([]); // the captures, to send them again
  let summaries = []; // of the keys of captures
  let running = null;
  let problems = 0;

  async function take(files, areLogs) {
    document.body.dataset.work = 'running';
    const { captures, logs } = areLogs ? { captures: [], logs: files } : await divide(files);
    if (logs.length > 0) {
      keyLogs.add(logs);
      if (taken.length + captures.length === 0) keyLogs.wait();
      again();
    }
    add(captures);
    if (!running) idle();
  }

  // Sends all captures again, with the key logs that there are now.
  function again() {
    const captures = taken;
    if (captures.length === 0) return;
    stop();
    on.onAgain();
    add(captures);
  }

  function add(files) {
    if (files.length === 0) return;
    taken = [...taken, ...files];
    if (!running) {
      byId('jobs').replaceChildren();
      problems = 0;
    }
    for (const file of files) queue.push({ file, ...jobLine(file) });
    document.body.dataset.work = 'running';
    byId('work').scrollIntoView({ block: 'nearest' });
    if (!running) next();
  }

  async function next() {
    const job = queue.shift();
    if (!job) return idle();
    const options = { private: byId('option-private').checked, internal: byId('option-internal').value.trim() };
    const mine = analyze(job.file, keyLogs.files(), options, (sent, total) => progress(job, sent, total));
    running = mine;
    const { blob, error } = await mine.done;
    const outcome = error ? failed(error) : await on.onAnswer(blob);
    if (running !== mine) return; // stopped
    finish(job, outcome);
    if (outcome.state === 'failed') taken = taken.filter((file) => file !== job.file);
    if (outcome.state !== 'done') problems++;
    if (outcome.keys) {
      summaries.push(outcome.keys);
      keyLogs.report(summaries);
    }
    next();
  }

  function idle() {
    running = null;
    document.body.dataset.work = problems > 0 ? 'problems' : 'done';
    if (problems > 0) byId('work').scrollIntoView({ block: 'nearest' });
  }

  function cancel() {
    for (const job of queue.splice(0)) {
      finish(job, failed('Cancelled.'));
      taken = taken.filter((file) => file !== job.file);
    }
    running?.cancel();
  }

  // Stops without a trace.
  function stop() {
    queue.length = 0;
    running?.cancel();
    running = null;
    taken = [];
    summaries = [];
  }

  byId('cancel').addEventListener('click', cancel);
  byId('dismiss').addEventListener('click', () => { document.body.dataset.work = 'done'; });
  takeFiles(take);
  return {
    clear() {
      stop();
      keyLogs.clear();
    },
  };
}

function jobLine(file) {
  const bar = el('progress', { max: '1', value: '0', 'aria-label': `Progress of ${file.name}` });
  const state = el('span', { class: 'job-state' }, 'waiting');
  const line = el('li', { class: 'job' }, el('span', { class: 'job-name', text: file.name }), el('span', { class: 'job-size' }, bytes(file.size)), bar, state);
  byId('jobs').append(line);
  return { line, bar, state };
}

function progress(job, sent, total) {
  if (sent < total) {
    job.bar.value = total > 0 ? sent / total : 0;
    setText(job.state, `sending: ${bytes(sent)} of ${bytes(total)}`);
  } else {
    job.bar.removeAttribute('value');
    setText(job.state, 'analysing');
  }
}

/** @returns {Outcome} */
export function failed(text) {
  return { state: 'failed', text };
}

function finish(job, { state, text }) {
  job.bar.hidden = true;
  job.line.classList.add(state);
  setText(job.state, text);
  announce(`${job.file.name}: ${text}`);
}

// Takes files from the choosers, or dropped anywhere on the page.
function takeFiles(take) {
  chooser('files', ['choose', 'add-captures'], (files) => take(files, false));
  chooser('key-files', ['choose-keys', 'add-keys'], (files) => take(files, true));
  byId('options').addEventListener('submit', (e) => e.preventDefault());
  const carriesFiles = (e) => [...(e.dataTransfer?.types ?? [])].includes('Files');
  const veil = byId('veil');
  addEventListener('dragenter', (e) => {
    if (carriesFiles(e)) veil.hidden = false;
  });
  addEventListener('dragover', (e) => {
    if (!carriesFiles(e)) return;
    e.preventDefault();
    e.dataTransfer.dropEffect = 'copy';
  });
  addEventListener('dragleave', (e) => {
    if (e.relatedTarget === null) veil.hidden = true;
  });
  addEventListener('drop', (e) => {
    veil.hidden = true;
    if (!carriesFiles(e)) return;
    e.preventDefault();
    take([...e.dataTransfer.files], false);
  });
}

function chooser(id, buttons, onFiles) {
  const input = byId(id);
  input.addEventListener('change', () => {
    const files = [...input.files];
    input.value = '';
    if (files.length > 0) onFiles(files);
  });
  for (const button of buttons) byId(button).addEventListener('click', () => input.click());
}
