// Sends captures to the server, one after the other, each after the key logs.

/**
 * Sends one capture. The promise never rejects: it resolves to the response, or to an
 * error for the user.
 * @param {globalThis.File} file
 * @param {globalThis.File[]} logs key logs
 * @param {{private: boolean, internal: string}} options
 * @param {(sent: number, total: number) => void} onProgress is called until everything is sent
 * @returns {{done: Promise<{blob?: Blob, error?: string}>, cancel: () => void}}
 */
export function analyze(file, logs, options, onProgress) {
  const body = logs.length > 0 ? new Blob([...logs, file]) : file;
  const request = new XMLHttpRequest();
  const done = new Promise((resolve) => {
    request.upload.onprogress = (e) => onProgress(e.loaded, e.total || body.size);
    request.upload.onload = () => onProgress(body.size, body.size);
    request.onload = () => read(request).then(resolve);
    request.onabort = () => resolve({ error: 'Cancelled.' });
    request.onerror = () => resolve({ error: unreachable(file) });
  });
  const query = new URLSearchParams({ name: file.name, private: options.private ? '1' : '0', internal: options.internal });
  if (logs.length > 0) query.set('keys', logs.map((log) => log.size).join());
  request.open('POST', 'analyze?' + query);
  request.responseType = 'blob';
  request.setRequestHeader('Content-Type', 'application/octet-stream');
  request.setRequestHeader('X-Sightline', 'analyze');
  request.send(body);
  return { done, cancel: () => request.abort() };
}

async function read(request) {
  if (request.status === 200) return { blob: request.response };
  const why = plain(request.status);
  const said = await errorOf(request.response);
  return { error: `${why} ${said}`.trim() || `The server responded with the unexpected status ${request.status}.` };
}

// Returns the server's own error, if any.
async function errorOf(blob) {
  try {
    return String(JSON.parse(await blob.text()).error ?? '');
  } catch {
    return '';
  }
}

function plain(status) {
  switch (status) {
    case 403: return 'The server refused the request.';
    case 404: return 'The server does not analyse captures at this address.';
    case 413: return 'The capture is larger than this server accepts.';
    case 429:
    case 503: return 'The server is busy with other captures. Try again in a moment.';
    case 504: return 'The analysis took longer than this server allows.';
    default: return '';
  }
}

function unreachable(file) {
  return 'The connection to the server was lost. The server may be down, or refuse a capture of this size' +
    (file.size === 0 ? ', or the file is empty or a folder.' : '.');
}
