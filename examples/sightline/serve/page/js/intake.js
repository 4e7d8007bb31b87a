// How captures come in: the drop zone, the file chooser, and the list of what is
// being sent and analysed.

import { announce, byId, el, setText } from './dom.js';
import { bytes } from './text.js';
import { analyze } from './upload.js';

/** @typedef {{state: 'done'|'damaged'|'failed', text: string}} Outcome of one capture, and what there is to say about it */

/**
 * @param {(blob: Blob) => Promise<Outcome>} onAnswer takes the server's answer
 */
export function createIntake(onAnswer) {
  const queue = [];
  let running = null;
  let problems = 0;

  function add(files) {
    if (files.length === 0) return;
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
    running = analyze(job.file, options, (sent, total) => progress(job, sent, total));
    const { blob, error } = await running.done;
    const outcome = error ? failed(error) : await onAnswer(blob);
    finish(job, outcome);
    if (outcome.state !== 'done') problems++;
    next();
  }

  function idle() {
    running = null;
    document.body.dataset.work = problems > 0 ? 'problems' : 'done';
    if (problems > 0) byId('work').scrollIntoView({ block: 'nearest' });
  }

  function cancel() {
    for (const job of queue.splice(0)) finish(job, failed('Cancelled.'));
    running?.cancel();
  }

  byId('cancel').addEventListener('click', cancel);
  byId('dismiss').addEventListener('click', () => { document.body.dataset.work = 'done'; });
  takeFiles(add);
  return { cancel };
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

// Files come from the chooser, or are dropped anywhere on the page.
function takeFiles(add) {
  const input = byId('files');
  input.addEventListener('change', () => {
    add([...input.files]);
    input.value = '';
  });
  for (const id of ['choose', 'add-captures']) byId(id).addEventListener('click', () => input.click());
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
    add([...e.dataTransfer.files]);
  });
}
