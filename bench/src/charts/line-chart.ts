import { figureOfTick } from "./bar-chart.js";
import { logarithmicScale, roundOut, type Scale } from "./scale.js";
import { element, picture, SERIES_COUNT, text } from "./svg.js";

/** A named line through points (x, y), both above 0. */
export interface Series {
  name: string;
  points: readonly (readonly [number, number])[];
}

/** One pair of logarithmic axes. */
export interface Panel {
  /** What the axes show, with units. */
  xAxis: string;
  yAxis: string;
  series: readonly Series[];
}

/** Panels beside each other. */
export interface LineChart {
  title: string;
  panels: readonly Panel[];
}

const PANEL = 420;
const HEIGHT = 330;
const FRAME = { left: 62, right: 22, top: 84, bottom: 48 };

function drawPoint(index: number, x: number, y: number): string {
  const name = `point s${index}`;
  if (index === 0) return element("circle", { class: name, cx: x, cy: y, r: 3.5 });
  if (index === 1) return element("rect", { class: name, x: x - 3, y: y - 3, width: 6, height: 6 });
  const corners = index === 2 ? [0, -4, 4, 3, -4, 3] : [0, -4.5, 4.5, 0, 0, 4.5, -4.5, 0];
  const points = corners.map((offset, at) => (offset + (at % 2 === 0 ? x : y)).toFixed(1));
  return element("polygon", { class: name, points: points.join(" ") });
}

function drawSeries({ name, points }: Series, index: number, x: Scale, y: Scale, legend: number): string[] {
  const places = points.map(([a, b]) => [x.place(a), y.place(b)] as const);
  const path = places.map(([a, b], at) => `${at === 0 ? "M" : "L"}${a.toFixed(1)} ${b.toFixed(1)}`).join(" ");
  return [
    element("path", { class: `line s${index}`, d: path }),
    ...places.map(([a, b]) => drawPoint(index, a, b)),
    drawPoint(index, legend, FRAME.top - 14),
    text(name, { x: legend + 10, y: FRAME.top - 10 }),
  ];
}

function drawPanel({ xAxis, yAxis, series }: Panel, offset: number): string[] {
  const [left, right] = [offset + FRAME.left, offset + PANEL - FRAME.right];
  const [top, bottom] = [FRAME.top, HEIGHT - FRAME.bottom];
  const points = series.flatMap((line) => line.points);
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const x = logarithmicScale({ values: [Math.min(...xs), Math.max(...xs)], pixels: [left + 8, right - 8] });
  // At least a decade, so that a flat line looks flat.
  const low = roundOut(Math.min(...ys), false);
  const high = Math.max(roundOut(Math.max(...ys), true), low * 10);
  const y = logarithmicScale({ values: [low, high], pixels: [bottom, top] });
  const measured = [...new Set(xs)].sort((a, b) => a - b);
  const shown = measured.filter((_, index) => measured.length <= 8 || index % 2 === 0);
  const legends = series.map((_, index) => left + index * ((right - left) / Math.max(2, series.length)) + 4);
  return [
    ...y.ticks.flatMap((tick) => [
      element("line", { class: "grid", x1: left, x2: right, y1: y.place(tick), y2: y.place(tick) }),
      text(figureOfTick(tick), { class: "quiet", x: left - 6, y: y.place(tick) + 4, "text-anchor": "end" }),
    ]),
    ...shown.flatMap((value) => [
      element("line", { class: "grid", x1: x.place(value), x2: x.place(value), y1: top, y2: bottom }),
      text(String(value), { class: "quiet", x: x.place(value), y: bottom + 16, "text-anchor": "middle" }),
    ]),
    text(xAxis, { class: "quiet", x: (left + right) / 2, y: HEIGHT - 12, "text-anchor": "middle" }),
    text(yAxis, { class: "heading", x: left - 40, y: FRAME.top - 32 }),
    ...series.flatMap((line, index) => drawSeries(line, index % SERIES_COUNT, x, y, legends[index]!)),
  ];
}

/** Draws panels of lines as SVG. */
export function lineChart({ title, panels }: LineChart): string {
  const axes = panels.map(({ yAxis, xAxis }) => `${yAxis} against ${xAxis}`).join("; ");
  return picture(PANEL * panels.length, HEIGHT, `${title}: ${axes}`, [
    text(title, { class: "title", x: 16, y: 26 }),
    ...panels.flatMap((panel, index) => drawPanel(panel, index * PANEL)),
  ]);
}
