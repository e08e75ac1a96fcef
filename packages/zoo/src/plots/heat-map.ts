import { encodePng } from "@hekla/layers";
import { DataError, type HostArray } from "@hekla/tensor";
import { rampColor } from "./color-ramp.js";
import { rangeOf } from "./scale.js";
import { element, label, picture, pngAddress, textWidth } from "./svg.js";

/** One table of values. */
export interface HeatPanel {
  readonly title?: string;
  /** `[rows, columns]`; a value that is not finite is left out. */
  readonly values: HostArray;
  readonly rowLabels?: readonly string[];
  /**
   * Least and largest value of the colors. Default: those of the table; about 0 where there are negative
   * ones.
   */
  readonly range?: readonly [number, number];
}

export interface HeatMap {
  readonly title: string;
  /** Tables below each other, over the same columns. */
  readonly panels: readonly HeatPanel[];
  readonly columnLabels?: readonly string[];
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Pixels of a cell. Default: as fits, 6 to 30 wide and 6 to 26 high. */
  readonly cell?: { readonly width: number; readonly height: number };
}

/**
 * Values as colors, table below table: attention weights, gates over time. Values of both signs are colored
 * from blue over white (0) to orange, others from dark to light.
 * @throws DataError if a table is no table, or labels do not fit it
 */
export async function heatMap(map: HeatMap): Promise<string> {
  const { title, panels, columnLabels, xLabel, yLabel } = map;
  const columns = panels[0]?.values.shape[1] ?? 0;
  for (const panel of panels) checkPanel(panel, columns, columnLabels);
  const rows = panels.reduce((sum, { values }) => sum + values.shape[0]!, 0);
  const clamp = (size: number, low: number, high: number) => Math.min(Math.max(size, low), high);
  const cell = map.cell ?? { width: clamp(720 / columns, 6, 30), height: clamp(520 / rows, 6, 26) };

  const labels = panels.flatMap(({ rowLabels = [] }) => rowLabels);
  const left = Math.max(20, ...labels.map((name) => textWidth(name) + 26));
  // Column labels that are wider than a cell stand on their ends.
  const widest = Math.max(0, ...(columnLabels ?? []).map(textWidth));
  const upright = widest > cell.width - 4;
  const labelRoom = columnLabels ? (upright ? Math.min(widest, 140) + 14 : 24) : 8;
  const width = Math.max(left + columns * cell.width + 110, textWidth(title) * 1.4 + 32, 320);

  const content = [label(title, { class: "title", x: 16, y: 26 })];
  let y = 40;
  if (yLabel) {
    y += 8;
    content.push(label(yLabel, { class: "quiet", x: 16, y }));
  }
  for (const panel of panels) {
    if (panel.title) content.push(label(panel.title, { x: left, y: y + 14 }));
    y += panel.title ? 22 : 8;
    content.push(...(await drawPanel(panel, left, y, cell)));
    y += panel.values.shape[0]! * cell.height;
  }
  columnLabels?.forEach((name, column) => {
    const x = left + (column + 0.5) * cell.width;
    const shown = name.length > 24 ? `${name.slice(0, 23)}…` : name;
    content.push(
      upright
        ? label(shown, { transform: `translate(${x + 4} ${y + 8}) rotate(-90)`, "text-anchor": "end" })
        : label(shown, { x, y: y + 17, "text-anchor": "middle" }),
    );
  });
  y += labelRoom;
  const middle = left + (columns * cell.width) / 2;
  if (xLabel) {
    y += 14;
    content.push(label(xLabel, { class: "quiet", x: middle, y, "text-anchor": "middle" }));
  }
  return picture({ width: Math.ceil(width), height: Math.ceil(y + 14) }, title, content);
}

async function drawPanel(
  panel: HeatPanel,
  left: number,
  top: number,
  cell: { readonly width: number; readonly height: number },
): Promise<string[]> {
  const { values, rowLabels } = panel;
  const [rows = 0, columns = 0] = values.shape;
  const [least, largest] = panel.range ?? rangeOf([values.data]);
  const signed = least < 0;
  const bound = Math.max(Math.abs(least), Math.abs(largest)) || 1;
  const [low, high] = signed ? [-bound, bound] : [least, largest > least ? largest : least + 1];
  const share = (value: number) => (value - low) / (high - low);
  const pixels = new Uint8Array(rows * columns * 4);
  for (let at = 0; at < rows * columns; at++) {
    const value = values.data[at]!;
    if (Number.isFinite(value)) pixels.set([...rampColor(share(value), signed), 255], at * 4);
  }
  const size = { width: columns * cell.width, height: rows * cell.height };
  const ramp = new Uint8Array(64 * 3);
  for (let k = 0; k < 64; k++) ramp.set(rampColor(1 - k / 63, signed), k * 3);
  const bar = { x: left + size.width + 16, y: top, width: 12, height: size.height };
  const image = async (png: Promise<Uint8Array>, place: Record<string, number>) =>
    element("image", { ...place, preserveAspectRatio: "none", href: pngAddress(await png) });
  // Three figures; next to nothing beside the largest value is nothing.
  const short = (value: number) => String(Math.abs(value) < bound / 1000 ? 0 : Number(value.toPrecision(3)));
  const quiet = { class: "quiet", x: bar.x + 18 };
  return [
    await image(encodePng(pixels, rows, columns, 4), { x: left, y: top, ...size }),
    element("rect", { class: "frame", x: left, y: top, ...size }),
    ...(rowLabels ?? []).map((name, row) =>
      label(name, { x: left - 8, y: top + (row + 0.5) * cell.height + 4, "text-anchor": "end" }),
    ),
    await image(encodePng(ramp, 64, 1, 3), bar),
    ...(size.height < 34
      ? [label(`${short(low)} to ${short(high)}`, { ...quiet, y: top + size.height / 2 + 4 })]
      : [
          label(short(high), { ...quiet, y: top + 10 }),
          label(short(low), { ...quiet, y: top + size.height }),
        ]),
  ];
}

function checkPanel(
  { values, rowLabels }: HeatPanel,
  columns: number,
  columnLabels?: readonly string[],
): void {
  const [rows = 0, own] = values.shape;
  const place = `heatMap: a table [${values.shape}] does not fit`;
  if (values.shape.length !== 2 || rows * columns === 0 || own !== columns) {
    throw new DataError(`${place}, got ${own ?? "no"} columns, expected [rows, ${columns || "columns"}]`);
  }
  for (const [labels, count] of [
    [rowLabels, rows],
    [columnLabels, columns],
  ] as const) {
    if (labels && labels.length !== count)
      throw new DataError(`${place}, got ${labels.length} labels, expected ${count}`);
  }
}
