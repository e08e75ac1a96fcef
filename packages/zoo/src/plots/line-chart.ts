import { DataError } from "@hekla/tensor";
import { linearScale, rangeOf, type Scale } from "./scale.js";
import { element, label, picture, seriesColors, textWidth } from "./svg.js";

/** A named line, or named points where it has a `marker`. */
export interface LineSeries {
  readonly name: string;
  /** Values; one that is not finite is a gap. */
  readonly y: ArrayLike<number>;
  /** Their places, ascending for a line. Default 0, 1, 2, ... */
  readonly x?: ArrayLike<number>;
  readonly dashed?: boolean;
  /** Draws each point with this mark, and no line between them. */
  readonly marker?: "circle" | "cross" | "triangle";
}

export interface LineChart {
  readonly title: string;
  /** What the axes show, with units. */
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly LineSeries[];
  /** Pixels. Default 860 x 360. */
  readonly width?: number;
  readonly height?: number;
  /** Text of a tick of the x axis. Default: the number. */
  readonly xTick?: (value: number) => string;
}

/**
 * Lines and points over a linear axis, as SVG.
 * @throws DataError if x and y of a series differ in length
 */
export function lineChart(chart: LineChart): string {
  const { title, xLabel, yLabel, width = 860, height = 360 } = chart;
  const series = chart.series.map((given) => ({ ...given, x: given.x ?? indices(given.y.length) }));
  for (const { name, x, y } of series) {
    if (x.length !== y.length) {
      throw new DataError(`lineChart: ${name} does not fit, got ${x.length} places, expected ${y.length}`);
    }
  }
  const legend = placeLegend(series, width);
  const frame = { left: 74, right: width - 20, top: 62 + legend.height, bottom: height - 50 };
  const x = linearScale(rangeOf(series.map((line) => line.x)), [frame.left + 4, frame.right - 4], 8);
  const [least, largest] = rangeOf(series.map((line) => line.y));
  const room = (largest - least) * 0.04;
  const y = linearScale([least - room, largest + room], [frame.bottom, frame.top]);
  const writeX = chart.xTick ?? x.write;
  return picture({ width, height }, `${title}: ${yLabel} against ${xLabel}`, [
    label(title, { class: "title", x: 16, y: 26 }),
    label(yLabel, { class: "quiet", x: 16, y: frame.top - 10 }),
    label(xLabel, {
      class: "quiet",
      x: (frame.left + frame.right) / 2,
      y: height - 14,
      "text-anchor": "middle",
    }),
    ...y.ticks.flatMap((tick) => [
      element("line", {
        class: "grid",
        x1: frame.left,
        x2: frame.right,
        y1: y.place(tick),
        y2: y.place(tick),
      }),
      label(y.write(tick), { class: "quiet", x: frame.left - 8, y: y.place(tick) + 4, "text-anchor": "end" }),
    ]),
    ...x.ticks.flatMap((tick) => [
      element("line", {
        class: "grid",
        x1: x.place(tick),
        x2: x.place(tick),
        y1: frame.top,
        y2: frame.bottom,
      }),
      label(writeX(tick), {
        class: "quiet",
        x: x.place(tick),
        y: frame.bottom + 18,
        "text-anchor": "middle",
      }),
    ]),
    ...series.flatMap((line, index) => drawSeries(line, index, x, y)),
    ...legend.content,
  ]);
}

function drawSeries(line: Required<Pick<LineSeries, "x">> & LineSeries, index: number, x: Scale, y: Scale) {
  const places: ([number, number] | undefined)[] = Array.from({ length: line.y.length }, (_, at) => {
    const [a, b] = [line.x[at]!, line.y[at]!];
    return Number.isFinite(a) && Number.isFinite(b) ? [x.place(a), y.place(b)] : undefined;
  });
  const { marker } = line;
  if (marker) return places.flatMap((place) => (place ? drawMark(marker, index, ...place) : []));
  let path = "";
  let pen = "M";
  for (const place of places) {
    if (place) path += `${pen}${place[0].toFixed(1)} ${place[1].toFixed(1)}`;
    pen = place ? "L" : "M";
  }
  return path === "" ? [] : [drawPath(path, index, line.dashed)];
}

function drawPath(d: string, index: number, dashed: boolean | undefined): string {
  const name = `line s${index % seriesColors}`;
  return element("path", { class: name, d, ...(dashed && { "stroke-dasharray": "6 4" }) });
}

function drawMark(marker: NonNullable<LineSeries["marker"]>, index: number, x: number, y: number): string {
  const name = `mark s${index % seriesColors}`;
  if (marker === "circle") return element("circle", { class: name, cx: x, cy: y, r: 4.5 });
  const at = (dx: number, dy: number) => `${(x + dx).toFixed(1)} ${(y + dy).toFixed(1)}`;
  const d =
    marker === "cross"
      ? `M${at(-4, -4)}L${at(4, 4)}M${at(-4, 4)}L${at(4, -4)}`
      : `M${at(0, -5)}L${at(5, 4)}L${at(-5, 4)}Z`;
  return element("path", { class: name, d });
}

/** Names beside samples of their lines, in as many rows as they need. */
function placeLegend(series: readonly LineSeries[], width: number): { content: string[]; height: number } {
  const content: string[] = [];
  let [x, row] = [16, 0];
  series.forEach(({ name, marker, dashed }, index) => {
    const needed = 34 + textWidth(name) + 18;
    if (x > 16 && x + needed > width - 16) [x, row] = [16, row + 1];
    const y = 48 + row * 18;
    content.push(
      marker ? drawMark(marker, index, x + 13, y - 4) : drawPath(`M${x} ${y - 4}h26`, index, dashed),
      label(name, { x: x + 34, y }),
    );
    x += needed;
  });
  return { content, height: 18 * (row + 1) };
}

function indices(length: number): number[] {
  return Array.from({ length }, (_, index) => index);
}
