import { ShapeError } from "@hekla/tensor";
import { type Along, SpatialLayer, type SpatialOptions } from "../convolution/spatial-layer.js";

/** Places at the start and at the end of an axis. */
export type Edge = readonly [number, number];

/** One number for all edges, or for each axis one number for both of its edges or one for each of them. */
export type Edges<Size extends Along> = number | { readonly [Axis in keyof Size]: number | Edge };

/** A layer that changes the edges of steps, images or volumes. */
export abstract class EdgeLayer<Size extends Along> extends SpatialLayer<Size> {
  /** By spatial axis. */
  protected readonly edges: readonly Edge[];

  constructor(
    rank: Size["length"],
    name: string,
    value: number | readonly (number | Edge)[],
    options: SpatialOptions,
    hasFormat = true,
  ) {
    super(rank, options, hasFormat);
    const axes = typeof value === "number" ? Array.from({ length: rank }, () => value) : value;
    const edges = axes.map((edge) => (typeof edge === "number" ? ([edge, edge] as const) : edge));
    const isEdge = (edge: readonly number[]): boolean =>
      edge.length === 2 && edge.every((size) => Number.isInteger(size) && size >= 0);
    if (edges.length !== rank || !edges.every(isEdge)) {
      throw new ShapeError(
        `${this.name}: bad ${name}, got ${JSON.stringify(value)}, expected an integer of 0 or more, or ` +
          (rank === 1 ? "two" : `for each of ${rank} axes one or two`),
      );
    }
    this.edges = edges;
  }
}
