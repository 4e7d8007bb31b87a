// The tabs of the views.

import { byId, el } from './dom.js';
import { number } from './text.js';

const views = [
  ['indicators', 'Indicators'], ['connections', 'Connections'], ['certificates', 'Certificates'], ['files', 'Files'],
  ['left-out', 'Left out'], ['warninglists', 'Warninglists'], ['captures', 'Captures'],
];

/**
 * Creates the tabs. Arrow keys move between them.
 * @param {(view: string) => void} onShow
 */
export function createTabs(onShow) {
  const tabs = views.map(([id, name]) => el('button', {
    type: 'button', role: 'tab', id: 'tab-' + id, 'aria-controls': 'view-' + id, onclick: () => show(id),
  }, name, el('span', { class: 'badge' })));
  byId('tabs').append(...tabs);
  byId('tabs').addEventListener('keydown', (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -Infinity, End: Infinity }[e.key];
    if (!step) return;
    e.preventDefault();
    const at = tabs.indexOf(document.activeElement);
    const to = step === Infinity ? tabs.length - 1 : step === -Infinity ? 0 : (at + step + tabs.length) % tabs.length;
    show(views[to][0]);
    tabs[to].focus();
  });

  let current = '';
  function show(id) {
    current = id;
    views.forEach(([view], i) => {
      tabs[i].setAttribute('aria-selected', String(view === id));
      tabs[i].tabIndex = view === id ? 0 : -1;
      byId('view-' + view).hidden = view !== id;
    });
    onShow(id);
  }
  return {
    show,
    current: () => current,
    /** Shows a count on each tab. */
    counts(of) {
      views.forEach(([id], i) => { tabs[i].lastChild.textContent = id in of ? number(of[id]) : ''; });
    },
  };
}
