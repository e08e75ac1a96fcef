import type { Graph, GraphNode } from "../graph.js";
import { sizeOf } from "../shape.js";
import type { View } from "../view.js";
import type { Grouping, Unit } from "./units.js";

/** What an op costs for one element, in simple vector instructions; what is not listed costs one. */
const costs: Readonly<Record<string, number>> = {
  divide: 4,
  reciprocal: 4,
  sqrt: 4,
  rsqrt: 8,
  exp: 16,
  expm1: 20,
  log: 24,
  log1p: 30,
  sigmoid: 24,
  tanh: 30,
  softplus: 50,
  erf: 40,
  sin: 50,
  cos: 50,
  mod: 50,
  power: 80,
};
/** Simple vector instructions on an element that take as long as to read or write it once in memory. */
const instructionsPerAccess = 5;

/** A value that its readers compute for themselves. */
interface Recipe {
  /** Nodes to compute again, in order; the last is the value. */
  readonly nodes: readonly number[];
  /** What they read from memory, with the number of elements each reads. */
  readonly reads: ReadonlyMap<string, number>;
  readonly bases: readonly number[];
  readonly cost: number;
}

/** Elements that a view reaches. */
const reached = ({ shape, strides }: View): number =>
  shape.reduce((count, size, axis) => (strides[axis] === 0 ? count : count * size), 1);

/** What a unit reads from memory: each way to walk each buffer, and the number of elements. */
function readsOf(grouping: Grouping, unit: Unit): Map<string, number> {
  const reads = new Map<string, number>();
  for (const position of [...unit.members, ...unit.cores]) {
    for (const input of grouping.nodes[position]!.inputs) addRead(grouping, reads, input, unit);
  }
  return reads;
}

function addRead(
  grouping: Grouping,
  reads: Map<string, number>,
  input: number,
  unit: Unit | undefined,
): void {
  const { base, view } = grouping.places[input]!;
  if (grouping.nodes[base]!.operation.kind === "constant") return;
  if (unit && grouping.unitOf(base) === unit.id) return;
  reads.set(`${base}|${view.shape}|${view.strides}|${view.offset}`, reached(view));
}

const total = (reads: ReadonlyMap<string, number>): number => [...reads.values()].reduce((a, b) => a + b, 0);

/** Elements that all steps together read and write. */
export function traffic(grouping: Grouping): number {
  const written = (unit: Unit): number =>
    [
      ...unit.members.filter((member) => grouping.isStored(member)),
      ...(unit.kind === "routine" && unit.members.length > 0 ? [] : unit.cores),
    ].reduce((sum, node) => sum + sizeOf(grouping.nodes[node]!.shape), 0);
  return grouping.live().reduce((sum, unit) => sum + total(readsOf(grouping, unit)) + written(unit), 0);
}

/** Finds the values that are cheaper to compute again in each unit that reads them than to keep in memory. */
class Search {
  /** Values that are not stored any more, with their recipes. */
  readonly found = new Map<number, Recipe>();
  /** Values that recipes count on. */
  readonly #needed = new Set<number>();
  readonly #reads = new Map<number, Map<string, number>>();
  readonly #assigned: ReadonlySet<number>;

  constructor(private readonly grouping: Grouping) {
    this.#assigned = new Set(grouping.graph.assignments.map(({ leaf }) => leaf));
    for (const unit of grouping.live()) {
      if (unit.kind === "reduce" || unit.members.length === 0) continue;
      for (const member of unit.members) if (grouping.isStored(member)) this.#consider(member, unit);
    }
  }

