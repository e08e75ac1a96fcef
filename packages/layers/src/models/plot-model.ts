import { DataError } from "@hekla/tensor";
import { type BatchShape, formatBatchShape } from "../batch-shape.js";
import type { Layer } from "../layer.js";
import type { FunctionGraph } from "./function-graph.js";

export interface PlotModelOptions {
  /** Whether boxes tell the shapes of outputs. Default true. */
  readonly showShapes?: boolean;
  /** Whether boxes tell the names of layers beside their classes. Default true. */
  readonly showLayerNames?: boolean;
  /** Whether boxes tell the number of parameters. Default true. */
  readonly showParams?: boolean;
  /** From top to bottom ("TB") or from left to right ("LR"). Default "TB". */
  readonly rankdir?: "TB" | "LR";
}

/** A model as the picture needs it. */
export interface Plotted extends Layer {
  readonly layers: readonly Layer[];
  readonly graph: FunctionGraph | undefined;
  readonly layerShapes?: readonly BatchShape[];
  readonly batchInputShape: BatchShape | undefined;
}

interface Box {
  /** Empty for a place that a long arrow passes through. */
  readonly lines: readonly string[];
  readonly rank: number;
  /** Boxes whose results it takes, or the places in the rank before through which their arrows come. */
  readonly sources: readonly Box[];
  /** Boxes that take its result though they stand before it: layers that are used again further on. */
  readonly again: Box[];
  /** Place in its rank, found by `arrange`. */
  order: number;
}

const lineHeight = 18;
const characterWidth = 7.3;
const padding = 10;
const gap = { beside: 28, between: 40 };

const escapeText = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function linesOf(layer: Layer, shape: string | undefined, options: PlotModelOptions): string[] {
  const { showShapes = true, showLayerNames = true, showParams = true } = options;
  const params = layer.countParams();
  return [
    showLayerNames ? `${layer.name} (${layer.className})` : layer.className,
    ...(showShapes && shape !== undefined ? [shape] : []),
    ...(showParams && params > 0 ? [`${params.toLocaleString("en-US")} parameters`] : []),
  ];
}

const formatShapes = (shapes: readonly BatchShape[]): string => shapes.map(formatBatchShape).join(", ");

function boxesOfGraph(graph: FunctionGraph, options: PlotModelOptions): Box[] {
  const boxes = new Map<Layer, Box>();
  const sourcesOf = (layer: Layer): readonly Layer[] => [
    ...new Set(graph.usesOf(layer).flatMap(({ inputs }) => inputs.map(({ use }) => use!.layer))),
  ];
  // Each layer once, under all that it is connected to: behind the last of them.
  for (const layer of graph.layers) {
    const uses = graph.usesOf(layer);
    const known = sourcesOf(layer).flatMap((source) => boxes.get(source) ?? []);
    const shapes = [...new Set(uses.map(({ outputs }) => formatShapes(outputs.map(({ shape }) => shape))))];
    const rank = Math.max(-1, ...known.map((box) => box.rank)) + 1;
    const lines = linesOf(layer, shapes.join(" | "), options);
    boxes.set(layer, { lines, rank, sources: known, again: [], order: 0 });
  }
  for (const [layer, box] of boxes) {
    for (const source of sourcesOf(layer).flatMap((other) => boxes.get(other) ?? [])) {
      if (!box.sources.includes(source)) source.again.push(box);
    }
  }
  return [...boxes.values()];
}

function boxesOfList(model: Plotted, options: PlotModelOptions): Box[] {
  const boxes: Box[] = [];
  const input = model.batchInputShape;
  if (input)
    boxes.push({ lines: ["input", formatBatchShape(input)], rank: 0, sources: [], again: [], order: 0 });
  model.layers.forEach((layer, index) => {
    const shape = model.layerShapes?.[index];
    const before = boxes.at(-1);
    const lines = linesOf(layer, shape && formatBatchShape(shape), options);
    boxes.push({ lines, rank: boxes.length, sources: before ? [before] : [], again: [], order: 0 });
  });
  return boxes;
}

/** Arrows over several ranks get places in those between, so that they go round the boxes there. */
function withPlaces(boxes: readonly Box[]): Box[] {
  const places: Box[] = [];
  const moved = new Map<Box, Box>();
  const through = (source: Box, rank: number): Box => {
    let from = moved.get(source)!;
    while (from.rank < rank - 1) {
      from = { lines: [], rank: from.rank + 1, sources: [from], again: [], order: 0 };
      places.push(from);
    }
    return from;
  };
  for (const box of boxes) {
    moved.set(box, { ...box, sources: box.sources.map((source) => through(source, box.rank)) });
  }
  for (const box of moved.values())
    box.again.splice(0, Number.POSITIVE_INFINITY, ...box.again.map((to) => moved.get(to)!));
  return [...moved.values(), ...places];
}

