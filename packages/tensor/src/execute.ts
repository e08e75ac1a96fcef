import type { Slot } from "./backend.js";
import { debug } from "./debug.js";
import { buildGraph } from "./graph.js";
import type { LeafSource, Node } from "./node.js";
import { executableFor } from "./plan-cache.js";
import { backend, onCurrent } from "./session.js";
import type { Variable } from "./variable.js";

/** The slot that a leaf stands for, on the current backend. */
export function bind(source: LeafSource, placeholders: readonly Slot[] = []): Slot {
  if (source.kind === "slot") return onCurrent(source.slot, source.owner);
  if (source.kind === "variable") return source.variable.boundSlot();
  return placeholders[source.position]!;
}

/**
 * Computes `nodes` and `assignments` with one plan and binds the values.
 * @param commit false for a look in the middle of a recording: nothing is assigned, and the nodes keep their past
 */
export function execute(
  nodes: readonly Node[],
  assignments: ReadonlyMap<Variable, Node>,
  commit = true,
): void {
  const wanted = [...new Set(nodes)].filter((node) => node.source?.kind !== "slot");
  if (wanted.length === 0 && assignments.size === 0) return;
  const graph = buildGraph(wanted, commit ? assignments : new Map(), false);
  void debug(5, ({ graphText }) => graphText(graph));
  const owner = backend();
  const slots = executableFor(graph, owner).run(graph.leaves.map((leaf) => bind(leaf)));
  wanted.forEach((node, position) => {
    const slot = slots[position]!;
    if (commit) node.settle(slot, owner);
    else node.source = { kind: "slot", slot, owner };
  });
}
