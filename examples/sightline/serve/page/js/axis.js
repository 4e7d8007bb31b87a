// The time axis.

const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1800e3,
  3600e3, 7200e3, 10800e3, 21600e3, 43200e3, 86400e3, 172800e3, 604800e3, 2592e6, 7776e6, 31536e6, 31536e7];

/**
 * Draws grid lines, and their times below the lanes.
 * @param {CanvasRenderingContext2D} g
 * @param {{left: number, width: number, height: number}} plot
 * @param {{from: number, to: number}} span
 * @param {(ms: number) => number} x
 * @param {{line: string, text: string, height: number}} look
 */
export function axis(g, plot, span, x, look) {
  const most = Math.max(2, Math.floor(plot.width / 96));
  const step = steps.find((s) => (span.to - span.from) / s <= most) ?? steps[steps.length - 1];
  g.lineWidth = 1;
  g.strokeStyle = look.line;
  g.fillStyle = look.text;
  let right = -Infinity;
  for (let t = Math.ceil(span.from / step) * step; t <= span.to; t += step) {
    const at = Math.round(x(t)) + 0.5;
    g.beginPath();
    g.moveTo(at, 0);
    g.lineTo(at, plot.height + 4);
    g.stroke();
    const name = label(t, step);
    const width = g.measureText(name).width;
    const left = Math.min(Math.max(at - width / 2, 0), plot.left + plot.width - width);
    if (left < right + 8) continue;
    g.fillText(name, left, plot.height + (look.height - plot.height) / 2 + 2);
    right = left + width;
  }
}

function label(ms, step) {
  const iso = new Date(ms).toISOString();
  if (step >= 86400e3) return iso.slice(0, 10);
  if (step >= 60e3) return ms % 86400e3 === 0 ? iso.slice(0, 10) : iso.slice(11, 16);
  return step >= 1000 ? iso.slice(11, 19) : iso.slice(11, 23);
}
