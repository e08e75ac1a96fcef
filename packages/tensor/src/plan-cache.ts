import type { Backend, Executable } from "./backend.js";
import { debug } from "./debug.js";
import { isOn } from "./environment.js";
import type { Graph } from "./graph.js";
import type { Plan } from "./plan.js";
import { makePlan } from "./planner/planner.js";

/** Plans kept; the least recently used one goes first. A training run needs a handful. */
const capacity = 512;

const cache = new Map<string, Executable>();

/** The executable for a graph: the one made before for an equal graph, or a new one. */
export function executableFor(graph: Graph, backend: Backend): Executable {
  const known = cache.get(graph.key);
  if (known) {
    cache.delete(graph.key);
    cache.set(graph.key, known);
    return known;
  }
  const executable = prepare(graph, backend);
  cache.set(graph.key, executable);
  if (cache.size > capacity) {
    const [oldest, stale] = cache.entries().next().value!;
    cache.delete(oldest);
    stale.dispose();
  }
  return executable;
}

/** Plans a graph without looking in the cache, for callers that keep the executable themselves. */
export const prepare = (graph: Graph, backend: Backend): Executable => backend.prepare(planOf(graph));

/** The plan of a graph, as the switches want it. */
export function planOf(graph: Graph): Plan {
  const plan = makePlan(graph, { fuse: isOn("FUSE"), arena: isOn("ARENA") });
  void debug(1, ({ planText }, level) => planText(plan, level));
  return plan;
}

/** Forgets all plans, when the backend changes. */
export function clearPlans(): void {
  for (const executable of cache.values()) executable.dispose();
  cache.clear();
}
