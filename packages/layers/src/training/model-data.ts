import { DataError, type HostArray, type HostData, ShapeError } from "@hekla/tensor";
import { type BatchShape, formatBatchShape, product } from "../batch-shape.js";
import { kindOf } from "../kind-of.js";

/** Numbers in lists of lists. */
export type NestedNumbers = readonly number[] | readonly NestedNumbers[];

/** Values for one input or output: `{ data, shape }`, a typed array (one number a sample), or nested lists. */
export type DataItem = HostArray | HostData | NestedNumbers;

/** Values for a model: for its only input or output, or for several as a list or by name. */
export type ModelData = DataItem | readonly DataItem[] | Readonly<Record<string, DataItem>>;

/** Whether it is `{ data, shape }`. */
export const isHostArray = (value: unknown): value is HostArray =>
  typeof value === "object" && value !== null && "data" in value && ArrayBuffer.isView(value.data);

const isTyped = (value: unknown): value is HostData => ArrayBuffer.isView(value);

/** Whether these are arrays by the names of inputs or outputs. */
export const isByName = (data: ModelData): data is Readonly<Record<string, DataItem>> =>
  !isHostArray(data) && kindOf(data) === "Object";

/** One array with its shape. */
function hostArray(owner: string, name: string, item: DataItem): HostArray {
  if (isHostArray(item)) return item;
  if (isTyped(item)) return { data: item, shape: [item.length] };
  if (!Array.isArray(item)) {
    throw new DataError(
      `${owner}: ${name} is no data, got ${kindOf(item)}, expected { data, shape }, a typed array or nested arrays ` +
        "of numbers",
    );
  }
  const shape: number[] = [];
  for (let part: unknown = item; Array.isArray(part); part = part[0]) shape.push(part.length);
  const data = new Float32Array(product(shape));
  let at = 0;
  const fill = (part: unknown, axis: number): void => {
    if (axis === shape.length) {
      if (typeof part !== "number" && typeof part !== "boolean") {
        throw new DataError(`${owner}: ${name} holds ${typeof part}, expected numbers`);
      }
      data[at++] = Number(part);
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[axis]) {
      const got = Array.isArray(part) ? `one of ${part.length}` : String(part);
      throw new ShapeError(
        `${owner}: ${name} is ragged, got ${got} on axis ${axis}, expected lists of ${shape[axis]}`,
      );
    }
    for (const inner of part) fill(inner, axis + 1);
  };
  fill(item, 0);
  return { data, shape };
}

/**
 * The arrays of a model's inputs or outputs, in order.
 * @param names of the inputs or outputs; undefined where the model does not know them yet
 * @throws DataError for data of no known form, names that do not fit, or a wrong number of arrays
 */
export function modelData(
  owner: string,
  what: string,
  data: ModelData,
  names: readonly string[] | undefined,
): readonly HostArray[] {
  const arrays = listOfData(owner, what, data, names);
  if (names && arrays.length !== names.length) {
    throw new DataError(
      `${owner}: wrong number of arrays for ${what}, got ${arrays.length}, expected ${names.length} (${names.join(", ")})`,
    );
  }
  return arrays;
}

function listOfData(
  owner: string,
  what: string,
  data: ModelData,
  names: readonly string[] | undefined,
): readonly HostArray[] {
  if (isHostArray(data) || isTyped(data)) return [hostArray(owner, what, data)];
  if (Array.isArray(data)) {
    // A list of arrays with shapes is one for each input; lists of numbers are one array, unless that cannot be.
    const arrays = data.every((item) => isHostArray(item) || isTyped(item));
    const wanted = names && names.length > 1 && data.length === names.length;
    const several = data.length > 0 && (arrays || (wanted && data.every((item) => typeof item === "object")));
    if (!several) return [hostArray(owner, what, data as NestedNumbers)];
    return (data as readonly DataItem[]).map((item, index) => hostArray(owner, `${what}[${index}]`, item));
  }
  if (!isByName(data)) return [hostArray(owner, what, data as DataItem)];
  const byName = data;
  const wanted = names ?? Object.keys(byName);
  return wanted.map((name) => {
    const item = Object.hasOwn(byName, name) ? byName[name] : undefined;
    if (item === undefined) {
      throw new DataError(
        `${owner}: ${what} lacks "${name}", got ${Object.keys(byName).join(", ") || "nothing"}, ` +
          `expected ${wanted.join(", ")}`,
      );
    }
    return hostArray(owner, `${what}.${name}`, item);
  });
}

/**
 * The array as the model's input takes it: `[samples]` for one number a sample becomes `[samples, 1]`.
 * @throws ShapeError where it does not fit
 */
export function fitShape(owner: string, what: string, array: HostArray, expected: BatchShape): HostArray {
  const { data, shape } = array;
  if (shape.length === 1 && expected.length === 2 && expected[1] === 1)
    return { data, shape: [shape[0]!, 1] };
  const same =
    shape.length === expected.length &&
    shape.every((size, axis) => axis === 0 || expected[axis] === null || expected[axis] === size);
  if (same) return array;
  const oneSample =
    shape.length === expected.length - 1 && shape.every((size, axis) => size === expected[axis + 1]);
  throw new ShapeError(
    `${owner}: samples do not fit the model, got ${what} of shape [${shape}], expected ${formatBatchShape(expected)}` +
      (oneSample ? `; one sample is a batch of one, [${[1, ...shape]}]` : ""),
  );
}
