// How captures come in: the drop zone, the file chooser, and the list of what is
// being sent and analysed.

import { announce, byId, el, setText } from './dom.js';
import { bytes } from './text.js';
import { analyze } from './upload.js';

/** @typedef {import('./types.js').Answer} Answer */

/**
 * @param {(answer: Answer) => string} onAnswer takes what was found and returns what there is to say about it
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
    if (!running) next();
  }

  async function next() {
    const job = queue.shift();
    if (!job) return idle();
    const options = { private: byId('option-private').checked, internal: byId('option-internal').value.trim() };
    running = analyze(job.file, options, (sent, total) => progress(job, sent, total));
    const answer = await running.done;
    const found = (answer.captures ?? []).length > 0;
    const said = found ? onAnswer(answer) : '';
    finish(job, found, answer.error ?? '', said);
    if (!found || answer.error || answer.summary?.notes?.length > 0) problems++;
    next();
  }

  function idle() {
    running = null;
    document.body.dataset.work = problems > 0 ? 'problems' : 'done';
  }

  function cancel() {
    for (const job of queue.splice(0)) finish(job, false, 'Cancelled.', '');
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

function finish(job, found, error, said) {
  job.bar.value = 1;
  job.bar.hidden = true;
  job.line.classList.add(!found ? 'failed' : error ? 'damaged' : 'done');
  const text = !found ? error || 'Nothing came back for this capture.' : error ? `Damaged: ${error}. What came before that is listed.` : said;
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
