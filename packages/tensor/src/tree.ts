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

/** Rebuilds nested arrays, Maps and plain objects with every other value, and what `isLeaf` finds, replaced. */
export function mapTree(
  value: unknown,
  replace: (leaf: unknown) => unknown,
  isLeaf: (value: unknown) => boolean = () => false,
): unknown {
  if (isLeaf(value)) return replace(value);
  const map = (item: unknown): unknown => mapTree(item, replace, isLeaf);
  if (Array.isArray(value)) return value.map(map);
  const entries = entriesOf(value)?.map(([key, item]) => [key, map(item)] as const);
  if (!entries) return replace(value);
  return value instanceof Map ? new Map(entries) : Object.fromEntries(entries as [string, unknown][]);
}

/** Keys and values of a Map or a plain object; undefined for anything else. */
export function entriesOf(value: unknown): [unknown, unknown][] | undefined {
  if (value instanceof Map) return [...value];
  return isPlainObject(value) ? Object.entries(value) : undefined;
}
