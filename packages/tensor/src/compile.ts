import type { Backend, Executable, Slot } from "./backend.js";
import { dtypeOf, type HostArray } from "./dtype.js";
import { isOn } from "./environment.js";
import { DataError } from "./errors.js";
import { bind } from "./execute.js";
import { buildGraph, type Graph } from "./graph.js";
import { checkAlive, type LeafSource, Node } from "./node.js";
import { fromSlot, tensor, upload } from "./ops/creation.js";
import { prepare } from "./plan-cache.js";
import { activeRecording, Recording, scope, withRecording } from "./recording.js";
import { backend, onCurrent } from "./session.js";
import { Tensor } from "./tensor.js";
import { entriesOf, mapTensors, mapTree, tensorsIn } from "./tree.js";

/** What varies from call to call. */
export type Varying = Tensor | HostArray;

const isHostArray = (value: unknown): value is HostArray =>
  typeof value === "object" &&
  value !== null &&
  "data" in value &&
  "shape" in value &&
  ArrayBuffer.isView(value.data) &&
  Array.isArray(value.shape);

/** The same with `replace` in the place of what varies. */
export const mapVarying = (value: unknown, replace: (leaf: Varying) => Tensor): unknown =>
  mapTree(value, (leaf) => (leaf instanceof Tensor || isHostArray(leaf) ? replace(leaf) : leaf), isHostArray);

const dtypeOfVarying = (leaf: Varying) => (leaf instanceof Tensor ? leaf.dtype : dtypeOf(leaf.data));

/**
 * Shapes, dtypes and static values of the arguments: calls with equal signatures share a trace. This is done at each
 * call, so it goes over the arguments once, and adds to `varying` what varies.
 */
