import type { Graph, GraphNode } from "../graph.js";
import { type Shape, sameShape, sizeOf } from "../shape.js";
import { isWhole, reshapeView } from "../view.js";
import type { Place } from "./places.js";

/** A unit becomes one step: a group of fused expression nodes, or reductions or a routine with what they absorb. */
export interface Unit {
  readonly id: number;
  readonly kind: "expression" | "reduce" | "routine";
  /** Iteration shape of the expression part. */
  shape: Shape;
  /** Graph positions of expression nodes, ascending. */
  members: number[];
  /** The nodes of the reductions, or of the routine. */
  cores: number[];
  /** Units that must run before, as recorded (resolve through `find`). */
  readonly before: Set<number>;
  /** Whether all members are late: see `GraphNode.late`. */
  late: boolean;
}

export const isExpression = (node: GraphNode): boolean =>
  node.operation.kind === "scalar" || node.operation.kind === "copy" || node.operation.kind === "coordinate";

/**
 * Members of a fused group. Each adds at most two operands and an output, which are parameters of one function in
 * WebAssembly, where engines take a thousand.
 */
const mostMembers = 320;
/** Reductions in a step: each has four vectors of running results. */
const mostReductions = 3;
/** Elements below which reading is nothing to a step. */
const smallReduction = 1 << 14;

/** Groups nodes into units such that the units form a graph without circles. */
export class Grouping {
  readonly units: Unit[] = [];
  /** Unit of each computing node, by position; resolve through `unitOf`. */
  readonly #owner: number[] = [];
  readonly #parent: number[] = [];
  readonly #readers: number[][];
  readonly #wanted: ReadonlySet<number>;
  readonly #assigned: ReadonlySet<number>;
  /** For walks over units: when each was last seen. */
  readonly #seen: number[] = [];
  #walk = 0;

  constructor(
    readonly nodes: readonly GraphNode[],
    readonly places: readonly Place[],
    readonly graph: Graph,
    fuse: boolean,
  ) {
    const baseOf = (position: number): number => places[position]!.base;
    this.#readers = nodes.map(() => []);
    this.#assigned = new Set(graph.assignments.map(({ node }) => baseOf(node)));
    this.#wanted = new Set([...graph.outputs.map(baseOf), ...this.#assigned]);
    nodes.forEach((node, position) => {
      if (baseOf(position) !== position) return;
      for (const input of node.inputs) this.#readers[baseOf(input)]!.push(position);
      const kind = node.operation.kind;
      if (isExpression(node)) this.#addExpression(position, fuse);
      else if (kind === "reduce" || kind === "routine") {
        // Not the input node's own shape, which is another one where a reshape became a copy.
        const shape = kind === "reduce" ? places[node.inputs[0]!]!.view.shape : node.shape;
        this.#addUnit({ kind, shape, members: [], cores: [position], late: false });
      }
    });
    if (fuse) {
      this.#joinReductions();
      this.#absorbIntoReductions();
      this.#absorbEpilogues();
    }
  }

