import { figure } from "../table.js";
import { linearScale, logarithmicScale, roundOut, type Scale } from "./scale.js";
import { element, picture, text } from "./svg.js";

/** One bar; `text` stands at its end. */
export interface Bar {
  label: string;
  value: number;
  text: string;
  /** Drawn in another color; where nothing is said, bars that go to the left are. */
  marked?: boolean;
}

/** Bars under a heading. */
export interface BarGroup {
  title: string;
  bars: readonly Bar[];
}

/** Bars from a base line, longest to the right, one below the other. */
export interface BarChart {
  title: string;
  /** What the axis shows, with its unit. */
  axis: string;
  groups: readonly BarGroup[];
  logarithmic: boolean;
  /** Where bars begin; those of smaller values go to the left. On a linear axis, 0. */
  base: number;
}

const WIDTH = 860;
const LEFT = 200;
const RIGHT = 70;
const TOP = 64;
const ROW = 19;
const HEADING = 26;
const BOTTOM = 26;

function scaleOf({ groups, logarithmic, base }: BarChart): Scale {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value));
  const [least, largest] = [Math.min(base, ...values), Math.max(base, ...values)];
  const pixels = [LEFT, WIDTH - RIGHT] as const;
  if (!logarithmic) return linearScale({ values: [least, largest], pixels });
  // The axis reaches a little beyond the base, so that a bar near it can be seen.
  const last = roundOut(Math.max(largest, base * 2), true);
  return logarithmicScale({ values: [roundOut(Math.min(least, base / 2), false), last], pixels });
}

function drawBar(
  { label, value, text: words, marked }: Bar,
  scale: Scale,
  base: number,
  y: number,
): string[] {
  const [from, to] = [scale.place(base), scale.place(value)];
  const left = value < base;
  const middle = y + ROW / 2 + 4;
  return [
    text(label, { x: LEFT - 10, y: middle, "text-anchor": "end" }),
    element("rect", {
      class: (marked ?? left) ? "bar marked" : "bar",
      x: Math.min(from, to),
      y: y + 3,
      width: Math.max(1, Math.abs(to - from)),
      height: ROW - 6,
    }),
    // The figure of a bar to the left stands right of the base line, where there is always room.
    text(words, { x: (left ? from : to) + 6, y: middle }),
  ];
}

/** Draws a chart of bars as SVG. */
export function barChart(chart: BarChart): string {
  const scale = scaleOf(chart);
  const content: string[] = [];
  let y = TOP;
  for (const { title, bars } of chart.groups) {
    if (title !== "") {
      content.push(text(title, { class: "heading", x: 16, y: y + 18 }));
      y += HEADING;
    }
    for (const bar of bars) {
      content.push(...drawBar(bar, scale, chart.base, y));
      y += ROW;
    }
  }
  const height = y + BOTTOM;
  const line = (tick: number, name: string) => {
    const x = scale.place(tick);
    return element("line", { class: name, x1: x, x2: x, y1: TOP - 6, y2: y + 4 });
  };
  const tickText = (tick: number) =>
    [TOP - 12, y + 18].map((at) =>
      text(figureOfTick(tick), { class: "quiet", x: scale.place(tick), y: at, "text-anchor": "middle" }),
    );
  return picture(WIDTH, height, `${chart.title}: ${chart.axis}`, [
    text(chart.title, { class: "title", x: 16, y: 26 }),
    text(chart.axis, { class: "quiet", x: WIDTH - 16, y: 26, "text-anchor": "end" }),
    ...scale.ticks.map((tick) => line(tick, "grid")),
    ...scale.ticks.flatMap(tickText),
    line(chart.base, "base"),
    ...content,
  ]);
}

/** A tick without zeros that say nothing. */
export function figureOfTick(tick: number): string {
  return tick >= 1000 ? figure(tick) : String(Number(tick.toPrecision(3)));
}
