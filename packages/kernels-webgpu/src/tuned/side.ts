import type { Condition, Index, KernelWriter } from "../text/kernel-writer.js";

/**
 * What an index along one axis of a matrix adds to where an element lies, and to its row and column in an
 * image.
 */
export interface Part {
  readonly place: Index;
  readonly row?: Index;
  readonly column?: Index;
}

/**
 * An axis of a matrix that is a side of a product: the one that the result has too, and the one that is
 * summed over.
 */
export type Axis = "outer" | "depth";

/**
 * One spatial axis of an image that a side reads: only a row (or column) that is a multiple of `step` and
 * inside counts.
 */
export interface ImageAxis {
  /** Places along the axis, `step` apart in rows (columns) as the parts count them. */
  readonly size: number;
  readonly step: number;
  /** Elements from place to place. With a step of 1 the parts' own places hold this already. */
  readonly stride: number;
  /** Whether nothing is ever outside. */
  readonly safe: boolean;
}

/** A side of a product: a matrix, or what stands for one, such as the windows of images. */
export interface Side {
  /** The operand of the routine that it reads. */
  readonly operand: number;
  readonly batchStride: number;
  outer(kernel: KernelWriter, index: Index): Part;
  depth(kernel: KernelWriter, index: Index): Part;
  /** The axis along which four elements are taken at a time. */
  readonly fours: Axis;
  /**
   * Four from a multiple of four on lie side by side, from a multiple of four on, all inside or all outside.
   */
  readonly aligned: boolean;
  /** The axis along which neighbouring threads go: what they read should lie together. */
  readonly neighbours: Axis;
  readonly image?: { readonly row: ImageAxis; readonly column: ImageAxis };
}

/** Where an element lies, and whether it is there at all; what is not is 0. */
export interface Element {
  readonly place: Index;
  readonly inside: readonly Condition[];
}

/** The element that two parts lead to. */
export function elementAt(kernel: KernelWriter, side: Side, outer: Part, depth: Part): Element {
  const places = [outer.place, depth.place];
  const inside: Condition[] = [];
  for (const axis of side.image ? (["row", "column"] as const) : []) {
    const { size, step, stride, safe } = side.image![axis];
    if (safe) continue;
    const at = kernel.hold(kernel.plus(outer[axis]!, depth[axis]!));
    if (step === 1) {
      inside.push(kernel.inside(at, size));
      continue;
    }
    // Rows below 0 wrap to ones that are far beyond the last, also when divided.
    const place = kernel.hold(kernel.quotient(at, step));
    inside.push(kernel.same(kernel.times(place, step), at), kernel.inside(place, size));
    places.push(kernel.times(place, stride));
  }
  return { place: kernel.plus(...places), inside };
}

/** Elements from one to the next along the axes of a matrix. */
export interface MatrixLayout {
  readonly operand: number;
  /** Elements before the first. */
  readonly offset: number;
  readonly batchStride: number;
  readonly outerSize: number;
  readonly outerStride: number;
  readonly depthSize: number;
  readonly depthStride: number;
}

/** A matrix whose elements lie side by side along one of its axes. */
export function matrixSide(layout: MatrixLayout): Side {
  const { operand, offset, batchStride, outerSize, outerStride, depthSize, depthStride } = layout;
  const fours: Axis = depthStride === 1 ? "depth" : "outer";
  const [stride, size, other] =
    fours === "depth" ? [depthStride, depthSize, outerStride] : [outerStride, outerSize, depthStride];
  return {
    operand,
    batchStride,
    outer: (kernel, index) => ({ place: kernel.times(index, outerStride) }),
    depth: (kernel, index) => ({ place: kernel.times(index, depthStride) }),
    fours,
    aligned: stride === 1 && [size, other, batchStride, offset].every((count) => count % 4 === 0),
    neighbours: fours,
  };
}
