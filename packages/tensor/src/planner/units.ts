import type { Graph, GraphNode } from "../graph.js";
import { type Shape, sameShape, sizeOf } from "../shape.js";
import {
  broadcastView,
  identityView,
  isWhole,
  reshapeView,
  sliceView,
  transposeView,
  type View,
} from "../view.js";
import { isMask } from "./rematerialize.js";

/** Where a node's values lie: the node that computes them, and the way to walk its buffer. */
export interface Place {
  readonly base: number;
  readonly view: View;
}

/** A unit becomes one step: a group of fused expression nodes, or a reduction or routine with what it absorbs. */
export interface Unit {
  readonly id: number;
  readonly kind: "expression" | "reduce" | "routine";
  /** Iteration shape of the expression part. */
  shape: Shape;
  /** Graph positions of expression nodes, ascending. */
  members: number[];
  /** The reduction's or routine's own node. */
  core: number | undefined;
  /** Units that must run before, as recorded (resolve through `find`). */
  readonly before: Set<number>;
}

export const isExpression = (node: GraphNode): boolean =>
  node.operation.kind === "scalar" || node.operation.kind === "copy" || node.operation.kind === "coordinate";

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

/**
 * Members of a fused group. Each adds at most two operands and an output, which are parameters of one function in
 * WebAssembly, where engines take a thousand.
 */
const mostMembers = 320;

/** Groups nodes into units such that the units form a graph without circles. */
export class Grouping {
  readonly units: Unit[] = [];
  /** Unit of each computing node, by position; resolve through `unitOf`. */
  readonly #owner = new Map<number, number>();
  readonly #parent: number[] = [];
  readonly #readers = new Map<number, number[]>();

  constructor(
    readonly nodes: readonly GraphNode[],
    readonly places: readonly Place[],
    readonly graph: Graph,
    fuse: boolean,
  ) {
    nodes.forEach((node, position) => {
      if (places[position]!.base !== position) return;
      for (const input of node.inputs) {
        const base = places[input]!.base;
        this.#readers.set(base, [...(this.#readers.get(base) ?? []), position]);
      }
      const kind = node.operation.kind;
      if (isExpression(node)) this.#addExpression(position, fuse);
      else if (kind === "reduce" || kind === "routine") {
        // Not the input node's own shape, which is another one where a reshape became a copy.
        const shape = kind === "reduce" ? places[node.inputs[0]!]!.view.shape : node.shape;
        this.#addUnit(kind, shape, [], position, this.#inputUnits(position));
      }
    });
    if (fuse) {
      this.#absorbIntoReductions();
      this.#absorbEpilogues();
    }
  }

  find(unit: number): number {
    let root = unit;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    return root;
  }

  /** The unit that computes a node, or undefined for leaves and constants. */
  unitOf(base: number): number | undefined {
    const unit = this.#owner.get(base);
    return unit === undefined ? undefined : this.find(unit);
  }

  /** Computing nodes that read the buffer of `base`. */
  readersOf(base: number): readonly number[] {
    return this.#readers.get(base) ?? [];
  }

  /** True when `unit` cannot run before `target` has: there is a path from `target` to it. */
  dependsOn(unit: number, target: number): boolean {
    const seen = new Set<number>();
    const stack = [unit];
    while (stack.length > 0) {
      const current = this.find(stack.pop()!);
      if (current === target) return true;
      if (seen.has(current)) continue;
      seen.add(current);
      stack.push(...this.units[current]!.before);
    }
    return false;
  }

