import type { Backend, Executable, Slot } from "./backend.js";
import type { HostArray } from "./dtype.js";
import { isOn } from "./environment.js";
import { DataError } from "./errors.js";
import { bind } from "./execute.js";
import { buildGraph } from "./graph.js";
import { type LeafSource, Node } from "./node.js";
import { tensor } from "./ops/creation.js";
import { prepare } from "./plan-cache.js";
import { activeRecording, Recording, scope, withRecording } from "./recording.js";
import { backend, onCurrent, own } from "./session.js";
import { Tensor } from "./tensor.js";
import { mapTensors, mapTree, tensorsIn } from "./tree.js";

const isHostArray = (value: unknown): value is HostArray =>
  typeof value === "object" &&
  value !== null &&
  "data" in value &&
  "shape" in value &&
  ArrayBuffer.isView(value.data) &&
  Array.isArray(value.shape);

/** Arguments with host arrays made tensors. */
const toTensors = (args: readonly unknown[]): unknown[] =>
  args.map((arg) => (isHostArray(arg) ? tensor(arg) : isContainer(arg) ? mapNested(arg) : arg));

const isContainer = (value: unknown): boolean =>
  Array.isArray(value) ||
  (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);

const mapNested = (value: unknown): unknown =>
  Array.isArray(value)
    ? toTensors(value)
    : Object.fromEntries(Object.entries(value as object).map(([key, item]) => [key, toTensors([item])[0]]));

/** Shapes, dtypes and static values of the arguments: calls with equal signatures share a trace. */
const signatureOf = (args: unknown): string =>
  JSON.stringify(
    mapTree(args, (leaf) => {
      if (leaf instanceof Tensor) return `${leaf.dtype}[${leaf.shape.join(",")}]`;
      if (leaf === null || ["number", "string", "boolean", "undefined"].includes(typeof leaf)) {
        return typeof leaf === "string" ? `"${leaf}` : String(leaf);
      }
      throw new DataError(
        `compile: got an argument of type ${typeof leaf}, expected tensors, host arrays, numbers, strings ` +
          "or booleans, in arrays and plain objects",
      );
    }),
  );

/** A traced function: its plan, and how to bind and unpack. */
interface Trace {
  readonly owner: Backend;
  readonly executable: Executable;
  readonly leaves: readonly LeafSource[];
  /** Slots of captured tensors, copied once into memory that stays. */
  readonly pinned: ReadonlyMap<LeafSource, Slot>;
  readonly outputs: readonly Node[];
  /** What `fn` returned, with tensors that are stand-ins for the outputs. */
  readonly result: unknown;
}

/** Copies a captured tensor into memory that outlives runs. */
function pin(slot: Slot, owner: Backend): Slot {
  const current = onCurrent(slot);
  const stays = own(owner.allocate(current.size, current.dtype), owner);
  owner.write(stays, owner.readSync(current));
  return stays;
}

function trace(fn: (...args: never[]) => unknown, args: readonly unknown[]): Trace {
  const owner = backend();
  const recording = new Recording(true);
  let position = 0;
  const stand = (like: Tensor): Tensor => {
    const node = new Node({ kind: "leaf" }, [], like.shape, like.dtype, undefined, `argument ${position}`);
    node.source = { kind: "placeholder", position: position++ };
    return new Tensor(node);
  };
  const placeholders = args.map((arg) => mapTensors(arg, stand));
  try {
    const result = withRecording(recording, () => fn(...(placeholders as never[])));
    if (result instanceof Promise)
      throw new DataError("compile: got an async function, expected one that returns at once");
    const outputs = [...new Set(tensorsIn(result).map(({ node }) => node))];
    const graph = buildGraph(outputs, recording.assignments, true);
    const pinned = new Map(
      graph.leaves.flatMap((leaf) => (leaf.kind === "slot" ? [[leaf, pin(leaf.slot, owner)] as const] : [])),
    );
    return { owner, executable: prepare(graph, owner), leaves: graph.leaves, pinned, outputs, result };
  } finally {
    recording.ended = true;
  }
}

function run(traced: Trace, args: readonly unknown[]): unknown {
  const { owner, executable, leaves, pinned, outputs, result } = traced;
  const given = tensorsIn(args).map((x) => bind(x.node.source!));
  const slots = executable.run(leaves.map((leaf) => pinned.get(leaf) ?? bind(leaf, given)));
  const values = new Map(
    outputs.map((output, i) => {
      const node = new Node({ kind: "leaf" }, [], output.shape, output.dtype, undefined, "");
      node.settle(own(slots[i]!, owner));
      return [output, new Tensor(node)] as const;
    }),
  );
  return mapTensors(result, (stand) => values.get(stand.node)!);
}

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
  const traces = new Map<string, Trace>();
  const dispose = (): void => {
    for (const { executable, pinned, owner } of traces.values()) {
      executable.dispose();
      for (const slot of pinned.values()) owner.free(slot);
    }
    traces.clear();
  };
  const call = (...given: { [K in keyof A]: Given<A[K]> }): R => {
    const args = toTensors(given) as unknown as A;
    if (activeRecording()) return fn(...args);
    if (!isOn("COMPILE")) return scope(() => fn(...args));
    const signature = signatureOf(args);
    let traced = traces.get(signature);
    if (traced && traced.owner !== backend()) {
      dispose();
      traced = undefined;
    }
    if (!traced) {
      traced = trace(fn as (...args: never[]) => unknown, args);
      traces.set(signature, traced);
    }
    return run(traced, args) as R;
  };
  return Object.assign(call, { dispose });
}
