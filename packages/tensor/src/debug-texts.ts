import type { Graph } from "./graph.js";
import type { Plan } from "./plan.js";
import { describePlan } from "./planner/describe.js";

/** What `HEKLA_DEBUG` prints of a plan from level 1 on: its steps, from 3 on with their programs. */
export const planText = (plan: Plan, level: number): string => describePlan(plan, { programs: level >= 3 });

/** What it prints at level 5: the recorded nodes behind a plan, a line each. */
export const graphText = (graph: Graph): string =>
  graph.nodes
    .map(
      (node, position) =>
        `%${position} = ${JSON.stringify(node.operation)} (${node.inputs.map((i) => `%${i}`).join(", ")}) ` +
        `${node.dtype}[${node.shape.join(",")}] ${node.label}`,
    )
    .join("\n");
