import type { HostArray, HostData } from "@hekla/tensor";
import { DataError } from "@hekla/tensor/errors";

/** A sample whose numbers have become arrays. */
export type Batch<T> = T extends number | HostArray
  ? HostArray
  : T extends readonly unknown[] | object
    ? { [K in keyof T]: Batch<T[K]> }
    : never;

export const isHostArray = (value: unknown): value is HostArray =>
  typeof value === "object" && value !== null && "data" in value && ArrayBuffer.isView(value.data);

function mapTree(value: unknown, leaf: (leaf: HostArray) => unknown): unknown {
  if (isHostArray(value)) return leaf(value);
  if (Array.isArray(value)) return value.map((item) => mapTree(item, leaf));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, mapTree(item, leaf)]));
  }
  throw new DataError(
    `dataset: got ${value === null ? "null" : typeof value} among arrays, expected { data, shape }, lists or objects of them`,
  );
}

/**
 * Every array in a structure.
 * @throws DataError for something else, or values that are not as many as their shape says
 */
export function arraysIn(value: unknown): HostArray[] {
  const found: HostArray[] = [];
  mapTree(value, (array) => {
    if (array.data.length !== sizeOf(array.shape)) {
      throw new DataError(
        `dataset: got ${array.data.length} values, expected those of shape [${array.shape}]`,
      );
    }
    found.push(array);
  });
  return found;
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((total, size) => total * size, 1);

/** Sample `index` of arrays that hold many: views, not copies. */
export const sampleAt = (arrays: unknown, index: number): unknown =>
  mapTree(arrays, ({ data, shape }) => {
    const inner = shape.slice(1);
    const size = sizeOf(inner);
    return { data: data.subarray(index * size, (index + 1) * size), shape: inner };
  });

function stackArrays(owner: string, items: readonly HostArray[]): HostArray {
  const { shape, data } = items[0]!;
  const size = sizeOf(shape);
  const stacked = new (data.constructor as new (length: number) => HostData)(items.length * size);
  items.forEach((item, index) => {
    if (item.shape.join() !== shape.join() || item.data.constructor !== data.constructor) {
      throw new DataError(
        `${owner}: samples differ, got ${item.data.constructor.name} [${item.shape}] beside ${data.constructor.name} ` +
          `[${shape}], expected the same shape and type`,
      );
    }
    stacked.set(item.data, index * size);
  });
  return { data: stacked, shape: [items.length, ...shape] };
}

/**
 * Samples of one structure as one, with an axis for them in front; numbers become float32.
 * @throws DataError where structures, shapes or types differ
 */
export function stackSamples<T>(owner: string, samples: readonly T[]): Batch<T> {
  const first: unknown = samples[0];
  const differ = (got: unknown): never => {
    throw new DataError(
      `${owner}: samples differ in structure, got ${describe(got)}, expected ${describe(first)}`,
    );
  };
  if (typeof first === "number") {
    const numbers = samples.map((sample) => (typeof sample === "number" ? sample : differ(sample)));
    return { data: Float32Array.from(numbers), shape: [numbers.length] } as unknown as Batch<T>;
  }
  if (isHostArray(first)) {
    return stackArrays(
      owner,
      samples.map((sample) => (isHostArray(sample) ? sample : differ(sample))),
    ) as Batch<T>;
  }
  if (typeof first !== "object" || first === null) return differ(first);
  const names = Object.keys(first);
  const parts = names.map((name) => {
    const items = samples.map((sample) => {
      const fits = typeof sample === "object" && sample !== null && !isHostArray(sample);
      if (!fits || Object.keys(sample).join() !== names.join()) differ(sample);
      return (sample as Record<string, unknown>)[name];
    });
    return stackSamples(owner, items);
  });
  if (Array.isArray(first)) return parts as unknown as Batch<T>;
  return Object.fromEntries(names.map((name, index) => [name, parts[index]])) as unknown as Batch<T>;
}

function describe(value: unknown): string {
  if (isHostArray(value)) return `an array [${value.shape}]`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object of ${Object.keys(value).join(", ")}`;
  return typeof value;
}
