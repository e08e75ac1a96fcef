import { Tensor } from "./tensor.js";

const isPlainObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" &&
  value !== null &&
  (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null);

/** Every tensor in nested arrays, Maps and plain objects, in a fixed order. */
export function tensorsIn(value: unknown): Tensor[] {
  const found: Tensor[] = [];
  mapTensors(value, (tensor) => {
    found.push(tensor);
    return tensor;
  });
  return found;
}

/** The same structure with every tensor replaced; structures without tensors are kept as they are. */
export function mapTensors<T>(value: T, replace: (tensor: Tensor) => Tensor): T {
  return mapTree(value, (leaf) => (leaf instanceof Tensor ? replace(leaf) : leaf)) as T;
}

/** Rebuilds nested arrays, Maps and plain objects with every other value replaced. */
export function mapTree(value: unknown, replace: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => mapTree(item, replace));
  if (value instanceof Map) {
    return new Map([...value].map(([key, item]) => [key, mapTree(item, replace)]));
  }
  if (!isPlainObject(value)) return replace(value);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapTree(item, replace)]));
}