  find(unit: number): number {
    let root = unit;
    while (this.#parent[root] !== root) root = this.#parent[root]!;
    this.#parent[unit] = root;
    return root;
  }

  /** The unit that computes a node, or undefined for leaves and constants. */
  unitOf(base: number): number | undefined {
    const unit = this.#owner[base];
    return unit === undefined ? undefined : this.find(unit);
  }

  /** The units that are there, in the order in which they were begun. */
  live(): Unit[] {
    return this.units.filter((unit) => this.find(unit.id) === unit.id);
  }

  /** Computing nodes that read the buffer of `base`. */
  readersOf(base: number): readonly number[] {
    return this.#readers[base]!;
  }

  /** Nodes that must exist in memory whatever reads them: outputs and assigned values. */
  isWanted(base: number): boolean {
    return this.#wanted.has(base);
  }

  /** True when a unit of `units` cannot run before `target` has: there is a path from `target` to it. */
  dependsOn(units: Iterable<number>, target: number): boolean {
    const walk = ++this.#walk;
    const stack = [...units];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      const current = this.find(next);
      if (current === target) return true;
      if (this.#seen[current] === walk) continue;
      this.#seen[current] = walk;
      for (const unit of this.units[current]!.before) stack.push(unit);
    }
    return false;
  }

  /** True when the value read at `input` is, element for element, the value of its base under `shape`. */
  isInternal(input: number, shape: Shape): boolean {
    const { base, view } = this.places[input]!;
    return (
      sameShape(view.shape, shape) &&
      sameShape(this.nodes[base]!.shape, shape) &&
      isWhole(view, sizeOf(shape))
    );
  }

  /** True when all that `reader`, an expression, reads of `base` is the element at its own place. */
  readsInternally(reader: number, base: number): boolean {
    const node = this.nodes[reader]!;
    return node.inputs.every(
      (input) => this.places[input]!.base !== base || this.isInternal(input, node.shape),
    );
  }

  /** True when a member's value has to be written to memory. */
  isStored(base: number): boolean {
    const unit = this.unitOf(base)!;
    return (
      this.isWanted(base) ||
      this.readersOf(base).some(
        (reader) =>
          this.unitOf(reader) !== unit ||
          !(this.units[unit]!.cores.includes(reader) || this.readsInternally(reader, base)),
      )
    );
  }

  #addUnit(fields: Omit<Unit, "id" | "before">): number {
    const id = this.units.length;
    const nodes = [...fields.cores, ...fields.members];
    const before = new Set<number>();
    for (const node of nodes) {
      for (const input of this.nodes[node]!.inputs) {
        const unit = this.unitOf(this.places[input]!.base);
        if (unit !== undefined) before.add(unit);
      }
      this.#owner[node] = id;
    }
    this.units.push({ id, before, ...fields });
    this.#parent.push(id);
    return id;
  }

  #addExpression(position: number, fuse: boolean): void {
    const { shape, late = false } = this.nodes[position]!;
    const id = this.#addUnit({ kind: "expression", shape, members: [position], cores: [], late });
    if (!fuse) return;
    // Joining `root` is sound when nothing that this unit still waits for waits for `root` in turn, and `root` is read
    // element by element only. A late node waits for the group of its reader.
    for (const unit of [...this.units[id]!.before].sort((a, b) => b - a)) {
      const [root, self] = [this.find(unit), this.find(id)];
      const [into, from] = [this.units[root]!, this.units[self]!];
      if (root === self || into.kind !== "expression" || (late && !into.late)) continue;
      if (into.members.length + from.members.length > mostMembers || this.#readsAcross(self, root)) continue;
      const waits = [...from.before].map((u) => this.find(u)).filter((u) => u !== root && u !== self);
      if (this.dependsOn(waits, root) || (from.members.length > 1 && this.dependsOn([root], self))) continue;
      this.#merge(root, self);
    }
  }

