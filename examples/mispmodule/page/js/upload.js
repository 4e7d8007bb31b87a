// Sends captures to the server, one after the other.

/** @typedef {import('./types.js').Answer} Answer */

/**
 * Sends one capture. The promise never fails: without an answer, its error says
 * why in plain words.
 * @param {globalThis.File} file
 * @param {{private: boolean, internal: string}} options
 * @param {(sent: number, total: number) => void} onProgress until all is sent
 * @returns {{done: Promise<Answer>, cancel: () => void}}
 */
export function analyze(file, options, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve) => {
    request.upload.onprogress = (e) => onProgress(e.loaded, e.total || file.size);
    request.upload.onload = () => onProgress(file.size, file.size);
    request.onload = () => resolve(read(request));
    request.onabort = () => resolve({ error: 'Cancelled.' });
    request.onerror = () => resolve({ error: unreachable(file) });
  });
  const query = new URLSearchParams({ name: file.name, private: options.private ? '1' : '0', internal: options.internal });
  request.open('POST', 'analyze?' + query);
  request.responseType = 'json';
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('X-Sightline', 'analyze');
  request.send(file);
  return { done, cancel: () => request.abort() };
}

/** @returns {Answer} */
function read(request) {
  const answer = request.response;
  const object = answer !== null && typeof answer === 'object';
  if (request.status === 200 && object) return answer;
  if (object && answer.error) return { error: `${plain(request.status)} ${answer.error}`.trim() };
  return { error: plain(request.status) || `The server answered with status ${request.status}, which this page does not understand.` };
}

function plain(status) {
  switch (status) {
    case 200: return 'The answer of the server could not be read.';
    case 403: return 'The server refused the request.';
    case 404: return 'The server does not analyse captures at this address.';
    case 413: return 'The capture is larger than this server takes.';
    case 429:
    case 503: return 'The server is busy with other captures. Try again in a moment.';
    case 504: return 'The analysis took longer than this server allows.';
    default: return '';
  }
}

function unreachable(file) {
  return 'The connection to the server broke off. It may be down, or refuse a capture of this size' +
    (file.size === 0 ? ', or the file is empty or a folder.' : '.');
}
