import type { Dtype } from "./dtype.js";
import { HeklaError } from "./errors.js";
import { checkAlive, type LeafSource, type Node, type Operation } from "./node.js";
import type { Shape } from "./shape.js";
import type { Variable } from "./variable.js";

/** A recorded node with its inputs as positions in the graph; positions are in topological order. */
export interface GraphNode {
  readonly operation: Operation;
  readonly inputs: readonly number[];
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly label: string;
  /** For leaves: the place in `Graph.leaves`. */
  readonly leaf: number;
  /** Set by the planner on copies: computed with what reads it, not with what it reads. */
  readonly late?: boolean;
}

/** Everything a set of results needs, each distinct computation once, and a key that equal graphs share. */
export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** Where the leaves' values come from, in the order in which a plan binds them. */
  readonly leaves: readonly LeafSource[];
  /** Leaves bound to memory that outlives plans. */
  readonly persistent: readonly number[];
  readonly outputs: readonly number[];
  /** Leaf that is overwritten, and the node with its new value. */
  readonly assignments: readonly { readonly leaf: number; readonly node: number }[];
  readonly key: string;
}

/** Nodes reachable from `roots`, inputs first, leaves' pasts left out. */
function topologicalOrder(roots: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const order: Node[] = [];
  const stack = [...roots];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (seen.has(node)) continue;
    seen.add(node);
    checkAlive(node);
    order.push(node);
    if (!node.source) stack.push(...node.inputs);
  }
  return order.sort((a, b) => a.id - b.id);
}

const operationKey = (operation: Operation): string =>
  JSON.stringify(operation, (_, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value)
      ? String(value)
      : Object.is(value, -0)
        ? "-0"
        : value,
  );

/**
 * Builds the graph of `roots` and `assignments`.
 * @param pinned true when slots are kept for later runs (compiled functions): they count as persistent
 */
export function buildGraph(
  roots: readonly Node[],
  assignments: ReadonlyMap<Variable, Node>,
  pinned: boolean,
): Graph {
  const nodes: GraphNode[] = [];
  const leaves: LeafSource[] = [];
  const persistent: number[] = [];
  const keys: string[] = [];
  const byKey = new Map<string, number>();
  const positions = new Map<Node, number>();
  const byVariable = new Map<Variable, number>();
  const addLeaf = (node: Node, source: LeafSource): number => {
    const known = source.kind === "variable" ? byVariable.get(source.variable) : undefined;
    if (known !== undefined) return known;
    const leaf = leaves.push(source) - 1;
    const stays = source.kind === "variable" || (pinned && source.kind === "slot");
    if (stays) persistent.push(leaf);
    keys.push(`leaf${stays ? "*" : ""}|${node.dtype}|${node.shape.join(",")}`);
    const { shape, dtype } = node;
    const position =
      nodes.push({ operation: { kind: "leaf" }, inputs: [], shape, dtype, label: node.label, leaf }) - 1;
    if (source.kind === "variable") byVariable.set(source.variable, position);
    return position;
  };
  for (const node of topologicalOrder([...roots, ...assignments.values()])) {
    if (node.source) {
      positions.set(node, addLeaf(node, node.source));
      continue;
    }
    const inputs = node.inputs.map((input) => positions.get(input)!);
    const { shape, dtype, label } = node;
    const key = `${operationKey(node.operation)}|${inputs.join(",")}|${dtype}|${shape.join(",")}`;
    let position = byKey.get(key);
    if (position === undefined) {
      position = nodes.push({ operation: node.operation, inputs, shape, dtype, label, leaf: -1 }) - 1;
      keys.push(key);
      byKey.set(key, position);
    }
    positions.set(node, position);
  }
  const assigned = [...assignments].map(([variable, node]) => {
    const target = byVariable.get(variable) ?? addLeaf(variable.leaf, { kind: "variable", variable });
    return { leaf: nodes[target]!.leaf, node: positions.get(node)! };
  });
  const outputs = roots.map((root) => positions.get(root)!);
  if (outputs.some((output) => output === undefined))
    throw new HeklaError("graph: an output was not recorded");
  const key = `${keys.join(";")}>${outputs.join(",")}>${assigned.map((a) => `${a.leaf}=${a.node}`).join(",")}`;
  return { nodes, leaves, persistent, outputs, assignments: assigned, key };
}