  /** True when the value read at `input` is, element for element, the expression value of `base` under `shape`. */
  #isInternal(input: number, shape: Shape): boolean {
    const { base, view } = this.places[input]!;
    return (
      sameShape(view.shape, shape) &&
      sameShape(this.nodes[base]!.shape, shape) &&
      isWhole(view, sizeOf(shape))
    );
  }

  #inputUnits(position: number): Set<number> {
    const units = this.nodes[position]!.inputs.map((input) => this.unitOf(this.places[input]!.base));
    return new Set(units.filter((unit) => unit !== undefined));
  }

  #addUnit(
    kind: Unit["kind"],
    shape: Shape,
    members: number[],
    core: number | undefined,
    before: Set<number>,
  ): number {
    const id = this.units.push({ id: this.units.length, kind, shape, members, core, before }) - 1;
    this.#parent.push(id);
    for (const node of core === undefined ? members : [core]) this.#owner.set(node, id);
    return id;
  }

  #addExpression(position: number, fuse: boolean): void {
    const node = this.nodes[position]!;
    const before = this.#inputUnits(position);
    const id = this.#addUnit("expression", node.shape, [position], undefined, new Set(before));
    // A mask waits for the group of its reader.
    if (!fuse || isMask(node, this.nodes)) return;
    // Joining `root` is sound when nothing that this unit still waits for waits for `root` in turn, and `root` is read
    // element by element only.
    for (const unit of [...before].sort((a, b) => b - a)) {
      const root = this.find(unit);
      const self = this.find(id);
      if (root === self || this.units[root]!.kind !== "expression" || this.#readsAcross(self, root)) continue;
      const waits = [...this.units[self]!.before].map((u) => this.find(u)).filter((u) => u !== root);
      const blocked = waits.some((other) => this.dependsOn(other, root));
      const members = this.units[root]!.members.length + this.units[self]!.members.length;
      if (!blocked && members <= mostMembers && !this.#pathBetween(self, root)) this.#merge(root, self);
    }
  }

  /** True when a member of `unit` reads a value of `producer` in another order or shape than it is made in. */
  #readsAcross(unit: number, producer: number): boolean {
    return this.units[unit]!.members.some((member) =>
      this.nodes[member]!.inputs.some(
        (input) =>
          this.unitOf(this.places[input]!.base) === producer &&
          !this.#isInternal(input, this.nodes[member]!.shape),
      ),
    );
  }

  /** True when `from`, once merged with others, is needed by `to`. */
  #pathBetween(from: number, to: number): boolean {
    return this.units[from]!.members.length > 1 && this.dependsOn(to, from);
  }

  /** Unites two units; `into` keeps its kind and core. */
  #merge(into: number, from: number): void {
    const target = this.units[into]!;
    const source = this.units[from]!;
    target.members = [...target.members, ...source.members].sort((a, b) => a - b);
    for (const unit of source.before) target.before.add(unit);
    this.#parent[from] = into;
    for (const unit of [...target.before]) {
      if (this.find(unit) === into) target.before.delete(unit);
    }
  }

  /** Nodes that must exist in memory whatever reads them: outputs and assigned values. */
  isWanted(base: number): boolean {
    const wanted = (position: number): boolean => this.places[position]!.base === base;
    return this.graph.outputs.some(wanted) || this.graph.assignments.some((a) => wanted(a.node));
  }

  #isAssigned(base: number): boolean {
    return this.graph.assignments.some((assignment) => this.places[assignment.node]!.base === base);
  }

  /** A reduction takes in the expression it reduces when that value is needed nowhere else. */
  #absorbIntoReductions(): void {
    for (const unit of this.units) {
      if (unit.kind !== "reduce") continue;
      const input = this.nodes[unit.core!]!.inputs[0]!;
      const { base } = this.places[input]!;
      const producer = this.unitOf(base);
      if (producer === undefined || this.units[producer]!.kind !== "expression") continue;
      if (!this.#isInternal(input, unit.shape)) continue;
      const group = this.units[producer]!;
      const onlyHere = group.members.every(
        (member) =>
          !this.isWanted(member) &&
          this.readersOf(member).every(
            (reader) =>
              reader === unit.core ||
              (this.unitOf(reader) === producer && this.#readsInternally(reader, member)),
          ),
      );
      if (onlyHere) this.#merge(unit.id, producer);
    }
  }

  #readsInternally(reader: number, base: number): boolean {
    const node = this.nodes[reader]!;
    return node.inputs.every(
      (input) => this.places[input]!.base !== base || this.#isInternal(input, node.shape),
    );
  }

  /** A matmul or convolution takes in the one expression that reads its result. */
  #absorbEpilogues(): void {
    for (const unit of [...this.units].reverse()) {
      if (unit.kind !== "routine") continue;
      const core = unit.core!;
      const operation = this.nodes[core]!.operation;
      if (operation.kind !== "routine" || !/^(matmul|conv2d)/.test(operation.routine.name)) continue;
      const readers = this.readersOf(core);
      const consumers = new Set(readers.map((reader) => this.unitOf(reader)));
      const [consumer] = consumers;
      if (consumers.size !== 1 || consumer === undefined || this.isWanted(core)) continue;
      const group = this.units[consumer]!;
      if (group.kind !== "expression" || !sameShape(group.shape, unit.shape)) continue;
      // New values of Variables are written in place, which an epilogue cannot do.
      if (group.members.some((member) => this.#isAssigned(member))) continue;
      if (readers.every((reader) => this.#readsInternally(reader, core))) this.#merge(unit.id, consumer);
    }
  }
}
