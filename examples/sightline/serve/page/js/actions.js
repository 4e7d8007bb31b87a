// The actions on kept indicators.

import { announce, byId, setText } from './dom.js';
import { copyLines, flash } from './copy.js';
import { csv, download, goingAlong, mispEvent, ndjson } from './exports.js';
import { mispText, number, plural } from './text.js';

const eventFields = ['info', 'distribution', 'threat_level_id', 'analysis'];

/**
 * Sets up the bar of actions.
 * @param {() => ReturnType<import('./model.js').newModel>} modelOf
 */
export function createActions(modelOf) {
  const objects = byId('objects');
  const name = (ext) => `misp-event-${modelOf().event?.date ?? 'undated'}-${(modelOf().event?.uuid ?? '').slice(0, 8)}.${ext}`;
  const save = (ext, type, text) => {
    download(name(ext), type, text);
    announce(`Saved ${name(ext)}`);
  };
  byId('download-misp').addEventListener('click', () => save('json', 'application/json', JSON.stringify(mispEvent(modelOf(), objects.value), null, 1)));
  byId('download-csv').addEventListener('click', () => save('csv', 'text/csv;charset=utf-8', csv(modelOf())));
  byId('download-ndjson').addEventListener('click', () => save('ndjson', 'application/x-ndjson', ndjson(modelOf())));
  byId('copy-values').addEventListener('click', async (e) => {
    const values = modelOf().rows.filter((row) => row.kept).map((row) => row.attribute.value);
    flash(e.currentTarget, await copyLines(values), `Copied ${number(values.length)}`);
  });
  objects.addEventListener('change', () => showKept(modelOf()));
  eventDialog(modelOf);
}

/** Shows the numbers of kept indicators and objects. */
export function showKept(model) {
  const kept = model.rows.reduce((n, row) => n + (row.kept ? 1 : 0), 0);
  const objects = goingAlong(model, byId('objects').value).length;
  setText(byId('kept'), `${number(kept)} of ${plural(model.rows.length, 'indicator')} kept, ${plural(objects, 'object')}`);
  for (const id of ['copy-values', 'download-csv', 'download-ndjson']) byId(id).disabled = kept === 0;
  byId('download-misp').disabled = kept === 0 && objects === 0;
}

function eventDialog(modelOf) {
  const dialog = byId('event-dialog');
  byId('event-options').addEventListener('click', () => {
    const event = modelOf().event;
    if (!event) return;
    for (const key of eventFields) byId('event-' + key).value = event[key] ?? '';
    byId('event-tlp').value = event.Tag?.find((t) => t.name.startsWith('tlp:'))?.name ?? '';
    dialog.showModal();
  });
  const take = () => {
    const event = modelOf().event;
    for (const key of eventFields) event[key] = mispText(byId('event-' + key).value).trim() || event[key];
    const others = (event.Tag ?? []).filter((t) => !t.name.startsWith('tlp:'));
    const tlp = byId('event-tlp').value;
    event.Tag = tlp ? [...others, { name: tlp }] : others;
    if (event.Tag.length === 0) delete event.Tag;
  };
  // The event "close" comes later: a download may have begun by then.
  dialog.querySelector('form').addEventListener('submit', take);
  dialog.addEventListener('cancel', take);
}
