import type { Tensor } from "@hekla/tensor";

/** The mask of each of several inputs, where it has one. */
export type Masks = readonly (Tensor | undefined)[];

/** For one input its mask; for several inputs one entry each. True (or 1) marks places that count. */
export type Mask = Tensor | undefined | Masks;

/** Masks travel beside tensors from layer to layer, as in Keras 3; ops other than layers drop them. */
const masks = new WeakMap<Tensor, Tensor>();

/**
 * The mask that layers before gave this tensor: bool of shape `[batch, time]` (or the tensor's leading axes), undefined
 * where every place counts.
 */
export function maskOf(x: Tensor): Tensor | undefined {
  const mask = masks.get(x);
  if (!mask) return undefined;
  // A mask recorded in a scope that has ended, of which only the values were returned, is gone.
  return isThere(mask) ? mask : undefined;
}

/** Whether a tensor that another one carries along has values, or will have: not where its scope has ended without it. */
export const isThere = ({ node }: Tensor): boolean =>
  node.source !== undefined || node.recording?.ended === false;

/** The tensor itself, from now on with this mask. */
export function setMask(x: Tensor, mask: Tensor | undefined): Tensor {
  if (mask) masks.set(x, mask);
  else masks.delete(x);
  return x;
}

/** The mask of the only, or the first, input. */
export const firstMask = (mask: Mask): Tensor | undefined =>
  Array.isArray(mask) ? (mask[0] as Tensor | undefined) : (mask as Tensor | undefined);

/** Whether a mask tells of the leading axes of this tensor. */
export const maskFits = (mask: Tensor, output: Tensor): boolean =>
  mask.rank <= output.rank && mask.shape.every((size, axis) => size === output.shape[axis]);