export function signatureOf(value: unknown, varying: Varying[]): string {
  if (value instanceof Tensor || isHostArray(value)) {
    varying.push(value);
    return `${dtypeOfVarying(value)}[${value.shape.join(",")}]`;
  }
  if (Array.isArray(value)) {
    let items = "";
    for (const item of value) items += `${signatureOf(item, varying)},`;
    return `[${items}]`;
  }
  const entries = entriesOf(value);
  if (entries) {
    let items = "";
    for (const [key, item] of entries)
      items += `${JSON.stringify(String(key))}:${signatureOf(item, varying)},`;
    return `{${items}}`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (value === null || ["number", "boolean", "undefined"].includes(typeof value)) return String(value);
  throw new DataError(
    `compile: got an argument of type ${typeof value}, expected tensors, host arrays, numbers, strings ` +
      "or booleans, in arrays and plain objects",
  );
}

/** A traced function: what its backend runs, and how to bind and unpack. */
export interface Trace<E extends { dispose(): void }> {
  readonly owner: Backend;
  readonly executable: E;
  /** What the plan is bound to; captured tensors were copied once into memory that stays. */
  readonly leaves: readonly LeafSource[];
  readonly outputs: readonly Node[];
  /** What `fn` returned, with tensors that are stand-ins for the outputs. */
  readonly result: unknown;
  /** The place of each stand-in in `outputs`. */
  readonly places: ReadonlyMap<Node, number>;
}

/** Copies a captured tensor into memory that outlives runs. */
function pin(leaf: Extract<LeafSource, { kind: "slot" }>, owner: Backend): LeafSource {
  const current = onCurrent(leaf.slot, leaf.owner);
  const slot = owner.allocate(current.size, current.dtype);
  owner.copy(slot, current);
  return { kind: "slot", slot, owner };
}

/** Records `fn` with stand-ins for what varies in `args`, and has its graph made ready. */
export function trace<E extends { dispose(): void }>(
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
  ready: (graph: Graph, owner: Backend) => E,
): Trace<E> {
  const owner = backend();
  const recording = new Recording(true);
  let position = 0;
  const stand = (like: Varying): Tensor => {
    const name = `argument ${position}`;
    const node = new Node({ kind: "leaf" }, [], [...like.shape], dtypeOfVarying(like), undefined, name);
    node.source = { kind: "placeholder", position: position++ };
    return new Tensor(node);
  };
  const placeholders = args.map((arg) => mapVarying(arg, stand));
  try {
    const result = withRecording(recording, () => fn(...(placeholders as never[])));
    if (result instanceof Promise)
      throw new DataError("compile: got an async function, expected one that returns at once");
    const outputs = [...new Set(tensorsIn(result).map(({ node }) => node))];
    const graph = buildGraph(outputs, recording.assignments, true);
    const executable = ready(graph, owner);
    const leaves = graph.leaves.map((leaf) => (leaf.kind === "slot" ? pin(leaf, owner) : leaf));
    const places = new Map(outputs.map((output, place) => [output, place]));
    return { owner, executable, leaves, outputs, result, places };
  } finally {
    recording.ended = true;
  }
}

/** The memory of an argument on the current backend. */
export function boundTo(leaf: Varying): Slot {
  if (!(leaf instanceof Tensor)) return upload(leaf.data, leaf.shape, dtypeOf(leaf.data));
  checkAlive(leaf.node);
  return bind(leaf.node.source!);
}

/** What `fn` returned, of the values in `slots`. */
export function unpacked(traced: Trace<{ dispose(): void }>, slots: readonly Slot[]): unknown {
  const { owner, outputs, result, places } = traced;
  const values = slots.map((slot, i) => fromSlot(slot, owner, outputs[i]!.shape, outputs[i]!.dtype));
  return mapTensors(result, (stand) => values[places.get(stand.node)!]!);
}

/** Gives back the plan and the memory of captured tensors. */
export function release({ executable, leaves }: Trace<{ dispose(): void }>): void {
  executable.dispose();
  for (const leaf of leaves) if (leaf.kind === "slot") leaf.owner.free(leaf.slot);
}

export const asTensor = (leaf: Varying): Tensor => (leaf instanceof Tensor ? leaf : tensor(leaf));

/** What a compiled function takes for an argument of type T: host arrays wherever `fn` has tensors. */
export type Given<T> = T extends Tensor
  ? Tensor | HostArray
  : T extends readonly unknown[] | Readonly<Record<string, unknown>>
    ? { [K in keyof T]: Given<T[K]> }
    : T;

/** A compiled function; `dispose` gives back the memory of captured tensors and the plans. */
export type Compiled<A extends readonly unknown[], R> = ((...args: { [K in keyof A]: Given<A[K]> }) => R) & {
  dispose(): void;
};

/**
 * Records `fn` once for each signature of its arguments and from then on only runs the plan: same numbers, no
 * JavaScript per op. Tensors and host arrays among the arguments (also inside arrays and objects) vary from call to
 * call; numbers, strings and booleans are part of the signature; what else `fn` reads is fixed when it is recorded,
 * except Variables. Inside a scope or another compiled function it is simply part of that.
 */
export function compile<A extends readonly unknown[], R>(fn: (...args: A) => R): Compiled<A, R> {
  const traces = new Map<string, Trace<Executable>>();
  const dispose = (): void => {
    for (const traced of traces.values()) release(traced);
    traces.clear();
  };
  const call = (...given: { [K in keyof A]: Given<A[K]> }): R => {
    const recorded = (): R => fn(...(given.map((arg) => mapVarying(arg, asTensor)) as unknown as A));
    if (activeRecording()) return recorded();
    const varying: Varying[] = [];
    const signature = signatureOf(given, varying);
    let traced = traces.get(signature);
    if (traced && traced.owner !== backend()) {
      dispose();
      traced = undefined;
    }
    if (!traced && !isOn("COMPILE")) return scope(recorded);
    const slots = varying.map(boundTo); // checks the arguments before they are recorded
    if (!traced) {
      traced = trace(fn as (...args: never[]) => unknown, given, prepare);
      traces.set(signature, traced);
    }
    const { executable, leaves } = traced;
    return unpacked(traced, executable.run(leaves.map((leaf) => bind(leaf, slots)))) as R;
  };
  return Object.assign(call, { dispose });
}
