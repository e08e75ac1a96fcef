import type { Graph, GraphNode } from "../graph.js";
import { sameShape } from "../shape.js";

const comparisons = new Set(["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"]);

/** A comparison of a value with a number: cheaper to do again than to keep in memory. */
export function isMask(node: GraphNode, nodes: readonly GraphNode[]): boolean {
  if (node.operation.kind !== "scalar" || !comparisons.has(node.operation.op)) return false;
  const values = node.inputs.filter((input) => nodes[input]!.operation.kind !== "constant");
  return values.length === 1 && sameShape(nodes[values[0]!]!.shape, node.shape);
}

/**
 * Gives every reader of a mask a copy of its own, next to it. The mask of a relu, say, is then made in the backward step
 * from the activation, which is kept anyway, instead of being carried there from the forward step.
 */
export function rematerialize(graph: Graph): Graph {
  const nodes: GraphNode[] = [];
  const moved = new Map<number, number>();
  const wanted = new Set([...graph.outputs, ...graph.assignments.map(({ node }) => node)]);
  const place = (position: number): number => {
    const known = moved.get(position);
    if (known !== undefined) return known;
    const node = graph.nodes[position]!;
    return nodes.push({ ...node, inputs: node.inputs.map(place) }) - 1;
  };
  graph.nodes.forEach((node, position) => {
    if (!isMask(node, graph.nodes) || wanted.has(position)) moved.set(position, place(position));
  });
  return {
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => moved.get(output)!),
    assignments: graph.assignments.map(({ leaf, node }) => ({ leaf, node: moved.get(node)! })),
  };
}
