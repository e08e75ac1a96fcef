import type { Backend, Slot } from "../backend.js";
import { type Dtype, dtypeOf, type HostArray, type HostData, storageArray, toStorage } from "../dtype.js";
import { DataError, DtypeError, ShapeError } from "../errors.js";
import { roundToHalf } from "../half.js";
import { Node } from "../node.js";
import { activeRecording, record, scope } from "../recording.js";
import { backend, checkDtype } from "../session.js";
import { checkShape, formatShape, type Shape, sizeOf } from "../shape.js";
import { type NestedArray, Tensor, type TensorLike } from "../tensor.js";

/** The element type of what is made. */
export interface DtypeOption {
  /** Default "float32". */
  readonly dtype?: Dtype;
}

/** The tensor behind what an op was given; numbers become constants. Inside a recording only. */
export function asTensor(like: TensorLike, dtype?: Dtype): Tensor {
  if (like instanceof Tensor) return like;
  if (typeof like === "number") return constant(like, [], dtype ?? "float32");
  if (typeof like === "boolean") return constant(Number(like), [], dtype ?? "bool");
  if (typeof like === "object" && like !== null && typeof like.read === "function") return like.read();
  throw new DataError(`op: got ${String(like)}, expected a Tensor, a Variable, a number or a boolean`);
}

/** The same number everywhere; never stored, but written into the programs that use it. */
export const constant = (value: number, shape: Shape, dtype: Dtype): Tensor =>
  record({ kind: "constant", value: exactly(value, dtype) }, [], shape, dtype);

/** The number as the element type holds it. */
function exactly(value: number, dtype: Dtype): number {
  if (dtype === "bool") return Number(value !== 0);
  if (dtype === "float16") return roundToHalf(value);
  const exact = dtype === "float32" ? Math.fround(value) : dtype === "int32" ? value | 0 : value;
  if (dtype === "int32" && exact !== value) {
    throw new DtypeError(`constant: got ${value}, expected a whole number of 32 bits for int32`);
  }
  return exact;
}

/** The same values in memory of their own; mostly inserted by Hekla itself. */
export const copy = (x: TensorLike): Tensor =>
  scope(() => {
    const source = asTensor(x);
    return record({ kind: "copy" }, [source], source.shape, source.dtype, (gradient) => [gradient]);
  });

function shapeOfNested(data: NestedArray): number[] {
  const shape: number[] = [];
  for (let level = data; typeof level === "object"; level = level[0]!) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}

function flattenNested(data: NestedArray, shape: Shape, axis: number, out: number[]): void {
  if (axis === shape.length) {
    if (typeof data !== "number" && typeof data !== "boolean") {
      throw new ShapeError(
        `tensor: nested arrays are ragged, expected shape ${formatShape(shape)} throughout`,
      );
    }
    out.push(Number(data));
    return;
  }
  if (typeof data === "number" || typeof data === "boolean" || data.length !== shape[axis]) {
    throw new ShapeError(
      `tensor: nested arrays are ragged, got ${Array.isArray(data) ? data.length : "a number"} on ` +
        `axis ${axis}, expected ${shape[axis]} as in shape ${formatShape(shape)}`,
    );
  }
  for (const item of data) flattenNested(item, shape, axis + 1, out);
}

const isHostData = (value: unknown): value is HostData =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

/**
 * Values in the current backend's memory.
 * @throws ShapeError for a shape of another size; DtypeError for an element type that the backend does not have
 */
export function upload(values: ArrayLike<number>, shape: Shape, dtype: Dtype): Slot {
  checkShape("tensor", shape);
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(
      `tensor: got ${values.length} values, expected ${sizeOf(shape)} for shape ${formatShape(shape)}`,
    );
  }
  checkDtype(dtype);
  return backend().upload(toStorage(dtype, values), dtype);
}

/** The tensor whose values are in a slot of `owner`. */
export function fromSlot(slot: Slot, owner: Backend, shape: Shape, dtype: Dtype): Tensor {
  const node = new Node({ kind: "leaf" }, [], shape, dtype, undefined, "");
  node.settle(slot, owner);
  return new Tensor(node);
}

/** Options of `tensor`. */
export interface TensorOptions {
  /** Default: that of the nesting, or `[length]` for a typed array. */
  readonly shape?: Shape;
  /** Default: float32; int32 for Int32Array, float64 for Float64Array. See `Dtype` for float16. */
  readonly dtype?: Dtype;
}

/**
 * A tensor of given values: a number, nested arrays, a typed array (row-major) or `{ data, shape }`.
 * A typed array of the right dtype is used as it is, without a copy: do not change it afterwards.
 * @throws ShapeError for ragged arrays or a shape of another size
 */
export function tensor(
  data: NestedArray | readonly boolean[] | boolean | HostData | HostArray,
  options: TensorOptions = {},
): Tensor {
  let shape = options.shape;
  let values: ArrayLike<number>;
  let dtype = options.dtype;
  if (isHostData(data)) {
    values = data;
    shape ??= [data.length];
    dtype ??= dtypeOf(data);
  } else if (typeof data === "object" && "data" in data && "shape" in data) {
    values = data.data;
    shape ??= data.shape;
    dtype ??= dtypeOf(data.data);
  } else {
    const nested = data as NestedArray;
    const found = typeof nested === "boolean" ? [] : shapeOfNested(nested);
    const flat: number[] = [];
    flattenNested(nested, found, 0, flat);
    values = flat;
    shape ??= found;
  }
  dtype ??= "float32";
  return fromSlot(upload(values, shape, dtype), backend(), [...shape], dtype);
}

/** Every element `value`. */
export function full(shape: Shape, value: number, options: DtypeOption = {}): Tensor {
  checkShape("full", shape);
  const { dtype = "float32" } = options;
  // Outside recordings no plan is made of it.
  if (activeRecording()) return constant(value, shape, dtype);
  const values = storageArray(dtype === "float16" ? "float32" : dtype, sizeOf(shape)) as Float32Array;
  return tensor(values.fill(exactly(value, dtype)), { shape, dtype });
}

/** A tensor of zeros, float32 by default. */
export const zeros = (shape: Shape, options: DtypeOption = {}): Tensor => full(shape, 0, options);

/** A tensor of ones, float32 by default. */
export const ones = (shape: Shape, options: DtypeOption = {}): Tensor => full(shape, 1, options);

/** The index of each element along `axis`, int32. */
export const coordinate = (shape: Shape, axis: number): Tensor =>
  scope(() => record({ kind: "coordinate", axis }, [], shape, "int32"));
