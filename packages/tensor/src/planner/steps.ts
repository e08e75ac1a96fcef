import type { Dtype } from "../dtype.js";
import type { Operand, PlanBuffer, Reduction, RoutineStep, Step } from "../plan.js";
import type { Instruction, Program } from "../program.js";
import { sameShape, sizeOf } from "../shape.js";
import { identityView, isContiguous, isWhole, reshapeView } from "../view.js";
import type { Grouping, Unit } from "./units.js";

/** A plan's buffer before it has a place; `node` is the graph position whose values it holds. */
export interface UnplacedBuffer extends Omit<PlanBuffer, "arenaOffset"> {
  readonly node: number;
}

export interface Steps {
  readonly buffers: UnplacedBuffer[];
  readonly steps: Step[];
}

/** Writes one unit's program; operands are added as they are met, each distinct one once. */
class ProgramWriter {
  readonly instructions: Instruction[] = [];
  readonly #lines = new Map<string, number>();
  readonly #operandOf = new Map<string, number>();

  constructor(
    readonly grouping: Grouping,
    readonly unit: Unit,
    readonly operands: (Operand | undefined)[],
    readonly bufferOf: (base: number) => number,
  ) {}

  line(instruction: Instruction): number {
    const { op, dtype } = instruction;
    const what =
      op === "constant"
        ? `${instruction.value}/${1 / instruction.value}`
        : op === "input"
          ? instruction.index
          : op === "coordinate"
            ? instruction.axis
            : instruction.args.join();
    const key = `${op}|${dtype}|${what}`;
    const known = this.#lines.get(key);
    if (known !== undefined) return known;
    const line = this.instructions.push(instruction) - 1;
    this.#lines.set(key, line);
    return line;
  }

