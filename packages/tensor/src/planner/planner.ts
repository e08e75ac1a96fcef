import type { Graph, GraphNode } from "../graph.js";
import type { Plan } from "../plan.js";
import { sizeOf } from "../shape.js";
import { identityView, isWhole } from "../view.js";
import { arrange } from "./arena.js";
import { foldConstants } from "./fold-constants.js";
import { orderUnits } from "./order.js";
import { placesOf } from "./places.js";
import { recompute, traffic } from "./recompute.js";
import { buildSteps } from "./steps.js";
import { Grouping } from "./units.js";

export interface PlannerOptions {
  /** Join neighbouring ops into one step. Off: every op is a step. */
  readonly fuse: boolean;
  /** Let buffers share memory when their lifetimes do not meet. Off: each has its own. */
  readonly arena: boolean;
}

/**
 * Makes results that have no buffer of their own (leaves, constants, views, a node wanted twice) into copies, so that
 * every output and every assigned value is the whole buffer of a computing node, and no node serves two.
 */
function materializeWanted(graph: Graph): Graph {
  const nodes: GraphNode[] = [...graph.nodes];
  const places = placesOf([...nodes]);
  const taken = new Set<number>();
  const materialize = (position: number): number => {
    const node = nodes[position]!;
    const { base, view } = places[position]!;
    const kind = nodes[base]!.operation.kind;
    const computed = kind !== "leaf" && kind !== "constant";
    if (computed && !taken.has(base) && isWhole(view, sizeOf(nodes[base]!.shape))) {
      taken.add(base);
      return position;
    }
    const { shape, dtype, label } = node;
    const copy =
      nodes.push({ operation: { kind: "copy" }, inputs: [position], shape, dtype, label, leaf: -1 }) - 1;
    places.push({ base: copy, view: identityView(shape) });
    taken.add(copy);
    return copy;
  };
  const assignments = graph.assignments.map(({ leaf, node }) => ({ leaf, node: materialize(node) }));
  const outputs = graph.outputs.map(materialize);
  return { ...graph, nodes, outputs, assignments };
}

/** Rounds of `groupUnits`: each finds what the one before has made possible. */
const mostRounds = 6;

/** Groups the nodes, and again with cheap values computed where they are read, as long as that saves traffic. */
function groupUnits(recorded: Graph, fuse: boolean): Grouping {
  const group = (graph: Graph): Grouping => {
    const nodes = [...graph.nodes];
    return new Grouping(nodes, placesOf(nodes), graph, fuse);
  };
  let best = group(materializeWanted(fuse ? foldConstants(recorded) : recorded));
  let least = fuse ? traffic(best) : 0;
  for (let round = 0; fuse && round < mostRounds; round++) {
    const cheaper = recompute(best);
    const next = cheaper && group(cheaper);
    const moved = next ? traffic(next) : least;
    if (!next || moved >= least) break;
    [best, least] = [next, moved];
  }
  return best;
}

/** Turns a graph into steps with every buffer placed: fusion, order, lifetimes, arena. */
export function makePlan(recorded: Graph, options: PlannerOptions): Plan {
  const grouping = groupUnits(recorded, options.fuse);
  const { graph, places } = grouping;
  const { order, inPlace } = orderUnits(grouping);
  const { buffers, steps } = buildSteps(grouping, order, inPlace);
  const inputs = graph.leaves.map((_, leaf) => leaf);
  const outputs = buffers.flatMap((buffer, index) => (buffer.kind === "output" ? [index] : []));
  const byOutput = graph.outputs.map(
    (node) => outputs.find((index) => buffers[index]!.node === places[node]!.base)!,
  );
  const placed = arrange(buffers, steps, options.arena);
  return {
    key: graph.key,
    buffers: placed.buffers,
    inputs,
    assigned: graph.assignments.map((assignment) => assignment.leaf),
    persistent: graph.persistent,
    outputs: byOutput,
    steps,
    arenaBytes: placed.arenaBytes,
  };
}
