import type { GraphNode } from "../graph.js";
import { broadcastView, identityView, reshapeView, sliceView, transposeView, type View } from "../view.js";

/** Where a node's values lie: the node that computes them, and the way to walk its buffer. */
export interface Place {
  readonly base: number;
  readonly view: View;
}

/** The places of all nodes; a reshape that cannot be a view is turned into a copy. */
export function placesOf(nodes: GraphNode[]): Place[] {
  const places: Place[] = [];
  nodes.forEach((node, position) => {
    const { operation, shape } = node;
    const source = node.inputs.length > 0 ? places[node.inputs[0]!]! : undefined;
    let view: View | undefined;
    if (operation.kind === "reshape") view = reshapeView(source!.view, shape);
    else if (operation.kind === "transpose") view = transposeView(source!.view, operation.permutation);
    else if (operation.kind === "slice")
      view = sliceView(source!.view, operation.start, operation.step, shape);
    else if (operation.kind === "broadcast") view = broadcastView(source!.view, shape);
    if (view) {
      places.push({ base: source!.base, view });
      return;
    }
    if (operation.kind === "reshape") {
      // The elements have to move: copy in the input's shape, then walk the copy under the new one.
      nodes[position] = { ...node, operation: { kind: "copy" }, shape: nodes[node.inputs[0]!]!.shape };
    }
    places.push({ base: position, view: identityView(shape) });
  });
  return places;
}