  /** The line that holds the element of node `input` at the current place. */
  read(input: number): number {
    const { base, view } = this.grouping.places[input]!;
    const node = this.grouping.nodes[base]!;
    const { dtype } = node;
    if (node.operation.kind === "constant") {
      return this.line({ op: "constant", value: node.operation.value, dtype });
    }
    if (this.unit.kind === "routine" && base === this.unit.cores[0]) {
      return this.line({ op: "input", index: 0, dtype });
    }
    const whole = isWhole(view, sizeOf(node.shape)) && sameShape(node.shape, this.unit.shape);
    if (whole && this.#lineOf.has(base)) return this.#lineOf.get(base)!;
    const buffer = this.bufferOf(base);
    const key = `${buffer}|${view.shape}|${view.strides}|${view.offset}`;
    let index = this.#operandOf.get(key);
    if (index === undefined) {
      index = this.operands.push({ buffer, view }) - 1;
      this.#operandOf.set(key, index);
    }
    return this.line({ op: "input", index, dtype });
  }

  readonly #lineOf = new Map<number, number>();

  /** Writes the expression node `position`. */
  write(position: number): number {
    const { operation, inputs, dtype } = this.grouping.nodes[position]!;
    let line: number;
    if (operation.kind === "coordinate")
      line = this.line({ op: "coordinate", axis: operation.axis, dtype: "int32" });
    else if (operation.kind === "copy") line = this.read(inputs[0]!);
    else if (operation.kind === "scalar") {
      line = this.line({ op: operation.op, args: inputs.map((input) => this.read(input)), dtype });
    } else throw new Error(`planner: ${operation.kind} is not an expression`);
    this.#lineOf.set(position, line);
    return line;
  }
}

/** Turns ordered units into steps and gives every stored value a buffer. */
export function buildSteps(
  grouping: Grouping,
  order: readonly Unit[],
  inPlace: ReadonlyMap<number, number>,
): Steps {
  const { nodes, places, graph } = grouping;
  const buffers: UnplacedBuffer[] = [];
  const byNode = new Map<number, number>();
  nodes.forEach(({ operation, leaf, dtype, shape }, node) => {
    if (operation.kind !== "leaf") return;
    byNode.set(node, leaf);
    buffers[leaf] = { kind: "input", dtype, size: sizeOf(shape), node };
  });
  const outputBases = new Set(graph.outputs.map((output) => places[output]!.base));
  const bufferOf = (base: number): number => byNode.get(base)!;
  const addBuffer = (kind: PlanBuffer["kind"], dtype: Dtype, size: number, node: number): number =>
    buffers.push({ kind, dtype, size, node }) - 1;
  /** The buffer that the value of `base` is written to, made when its unit is met. */
  const store = (base: number): number => {
    const { dtype, shape } = nodes[base]!;
    const target = inPlace.get(base);
    const kind = outputBases.has(base) ? "output" : "temporary";
    const buffer = target ?? addBuffer(kind, dtype, sizeOf(shape), base);
    byNode.set(base, buffer);
    return buffer;
  };
  const steps: Step[] = [];
  /** Operands moved into row-major order, for further routines that read them so. */
  const copies = new Map<string, number>();
  /** A routine's operand, moved into row-major order first where it is a view that jumps. */
  const operandOf = (input: number, label: string): Operand => {
    const { base, view } = places[input]!;
    const node = nodes[base]!;
    if (node.operation.kind !== "constant" && isContiguous(view)) {
      return { buffer: bufferOf(base), view: { ...identityView(view.shape), offset: view.offset } };
    }
    const key = `${base}|${view.shape}|${view.strides}|${view.offset}`;
    const moved = copies.get(key);
    if (moved !== undefined) return { buffer: moved, view: identityView(view.shape) };
    const constant = node.operation.kind === "constant";
    const instruction: Instruction =
      node.operation.kind === "constant"
        ? { op: "constant", value: node.operation.value, dtype: node.dtype }
        : { op: "input", index: 0, dtype: node.dtype };
    const buffer = addBuffer("temporary", node.dtype, sizeOf(view.shape), -1);
    copies.set(key, buffer);
    steps.push({
      kind: "elementwise",
      label: label ? `${label}/copy` : "copy",
      shape: view.shape,
      operands: constant ? [] : [{ buffer: bufferOf(base), view }],
      program: { instructions: [instruction], results: [0] },
      outputs: [buffer],
    });
    return { buffer, view: identityView(view.shape) };
  };
  for (const unit of order) {
    const last = nodes[unit.cores[0] ?? unit.members.at(-1)!]!;
    if (unit.kind === "routine") {
      const { routine, reference } = last.operation as Pick<RoutineStep, "routine" | "reference">;
      const operands = last.inputs.map((input) => operandOf(input, last.label));
      const base = { kind: "routine", label: last.label, routine, reference, operands } as const;
      if (unit.members.length === 0) {
        steps.push({ ...base, output: store(unit.cores[0]!) });
        continue;
      }
      const { program, operands: rest, outputs } = expression(unit, [undefined]);
      // Backends walk the result in its own shape.
      const { shape } = nodes[unit.cores[0]!]!;
      const walked = rest.map(
        (operand) => operand && { ...operand, view: reshapeView(operand.view, shape)! },
      );
      steps.push({ ...base, output: undefined, epilogue: { shape, operands: walked, program, outputs } });
    } else if (unit.kind === "reduce") {
      const writer = new ProgramWriter(grouping, unit, [], bufferOf);
      for (const member of unit.members) writer.write(member);
      const results = unit.cores.map((core) => writer.read(nodes[core]!.inputs[0]!));
      const { reduction, axes } = last.operation as { reduction: Reduction; axes: readonly number[] };
      steps.push({
        kind: "reduce",
        label: last.label,
        reduction,
        axes,
        shape: unit.shape,
        operands: writer.operands as Operand[],
        program: { instructions: writer.instructions, results },
        outputs: unit.cores.map(store),
      });
    } else {
      const { program, operands, outputs } = expression(unit, []);
      steps.push({
        kind: "elementwise",
        label: last.label,
        shape: unit.shape,
        operands: operands as Operand[],
        program,
        outputs,
      });
    }
  }
  for (const { leaf, node } of graph.assignments) {
    const { base } = places[node]!;
    if (inPlace.has(base)) continue;
    const { shape, dtype, label } = nodes[base]!;
    steps.push({
      kind: "elementwise",
      label: label ? `${label}/assign` : "assign",
      shape,
      operands: [{ buffer: bufferOf(base), view: identityView(shape) }],
      program: { instructions: [{ op: "input", index: 0, dtype }], results: [0] },
      outputs: [leaf],
    });
  }
  return { buffers, steps };

  function expression(
    unit: Unit,
    operands: (Operand | undefined)[],
  ): {
    program: Program;
    operands: (Operand | undefined)[];
    outputs: number[];
  } {
    const writer = new ProgramWriter(grouping, unit, operands, bufferOf);
    const lines = unit.members.map((member) => writer.write(member));
    const stored = unit.members.flatMap((member, index) =>
      grouping.isStored(member) ? [{ member, index }] : [],
    );
    const outputs = stored.map(({ member }) => store(member));
    return {
      program: { instructions: writer.instructions, results: stored.map(({ index }) => lines[index]!) },
      operands: writer.operands,
      outputs,
    };
  }
}