  #consider(value: number, unit: Unit): void {
    const { grouping } = this;
    if (grouping.isWanted(value) || this.#needed.has(value)) return;
    const readers = grouping.readersOf(value);
    if (!readers.every((reader) => this.#canCompute(reader, value))) return;
    const recipe = this.#recipe(value, unit);
    if (!recipe) return;
    const size = sizeOf(grouping.nodes[value]!.shape);
    const others = new Set(readers.map((reader) => grouping.unitOf(reader)!));
    others.delete(unit.id);
    let saved = size * (1 + others.size);
    const kept = unit.members.some(
      (member) => member !== value && grouping.isStored(member) && !this.found.has(member),
    );
    if (unit.kind === "expression" && !kept) saved += total(this.#readsOf(unit.id));
    for (const other of others) {
      const reads = this.#readsOf(other);
      for (const [key, count] of recipe.reads) if (!reads.has(key)) saved -= count;
    }
    if (saved <= 0 || recipe.cost * size * others.size > instructionsPerAccess * saved) return;
    this.found.set(value, recipe);
    for (const base of recipe.bases) this.#needed.add(base);
  }

  #readsOf(unit: number): Map<string, number> {
    const reads = this.#reads.get(unit) ?? readsOf(this.grouping, this.grouping.units[unit]!);
    this.#reads.set(unit, reads);
    return reads;
  }

  /** True when a reader takes the value element by element, so that its step can compute it on the way. */
  #canCompute(reader: number, value: number): boolean {
    const { grouping } = this;
    const { operation, inputs } = grouping.nodes[reader]!;
    const unit = grouping.units[grouping.unitOf(reader)!]!;
    if (operation.kind === "reduce") return grouping.isInternal(inputs[0]!, unit.shape);
    return unit.members.includes(reader) && grouping.readsInternally(reader, value);
  }

  /** How to compute a value from what is in memory anyway; undefined where there is no way or it costs too much. */
  #recipe(value: number, unit: Unit): Recipe | undefined {
    const { grouping } = this;
    const { nodes, places, graph } = grouping;
    const steps = new Set<number>();
    const reads = new Map<string, number>();
    const bases: number[] = [];
    const visit = (node: number): boolean => {
      if (steps.has(node)) return true;
      // A reshape that has become a copy moves elements.
      if (graph.nodes[node]!.operation.kind === "reshape" || steps.size > 8) return false;
      for (const input of nodes[node]!.inputs) {
        const { base } = places[input]!;
        const { operation, leaf } = nodes[base]!;
        if (operation.kind === "constant") continue;
        const own = grouping.unitOf(base) === unit.id;
        if (own && unit.cores.includes(base)) return false;
        if (own && (!grouping.isStored(base) || this.found.has(base))) {
          if (!visit(base)) return false;
          continue;
        }
        if (this.found.has(base) || (operation.kind === "leaf" && this.#assigned.has(leaf))) return false;
        addRead(grouping, reads, input, undefined);
        bases.push(base);
      }
      steps.add(node);
      return true;
    };
    if (!visit(value)) return undefined;
    const cost = [...steps].reduce((sum, node) => {
      const { operation } = nodes[node]!;
      return sum + (operation.kind === "scalar" ? (costs[operation.op] ?? 1) : 1);
    }, 0);
    return { nodes: [...steps], reads, bases, cost };
  }
}

/**
 * Gives the steps that read a cheap value (`x - mean`, the mask of a relu) a copy of what computes it, where that saves
 * memory traffic. The copies are late: they wait for the groups of their readers. Undefined where nothing is to be
 * gained.
 */
export function recompute(grouping: Grouping): Graph | undefined {
  const { found } = new Search(grouping);
  if (found.size === 0) return undefined;
  const { graph, places } = grouping;
  const nodes: GraphNode[] = [];
  const moved: number[] = [];
  /** The copies of each unit, by what they are copies of. */
  const copies = new Map<number, Map<number, number>>();
  graph.nodes.forEach((node, position) => {
    const unit = grouping.unitOf(position);
    const inputs = node.inputs.map((input) => {
      const { base } = places[input]!;
      const recipe = places[position]!.base === position ? found.get(base) : undefined;
      if (!recipe || unit === undefined || grouping.unitOf(base) === unit) return moved[input]!;
      const own = copies.get(unit) ?? new Map<number, number>();
      copies.set(unit, own);
      for (const source of recipe.nodes) {
        if (own.has(source)) continue;
        const copied = graph.nodes[source]!;
        const from = copied.inputs.map((i) => own.get(places[i]!.base) ?? moved[i]!);
        own.set(source, nodes.push({ ...copied, inputs: from, late: true }) - 1);
      }
      return own.get(base)!;
    });
    moved.push(nodes.push({ ...node, inputs }) - 1);
  });
  return withoutUnused({
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => moved[output]!),
    assignments: graph.assignments.map(({ leaf, node }) => ({ leaf, node: moved[node]! })),
  });
}

/** The graph without nodes that nothing needs; leaves stay. */
function withoutUnused(graph: Graph): Graph {
  const used = new Set([...graph.outputs, ...graph.assignments.map(({ node }) => node)]);
  for (let position = graph.nodes.length - 1; position >= 0; position--) {
    const { operation, inputs } = graph.nodes[position]!;
    if (operation.kind === "leaf") used.add(position);
    if (used.has(position)) for (const input of inputs) used.add(input);
  }
  const moved: number[] = [];
  const nodes: GraphNode[] = [];
  graph.nodes.forEach((node, position) => {
    if (!used.has(position)) return;
    moved[position] = nodes.push({ ...node, inputs: node.inputs.map((input) => moved[input]!) }) - 1;
  });
  return {
    ...graph,
    nodes,
    outputs: graph.outputs.map((output) => moved[output]!),
    assignments: graph.assignments.map(({ leaf, node }) => ({ leaf, node: moved[node]! })),
  };
}
