import { fromStorage, isFloat } from "./dtype.js";
import { execute } from "./execute.js";
import type { Node } from "./node.js";
import { Recording, withRecording } from "./recording.js";
import type { Shape } from "./shape.js";
import { tensorsIn } from "./tree.js";

/** Where a computation went wrong. */
export interface NonFinite {
  /** The op that gave the first bad value though its inputs were finite; "variable" or "argument" for what came in bad. */
  readonly op: string;
  /** The layers it was recorded in, "model_1/dense_1"; behind it " gradient" on the way back. */
  readonly label: string;
  readonly shape: Shape;
  readonly value: "NaN" | "Infinity";
}

/** How many nodes are computed before they are looked at. */
const chunkSize = 64;

const nameOf = ({ operation, source }: Node): string => {
  if (source) return source.kind === "variable" ? "variable" : "argument";
  if (operation.kind === "scalar") return operation.op;
  if (operation.kind === "reduce") return operation.reduction;
  return operation.kind === "routine" ? operation.routine.name : operation.kind;
};

/** Everything that these nodes need and they themselves, in the order of recording. */
function ancestors(roots: readonly Node[]): Node[] {
  const found = new Set<Node>();
  const stack = [...roots];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (found.has(node)) continue;
    found.add(node);
    stack.push(...node.inputs);
  }
  return [...found].sort((a, b) => a.id - b.id);
}

function badValue(data: ArrayLike<number>): "NaN" | "Infinity" | undefined {
  let infinite = false;
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    if (Number.isNaN(value)) return "NaN";
    if (!Number.isFinite(value)) infinite = true;
  }
  return infinite ? "Infinity" : undefined;
}

/**
 * Computes what `fn` records op by op and tells where the first NaN comes from: the first op on its way that gave
 * something infinite or NaN. Nothing is assigned. Without any NaN it is the first infinite value; undefined where all is
 * finite. Slow: every intermediate value is read.
 */
export async function findNonFinite(fn: () => unknown): Promise<NonFinite | undefined> {
  const recording = new Recording(false);
  try {
    const result = withRecording(recording, fn);
    const roots = [...recording.assignments.values(), ...tensorsIn(result).map(({ node }) => node)];
    return await search(ancestors(roots).filter(({ dtype }) => isFloat(dtype)));
  } finally {
    recording.ended = true;
  }
}

async function search(nodes: readonly Node[]): Promise<NonFinite | undefined> {
  // Asked before a node is computed, which makes it look like an argument.
  const names = new Map(nodes.map((node) => [node, nameOf(node)]));
  const bad = new Map<Node, "NaN" | "Infinity">();
  let culprit: Node | undefined;
  for (let start = 0; start < nodes.length && !culprit; start += chunkSize) {
    const chunk = nodes
      .slice(start, start + chunkSize)
      .filter(({ operation }) => operation.kind !== "constant");
    execute(chunk, new Map(), false);
    for (const node of chunk) {
      const { source } = node;
      if (!source || source.kind === "placeholder") continue;
      const value = badValue(
        source.kind === "variable"
          ? await source.variable.data()
          : fromStorage(node.dtype, await source.owner.read(source.slot)),
      );
      if (value) bad.set(node, value);
      if (value === "NaN") culprit ??= node;
    }
  }
  const first = culprit ? ancestors([culprit]).find((node) => bad.has(node)) : [...bad.keys()][0];
  if (!first) return undefined;
  return { op: names.get(first)!, label: first.label, shape: first.shape, value: bad.get(first)! };
}