  /** True when a member of `unit` reads a value of `producer` in another order or shape than it is made in. */
  #readsAcross(unit: number, producer: number): boolean {
    return this.units[unit]!.members.some((member) => {
      const { inputs, shape } = this.nodes[member]!;
      return inputs.some(
        (input) => this.unitOf(this.places[input]!.base) === producer && !this.isInternal(input, shape),
      );
    });
  }

  /** Unites two units; `into` keeps its kind. */
  #merge(into: number, from: number): void {
    const target = this.units[into]!;
    const source = this.units[from]!;
    const inOrder = (target.members.at(-1) ?? -1) < (source.members[0] ?? 0);
    target.members.push(...source.members);
    if (!inOrder) target.members.sort((a, b) => a - b);
    target.cores.push(...source.cores);
    target.late &&= source.late;
    for (const unit of source.before) target.before.add(unit);
    this.#parent[from] = into;
  }

  /**
   * Reductions of the same kind over the same axes become one where they read the same, so that it is read once, or are
   * so small that a step costs more than its reads.
   */
  #joinReductions(): void {
    const alike = new Map<string, Unit[]>();
    for (const unit of this.units) {
      const { operation, dtype } = this.nodes[unit.cores[0] ?? 0]!;
      if (unit.kind !== "reduce" || operation.kind !== "reduce") continue;
      if (operation.reduction.startsWith("arg")) continue;
      const key = `${operation.reduction}|${operation.axes}|${unit.shape}|${dtype}`;
      // Not all of them: a loop's steps are many, and only neighbours have something in common.
      const others = (alike.get(key) ?? []).slice(-8);
      alike.set(key, [...others, unit]);
      const small = sizeOf(unit.shape) < smallReduction;
      const reads = this.#readBy(unit);
      for (const other of others) {
        const [into, from] = [this.find(other.id), this.find(unit.id)];
        if (into === from || this.units[into]!.cores.length + unit.cores.length > mostReductions) continue;
        if (!small && ![...this.#readBy(other)].some((base) => reads.has(base))) continue;
        if (!this.dependsOn([into], from) && !this.dependsOn([from], into)) this.#merge(into, from);
      }
    }
  }

  /** What a reduction reads element by element once it has taken in the expressions that it reduces. */
  #readBy(unit: Unit): Set<number> {
    const bases = new Set<number>();
    for (const core of unit.cores) {
      const { base } = this.places[this.nodes[core]!.inputs[0]!]!;
      const group = this.unitOf(base);
      bases.add(base);
      if (group === undefined || this.units[group]!.kind !== "expression") continue;
      for (const member of this.units[group]!.members) {
        for (const input of this.nodes[member]!.inputs) {
          if (sizeOf(this.nodes[this.places[input]!.base]!.shape) === sizeOf(unit.shape))
            bases.add(this.places[input]!.base);
        }
      }
    }
    return bases;
  }

  /** A reduction takes in the expressions it reduces whose values are needed nowhere else. */
  #absorbIntoReductions(): void {
    for (const unit of this.live()) {
      if (unit.kind !== "reduce") continue;
      // The last first: what it reads of the others it then reads as part of the reduction.
      for (const core of [...unit.cores].sort((a, b) => b - a)) {
        const input = this.nodes[core]!.inputs[0]!;
        const producer = this.unitOf(this.places[input]!.base);
        if (producer === undefined || this.units[producer]!.kind !== "expression") continue;
        if (!this.isInternal(input, unit.shape)) continue;
        const onlyHere = this.units[producer]!.members.every(
          (member) =>
            !this.isWanted(member) &&
            this.readersOf(member).every((reader) => {
              if (unit.cores.includes(reader))
                return this.isInternal(this.nodes[reader]!.inputs[0]!, unit.shape);
              const owner = this.unitOf(reader);
              return (owner === producer || owner === unit.id) && this.readsInternally(reader, member);
            }),
        );
        if (onlyHere) this.#merge(unit.id, producer);
      }
    }
  }

  /** A matmul or convolution takes in the one expression that reads its result. */
  #absorbEpilogues(): void {
    for (const unit of this.live().reverse()) {
      if (unit.kind !== "routine") continue;
      const core = unit.cores[0]!;
      const { operation, shape } = this.nodes[core]!;
      if (operation.kind !== "routine" || !/^(matmul|conv2d)/.test(operation.routine.name)) continue;
      const readers = this.readersOf(core);
      const consumers = new Set(readers.map((reader) => this.unitOf(reader)));
      const [consumer] = consumers;
      if (consumers.size !== 1 || consumer === undefined || this.isWanted(core)) continue;
      const group = this.units[consumer]!;
      if (group.kind !== "expression") continue;
      // New values of Variables are written in place, which an epilogue cannot do.
      if (group.members.some((member) => this.#assigned.has(member))) continue;
      if (!sameShape(group.shape, shape) && !this.#walksAs(group, shape)) continue;
      const whole = (input: number): boolean => {
        const { base, view } = this.places[input]!;
        return base !== core || (sameShape(view.shape, group.shape) && isWhole(view, sizeOf(shape)));
      };
      if (!readers.every((reader) => this.nodes[reader]!.inputs.every(whole))) continue;
      this.#merge(unit.id, consumer);
      unit.shape = group.shape;
    }
  }

  /** True when all that a group reads can be walked under another shape of the same size. */
  #walksAs(group: Unit, shape: Shape): boolean {
    return (
      sizeOf(group.shape) === sizeOf(shape) &&
      group.members.every((member) => {
        const { operation, inputs } = this.nodes[member]!;
        return (
          operation.kind !== "coordinate" &&
          inputs.every((input) => reshapeView(this.places[input]!.view, shape) !== undefined)
        );
      })
    );
  }
}