/** Boxes by rank, those of a rank near what they are connected to. */
function arrange(given: readonly Box[]): Box[][] {
  const boxes = withPlaces(given);
  const ranks: Box[][] = [];
  for (const box of boxes) {
    ranks[box.rank] ??= [];
    ranks[box.rank]!.push(box);
  }
  for (const rank of ranks) {
    const mean = ({ sources, order }: Box): number =>
      sources.length === 0
        ? order
        : sources.reduce((total, source) => total + source.order, 0) / sources.length;
    const places = new Map(rank.map((box) => [box, mean(box)]));
    rank.sort((a, b) => places.get(a)! - places.get(b)!);
    rank.forEach((box, place) => {
      box.order = place - (rank.length - 1) / 2;
    });
  }
  return ranks;
}

/**
 * The model's layers and how they are connected, as a picture in SVG.
 * @throws DataError where the model is not built
 * Source: Keras 3 `plot_model`.
 */
export function plotModel(model: Plotted, options: PlotModelOptions = {}): string {
  if (!model.built) {
    throw new DataError(
      "plotModel: the model is not built, got no input shape, expected an Input or a call of fit",
    );
  }
  const ranks = arrange(model.graph ? boxesOfGraph(model.graph, options) : boxesOfList(model, options));
  const across = options.rankdir === "LR";
  const width = (box: Box): number =>
    box.lines.length === 0
      ? 0
      : 2 * padding + characterWidth * Math.max(...box.lines.map((line) => line.length));
  const height = (box: Box): number =>
    box.lines.length === 0 ? 0 : 2 * padding + lineHeight * box.lines.length;
  const along = across ? width : height;
  const beside = across ? height : width;
  const breadth = (rank: readonly Box[]): number =>
    rank.reduce((total, box) => total + beside(box) + gap.beside, gap.beside);
  const broadest = Math.max(...ranks.map(breadth));
  const places = new Map<Box, { x: number; y: number }>();
  let at = gap.beside;
  for (const rank of ranks) {
    let side = (broadest - breadth(rank)) / 2 + gap.beside;
    for (const box of rank) {
      places.set(box, across ? { x: at, y: side } : { x: side, y: at });
      side += beside(box) + gap.beside;
    }
    at += Math.max(...rank.map(along)) + gap.between;
  }
  const length = at - gap.between + gap.beside;
  const [w, h] = across ? [length, broadest] : [broadest, length];
  const round = (value: number): string => value.toFixed(1).replace(/\.0$/, "");
  const thickness = ranks.map((rank) => Math.max(...rank.map(along)));
  /** Where arrows leave a box, and where they come in: in the middle of its sides. */
  const ends = (box: Box): { leave: string; enter: string; at: number; from: number; to: number } => {
    const { x, y } = places.get(box)!;
    const side = (across ? y : x) + beside(box) / 2;
    const from = across ? x : y;
    // An arrow that passes a rank goes straight through all of it.
    const to = from + (box.lines.length === 0 ? thickness[box.rank]! : along(box));
    return { leave: point(side, to), enter: point(side, from), at: side, from, to };
  };
  const point = (side: number, depth: number): string =>
    across ? `${round(depth)} ${round(side)}` : `${round(side)} ${round(depth)}`;
  const edges = ranks.flat().flatMap((box) => {
    const own = ends(box);
    const passes = box.lines.length === 0;
    return box.sources.map((source) => {
      const start = ends(source);
      const middle = (start.to + own.from) / 2;
      const curve = `C${point(start.at, middle)} ${point(own.at, middle)} ${own.enter}`;
      return `<path d="M${start.leave} ${curve}${passes ? `L${own.leave}"` : '" marker-end="url(#arrow)"'}/>`;
    });
  });
  const back = ranks.flat().flatMap((box) =>
    box.again.map((to) => {
      // From side to side, round whatever lies between.
      const [start, end] = [box, to].map((one) => {
        const { at, from } = ends(one);
        return { edge: at + beside(one) / 2, depth: from + along(one) / 2 };
      }) as [{ edge: number; depth: number }, { edge: number; depth: number }];
      const side = Math.max(start.edge, end.edge) + gap.beside;
      const curve = `C${point(side, start.depth)} ${point(side, end.depth)} ${point(end.edge, end.depth)}`;
      return `<path d="M${point(start.edge, start.depth)} ${curve}" marker-end="url(#arrow)"/>`;
    }),
  );
  const frames: string[] = [];
  const texts = ranks.flat().flatMap((box) => {
    if (box.lines.length === 0) return [];
    const { x, y } = places.get(box)!;
    frames.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(width(box))}" height="${round(height(box))}" rx="5"/>`,
    );
    return box.lines.map(
      (line, index) =>
        `<text x="${round(x + width(box) / 2)}" y="${round(y + padding + lineHeight * (index + 0.7))}"` +
        `${index === 0 ? ' font-weight="600"' : ""}>${escapeText(line)}</text>`,
    );
  });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(w)} ${round(h)}" width="${round(w)}" ` +
    `height="${round(h)}" font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12">` +
    `<title>${escapeText(model.name)}</title>` +
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
    '<path d="M0 0L8 4L0 8z" fill="#667"/></marker></defs>' +
    '<rect width="100%" height="100%" fill="#fff"/>' +
    `<g fill="none" stroke="#667" stroke-width="1.3">${[...edges, ...back].join("")}</g>` +
    `<g fill="#eef3f8" stroke="#9ab">${frames.join("")}</g>` +
    `<g text-anchor="middle" fill="#123">${texts.join("")}</g></svg>\n`
  );
}
