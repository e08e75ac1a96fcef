import { ShapeError } from "../errors.js";
import { named } from "../recording.js";
import type { Tensor } from "../tensor.js";
import { cast } from "./cast.js";
import { coordinate, type DtypeOption } from "./creation.js";
import { add, equal, multiply } from "./elementwise.js";

/**
 * start, start + step, ... before `stop`.
 * @throws ShapeError for a step of 0
 */
export const range = (start: number, stop: number, step = 1, options: DtypeOption = {}): Tensor =>
  named("range", () => {
    const count = Math.max(0, Math.ceil((stop - start) / step));
    if (!Number.isFinite(count))
      throw new ShapeError(`range: got ${start}, ${stop}, ${step}, expected a finite count`);
    const dtype = options.dtype ?? "float32";
    return add(multiply(cast(coordinate([count], 0), dtype), step), start);
  });

/** Ones on the diagonal of `[size, columns]`, else zeros. */
export const eye = (size: number, options: DtypeOption & { readonly columns?: number } = {}): Tensor =>
  named("eye", () => {
    const shape = [size, options.columns ?? size];
    return cast(equal(coordinate(shape, 0), coordinate(shape, 1)), options.dtype ?? "float32");
  });
