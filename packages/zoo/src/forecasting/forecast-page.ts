import { escapeText } from "../plots/svg.js";

/** A line of a page: its name and values, rounded. */
interface PageLine {
  readonly name: string;
  readonly values: ArrayLike<number>;
}

/** What a page shows. */
export interface ForecastPage {
  readonly title: string;
  readonly unit: string;
  /** Minutes since 1970 of the first value, and between two. */
  readonly firstMinute: number;
  readonly stepMinutes: number;
  /** The truth first, then the forecasts. */
  readonly lines: readonly PageLine[];
  /** Numbers of the values whose peaks were missed. */
  readonly missed: readonly number[];
}

/** A page of its own, without anything from elsewhere, that shows all values: wheel or + and - zoom, dragging or arrows move. */
export function forecastPage(page: ForecastPage): string {
  const { title, unit, firstMinute, stepMinutes, missed } = page;
  const lines = page.lines.map(({ name, values }) => ({
    name,
    values: Array.from(values, (value) => Number(value.toPrecision(6))),
  }));
  // "<" could end the script.
  const json = JSON.stringify({ unit, firstMinute, stepMinutes, missed, lines }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeText(title)}</title>
<style>${style}</style>
<h1>${escapeText(title)}</h1>
<p>Wheel or + and &minus; zoom, dragging or arrow keys move, Home shows everything. Triangles: peaks that the network missed.</p>
<div id="legend"></div>
<canvas id="chart" tabindex="0" role="img" aria-label="${escapeText(title)}"></canvas>
<p id="reading" aria-live="polite">&nbsp;</p>
<script>const page = ${json};
${script}</script>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --ink: #1f2328; --ground: #fff; --grid: #e3e7ec;
  --c0: #0072b2; --c1: #d55e00; --c2: #007a5a; --c3: #a8518a; --c4: #8a6d00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --ground: #0d1117; --grid: #2b323b;
  --c0: #4aa8e0; --c1: #ff8a3d; --c2: #2fbf95; --c3: #d98bc0; --c4: #d8b430; } }
body { margin: 1rem; font: 14px system-ui, sans-serif; color: var(--ink); background: var(--ground); }
h1 { font-size: 1.1rem; }
canvas { width: 100%; height: 60vh; touch-action: none; cursor: grab; }
label { margin-right: 1rem; }`;

// Plain JavaScript for any browser.
const script = `
const canvas = document.getElementById("chart"), reading = document.getElementById("reading");
const count = page.lines[0].values.length, colors = [0, 1, 2, 3, 4];
const shown = page.lines.map((_, line) => line < 2);
let from = 0, to = count, pointer = -1;
const time = (at) => new Date((page.firstMinute + at * page.stepMinutes) * 60000).toISOString().slice(0, 16).replace("T", " ");
page.lines.forEach((line, k) => {
  const label = document.createElement("label"), box = document.createElement("input");
  box.type = "checkbox"; box.checked = shown[k];
  box.onchange = () => { shown[k] = box.checked; draw(); };
  label.style.color = "var(--c" + colors[k % 5] + ")";
  label.append(box, " " + line.name);
  document.getElementById("legend").append(label);
});
function draw() {
  const scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  canvas.width = width * scale; canvas.height = height * scale;
  const pen = canvas.getContext("2d"), css = getComputedStyle(document.documentElement);
  const color = (name) => css.getPropertyValue("--" + name);
  pen.scale(scale, scale); pen.font = "12px system-ui, sans-serif";
  const first = Math.max(0, Math.floor(from)), last = Math.min(count, Math.ceil(to) + 1);
  let low = Infinity, high = -Infinity;
  page.lines.forEach((line, k) => { if (shown[k]) for (let at = first; at < last; at++) {
    low = Math.min(low, line.values[at]); high = Math.max(high, line.values[at]); } });
  if (!(low <= high)) return;
  const room = (high - low || 1) * 0.05; low -= room; high += room;
  const x = (at) => 70 + (at - from) / (to - from) * (width - 80);
  const y = (value) => height - 30 - (value - low) / (high - low) * (height - 50);
  const step = 10 ** Math.floor(Math.log10((high - low) / 3)), every = (high - low) / step > 8 ? 2 * step : step;
  pen.strokeStyle = color("grid"); pen.fillStyle = color("ink"); pen.textAlign = "right";
  for (let value = Math.ceil(low / every) * every; value <= high; value += every) {
    pen.beginPath(); pen.moveTo(70, y(value)); pen.lineTo(width - 10, y(value)); pen.stroke();
    pen.fillText(Number(value.toPrecision(8)).toLocaleString("en"), 64, y(value) + 4);
  }
  pen.textAlign = "center"; pen.fillText(page.unit, 64, 12);
  const ticks = Math.max(2, Math.floor(width / 160));
  for (let k = 0; k < ticks; k++) {
    const at = Math.round(from + (to - from) * (k + 0.5) / ticks);
    pen.fillText(time(at), x(at), height - 8);
  }
  pen.save(); pen.beginPath(); pen.rect(70, 0, width - 80, height - 24); pen.clip();
  page.lines.forEach((line, k) => {
    if (!shown[k]) return;
    pen.strokeStyle = color("c" + colors[k % 5]); pen.lineWidth = 1.6; pen.beginPath();
    for (let at = first; at < last; at++) pen.lineTo(x(at), y(line.values[at]));
    pen.stroke();
  });
  pen.strokeStyle = color("ink");
  for (const at of page.missed) {
    if (at < first || at >= last) continue;
    const [a, b] = [x(at), y(page.lines[0].values[at])];
    pen.beginPath(); pen.moveTo(a, b - 6); pen.lineTo(a + 6, b + 5); pen.lineTo(a - 6, b + 5); pen.closePath(); pen.stroke();
  }
  pen.restore();
}
function look(begin, size) {
  size = Math.min(count, Math.max(Math.min(count, 12), size));
  from = Math.min(Math.max(0, begin), count - size); to = from + size; draw();
}
const zoom = (factor, at) => look(at - (at - from) * factor, (to - from) * factor);
const place = (event) => from + (event.offsetX - 70) / (canvas.clientWidth - 80) * (to - from);
canvas.onwheel = (event) => { event.preventDefault(); zoom(event.deltaY > 0 ? 1.25 : 0.8, place(event)); };
canvas.onpointerdown = (event) => { pointer = place(event); canvas.setPointerCapture(event.pointerId); };
canvas.onpointerup = canvas.onpointercancel = () => { pointer = -1; };
canvas.onpointermove = (event) => {
  if (pointer >= 0) return look(from + pointer - place(event), to - from);
  const at = Math.round(place(event));
  if (at >= 0 && at < count) reading.textContent = time(at) + ": " +
    page.lines.map((line) => line.name + " " + line.values[at]).join(", ") + " " + page.unit;
};
canvas.onkeydown = ({ key }) => {
  const middle = (from + to) / 2, step = (to - from) / 10;
  if (key === "+" || key === "=") zoom(0.8, middle);
  else if (key === "-") zoom(1.25, middle);
  else if (key === "ArrowLeft") look(from - step, to - from);
  else if (key === "ArrowRight") look(from + step, to - from);
  else if (key === "Home") look(0, count);
};
addEventListener("resize", draw);
look(0, count);
`;
