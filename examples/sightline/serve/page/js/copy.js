// The clipboard.

import { announce, el } from './dom.js';
import { visible } from './text.js';

/**
 * Copies lines. It escapes invisible characters, since a pasted control character
 * can be a command.
 * @param {string[]} lines
 */
export async function copyLines(lines) {
  const text = lines.map(visible).join('\n');
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // over plain HTTP there is no navigator.clipboard
  }
}

function copyBySelection(text) {
  const area = el('textarea', { readonly: true, class: 'offscreen', 'aria-hidden': 'true' });
  const focused = document.activeElement;
  area.value = text;
  document.body.append(area);
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  focused?.focus();
  return copied;
}

/**
 * Returns a button that copies a text.
 * @param {string} text
 * @param {string} what follows "Copy " for screen readers
 * @param {string} [label]
 */
export function copyButton(text, what, label = 'Copy') {
  const button = el('button', { type: 'button', class: 'copy', 'aria-label': 'Copy ' + what, title: 'Copy ' + what }, label);
  button.addEventListener('click', async (e) => {
    e.stopPropagation();
    flash(button, await copyLines([text]));
  });
  return button;
}

/** Shows briefly on a button whether copying succeeded. */
export function flash(button, well, said = 'Copied') {
  const label = button.dataset.label ?? button.textContent;
  button.dataset.label = label;
  button.textContent = well ? said : 'Not copied';
  announce(button.textContent);
  clearTimeout(Number(button.dataset.timer));
  button.dataset.timer = String(setTimeout(() => { button.textContent = label; }, 1600));
}
