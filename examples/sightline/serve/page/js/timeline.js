// The timeline: a lane for each kind of indicator, on a canvas. A lane shows from when
// to when values were seen, darker for more values; bars are single observations.

import { kindOf, kinds } from './kinds.js';
import { parseTime } from './text.js';
import { axis } from './axis.js';

/** @typedef {import('./types.js').Row} Row */

const laneHeight = 18;
const axisHeight = 20;
const mostWithEvidence = 20000; // up to so many rows, every observation is drawn

/**
 * Returns the first and last time of rows, with a margin, or null if no row has a
 * time.
 * @param {Row[]} rows
 */
export function span(rows) {
  let from = Infinity;
  let to = -Infinity;
  for (const row of rows) {
    if (row.first < from) from = row.first;
    if (row.last > to) to = row.last;
  }
  if (from === Infinity) return null;
  const room = Math.max((to - from) * 0.015, 1);
  return { from: from - room, to: to + room };
}

/** Returns the height of the rows' lanes. */
export function neededHeight(rows) {
  return lanesOf(rows).length * laneHeight + axisHeight;
}

function lanesOf(rows) {
  const there = new Set(rows.map((row) => kindOf(row.attribute.type)));
  return kinds.filter((k) => there.has(k));
}

/**
 * Draws the timeline.
 * @param {HTMLCanvasElement} canvas
 * @param {{rows: Row[], all: Row[], active?: Row, span: {from: number, to: number}, from: number, to: number}} what the
 *   rows to draw, all rows (for the lanes), the active row, and the selected times
 */
export function drawTimeline(canvas, what) {
  const box = canvas.getBoundingClientRect();
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(box.width * ratio);
  canvas.height = Math.round(box.height * ratio);
  const g = canvas.getContext('2d');
  g.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(name).trim();
  const plot = { left: gutter(box.width), width: 0, height: box.height - axisHeight };
  plot.width = Math.max(10, box.width - plot.left - 8);
  const x = (ms) => plot.left + ((ms - what.span.from) / (what.span.to - what.span.from)) * plot.width;
  g.font = `11px ${style.fontFamily}`;
  g.textBaseline = 'middle';

  axis(g, plot, what.span, x, { line: colour('--line'), text: colour('--muted'), height: box.height });
  const lanes = lanesOf(what.all);
  const binned = bin(what.rows, lanes, plot.width, (ms) => x(ms) - plot.left);
  lanes.forEach((kind, i) => drawLane(g, plot, i, binned.get(kind), colour('--k-' + kind.toLowerCase())));
  if (what.active) drawActive(g, plot, what.active, lanes, x, colour('--text'));
  drawSelection(g, plot, what, x, colour);
  g.globalAlpha = 1;
  g.fillStyle = colour('--muted');
  if (plot.left > 20) lanes.forEach((kind, i) => g.fillText(kind, 0, i * laneHeight + laneHeight / 2));
}

/** Returns the width of the lanes' names in a canvas of this width. */
export function gutter(width) {
  return width < 560 ? 8 : 92;
}

// Counts for each lane and pixel the rows that span it and the observations in it.
function bin(rows, lanes, width, position) {
  const size = Math.ceil(width) + 2;
  const binned = new Map(lanes.map((k) => [k, { lasting: new Float32Array(size), seen: new Float32Array(size) }]));
  const at = (ms) => Math.max(0, Math.min(size - 2, Math.floor(position(ms))));
  const fine = rows.length <= mostWithEvidence;
  for (const row of rows) {
    if (!Number.isFinite(row.first)) continue;
    const lane = binned.get(kindOf(row.attribute.type));
    const [first, last] = [at(row.first), at(row.last)];
    lane.lasting[first]++;
    lane.lasting[last + 1]--;
    lane.seen[first]++;
    if (last !== first) lane.seen[last]++;
    if (fine) (row.attribute.evidence ?? []).slice(1).forEach((e) => e.first.time && lane.seen[at(parseTime(e.first.time))]++);
  }
  for (const { lasting } of binned.values()) {
    for (let i = 1; i < size; i++) lasting[i] += lasting[i - 1];
  }
  return binned;
}

function drawLane(g, plot, i, { lasting, seen }, colour) {
  const top = i * laneHeight;
  const most = { lasting: Math.max(1, ...lasting), seen: Math.max(1, ...seen) };
  const strength = (n, max) => Math.log1p(n) / Math.log1p(max);
  g.fillStyle = colour;
  for (let x = 0; x < plot.width; x++) {
    if (lasting[x] > 0) {
      g.globalAlpha = 0.18 + 0.3 * strength(lasting[x], most.lasting);
      g.fillRect(plot.left + x, top + laneHeight / 2 - 1.5, 1, 3);
    }
  }
  for (let x = 0; x < plot.width; x++) {
    if (seen[x] > 0) {
      const share = strength(seen[x], most.seen);
      const height = 5 + (laneHeight - 8) * share;
      g.globalAlpha = 0.6 + 0.4 * share;
      g.fillRect(plot.left + x - 0.5, top + (laneHeight - height) / 2, 2, height);
    }
  }
  g.globalAlpha = 1;
}

function drawActive(g, plot, row, lanes, x, colour) {
  if (!Number.isFinite(row.first)) return;
  const top = lanes.indexOf(kindOf(row.attribute.type)) * laneHeight;
  g.strokeStyle = colour;
  g.lineWidth = 1;
  g.strokeRect(Math.round(x(row.first)) - 3.5, top + 1.5, Math.max(7, x(row.last) - x(row.first) + 7), laneHeight - 3);
}

function drawSelection(g, plot, what, x, colour) {
  if (what.from === -Infinity && what.to === Infinity) return;
  const [from, to] = [Math.max(plot.left, x(what.from)), Math.min(plot.left + plot.width, x(what.to))];
  g.fillStyle = colour('--ground');
  g.globalAlpha = 0.72;
  g.fillRect(plot.left, 0, from - plot.left, plot.height);
  g.fillRect(to, 0, plot.left + plot.width - to, plot.height);
  g.globalAlpha = 1;
  g.fillStyle = colour('--accent');
  g.fillRect(from - 1, 0, 2, plot.height);
  g.fillRect(to - 1, 0, 2, plot.height);
}
