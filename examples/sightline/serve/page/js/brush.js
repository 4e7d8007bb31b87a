// Selects a part of the timeline: by dragging, or by two sliders, which also work
// with the keyboard.

import { byId, setText } from './dom.js';
import { gutter } from './timeline.js';
import { duration, moment } from './text.js';

/**
 * @param {HTMLCanvasElement} canvas
 * @param {() => ({from: number, to: number}|null)} spanOf the times of the timeline
 * @param {(from: number, to: number) => void} onChange receives the selected times, infinite if unlimited
 */
export function createBrush(canvas, spanOf, onChange) {
  const [low, high, clear] = [byId('range-from'), byId('range-to'), byId('range-clear')];
  const timeOf = (share) => spanOf().from + (spanOf().to - spanOf().from) * share;

  function set(from, to) {
    low.value = String(from * 1000);
    high.value = String(to * 1000);
    const whole = from <= 0 && to >= 1;
    const [start, end] = [timeOf(from), timeOf(to)];
    low.setAttribute('aria-valuetext', moment(start));
    high.setAttribute('aria-valuetext', moment(end));
    clear.hidden = whole;
    setText(byId('range'), `${moment(start)} to ${moment(end)} UTC, ${duration(end - start)}`);
    onChange(from <= 0 ? -Infinity : start, to >= 1 ? Infinity : end);
  }

  let anchor = NaN;
  const shareAt = (e) => {
    const box = canvas.getBoundingClientRect();
    const left = gutter(box.width);
    return Math.max(0, Math.min(1, (e.clientX - box.left - left) / (box.width - left - 8)));
  };
  canvas.addEventListener('pointerdown', (e) => {
    if (e.button !== 0) return;
    anchor = shareAt(e);
    canvas.setPointerCapture(e.pointerId);
  });
  canvas.addEventListener('pointermove', (e) => {
    if (Number.isNaN(anchor)) return;
    const share = shareAt(e);
    if (Math.abs(share - anchor) > 0.004) set(Math.min(anchor, share), Math.max(anchor, share));
  });
  canvas.addEventListener('pointerup', (e) => {
    if (Math.abs(shareAt(e) - anchor) <= 0.004) set(0, 1);
    anchor = NaN;
  });
  canvas.addEventListener('pointercancel', () => { anchor = NaN; });

  low.addEventListener('input', () => set(Math.min(low.value / 1000, high.value / 1000), high.value / 1000));
  high.addEventListener('input', () => set(low.value / 1000, Math.max(low.value / 1000, high.value / 1000)));
  clear.addEventListener('click', () => {
    set(0, 1);
    low.focus();
  });
  return { reset: () => set(0, 1) };
}
