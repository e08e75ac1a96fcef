import { DeviceError, type Dtype, type Operand, type Plan } from "@hekla/tensor";
import type { Index, KernelWriter, Value } from "../../text/kernel-writer.js";
import type { Device, KernelText } from "../device/device.js";
import { argumentName, type Bound, GpuJsWriter } from "../gpujs-writer.js";

/** The name of the number that changes from run to run of a kernel. */
const numberName = "n";

/** A value that kernels read, by the register that holds it. */
export interface Source {
  readonly register: number;
  readonly dtype: Dtype;
  /** Elements before the first that is meant. */
  readonly offset: number;
}

/** A kernel as it is launched. */
export interface Launch {
  readonly text: KernelText;
  readonly reads: readonly number[];
  readonly writes: number;
  readonly number?: number;
  /** Registers whose values nobody needs after this. */
  free: readonly number[];
}

/** What a kernel computes: each element of the result by itself. */
export interface KernelSpec {
  readonly size: number;
  readonly dtype: Dtype;
  /** What `load` reads, by number; undefined where nothing does. */
  readonly sources: readonly (Source | undefined)[];
  /** A whole number that changes from launch to launch of the same kernel. */
  readonly number?: number;
  write(kernel: KernelWriter, index: Index, number: Index): Value;
}

/** Floats of so many elements: whole numbers are stored as two halves, and nothing takes none. */
export const floatsOf = (size: number, dtype: Dtype): number =>
  Math.max(1, dtype === "int32" ? 2 * size : size);

/**
 * The launches of a plan as they come, and the registers that values are kept in: first those of the plan's
 * buffers.
 */
export class LaunchList {
  readonly launches: Launch[] = [];
  /** By register, how many floats it holds. */
  readonly floats: number[];
  label = "";

  constructor(
    readonly plan: Plan,
    private readonly device: Device,
  ) {
    this.floats = plan.buffers.map(({ size, dtype }) => floatsOf(size, dtype));
  }

  /** An operand as kernels load it that add its view's offset by themselves. */
  operand({ buffer }: Operand): Source {
    return { register: buffer, dtype: this.plan.buffers[buffer]!.dtype, offset: 0 };
  }

  /** An operand as kernels load it that count from its first element. */
  dense({ buffer, view }: Operand): Source {
    return { register: buffer, dtype: this.plan.buffers[buffer]!.dtype, offset: view.offset };
  }

  /** Appends a kernel and gives the register of its result. */
  add(spec: KernelSpec): number {
    const registers = [...new Set(spec.sources.flatMap((source) => (source ? [source.register] : [])))];
    const place = new Map(registers.map((register) => [register, { register, before: 0 }]));
    let written = this.#write(spec, registers, place);
    const { mostArguments, mostFloats } = this.device;
    if (written.used.length > mostArguments) {
      // The smallest ones are copied behind each other.
      const bySize = written.used
        .map((at) => registers[at]!)
        .sort((a, b) => this.floats[a]! - this.floats[b]!);
      const packed = bySize.slice(0, written.used.length - mostArguments + 1);
      const pack = this.#pack(packed);
      let before = 0;
      for (const register of packed) {
        place.set(register, { register: pack, before });
        before += this.floats[register]!;
      }
      registers.push(pack);
      written = this.#write(spec, registers, place);
    }
    const size = floatsOf(spec.size, spec.dtype);
    if (size > mostFloats) {
      throw new DeviceError(
        `gpujs: ${this.label} gives ${size} floats, expected at most ${mostFloats}, the largest texture here`,
      );
    }
    this.floats.push(size);
    const writes = this.floats.length - 1;
    const reads = written.used.map((at) => registers[at]!);
    const lengths = reads.map((register) => this.floats[register]!);
    const argumentNames = [
      ...written.used.map(argumentName),
      ...(spec.number === undefined ? [] : [numberName]),
    ];
    const source = `function (${argumentNames.join(", ")}) {\n${written.lines}\n}`;
    const text: KernelText = {
      key: `${size}|${lengths}|${source}`,
      source,
      functions: written.functions,
      argumentNames,
      argumentWidths: lengths.map((floats) => this.device.shapeOf(floats)[0]!),
      argumentFloats: lengths.reduce((sum, floats) => sum + floats, 0),
      takesNumber: spec.number !== undefined,
      size,
      shape: this.device.shapeOf(size),
      label: this.label,
    };
    this.launches.push({
      text,
      reads,
      writes,
      free: [],
      ...(spec.number === undefined ? {} : { number: spec.number }),
    });
    return writes;
  }

  #write(
    { sources, size, dtype, write }: KernelSpec,
    registers: readonly number[],
    place: ReadonlyMap<number, { readonly register: number; readonly before: number }>,
  ): { lines: string; functions: string[]; used: number[] } {
    const bounds = sources.map((source): Bound | undefined => {
      if (!source) return undefined;
      const { register, before } = place.get(source.register)!;
      return { argument: registers.indexOf(register), dtype: source.dtype, offset: source.offset, before };
    });
    const longest = Math.max(floatsOf(size, dtype), ...registers.map((register) => this.floats[register]!));
    const kernel = new GpuJsWriter(this.device.language, bounds, longest < 2 ** 23);
    const [width, height] = this.device.shapeOf(floatsOf(size, dtype));
    const row = height === undefined ? "" : `this.thread.y * ${width} + `;
    const thread = kernel.hold(`${row}this.thread.x`);
    const [index, half] = dtype === "int32" ? kernel.halves(thread) : [thread, "0"];
    kernel.finish(kernel.cast(write(kernel, index, numberName), dtype), half);
    const lines = kernel.lines.join("\n");
    const used = registers.flatMap((_, at) => (kernel.arguments.has(at) ? [at] : []));
    return { lines, functions: [...kernel.functions], used };
  }

  /** Values of float32 behind each other, so many at a time as one kernel reads. */
  concat(registers: readonly number[]): number {
    let parts = [...registers];
    while (parts.length > 1) {
      const { mostArguments } = this.device;
      const groups = Array.from({ length: Math.ceil(parts.length / mostArguments) }, (_, at) =>
        parts.slice(at * mostArguments, (at + 1) * mostArguments),
      );
      parts = groups.map((group) => (group.length === 1 ? group[0]! : this.#pack(group)));
    }
    return parts[0]!;
  }

  /** Copies values behind each other, as floats, whatever they are. */
  #pack(registers: readonly number[]): number {
    const starts: number[] = [];
    let size = 0;
    for (const register of registers) {
      starts.push(size);
      size += this.floats[register]!;
    }
    const label = this.label;
    this.label = `${label} (operands)`;
    const packed = this.add({
      size,
      dtype: "float32",
      sources: registers.map((register) => ({ register, dtype: "float32", offset: 0 })),
      write(kernel, index) {
        const result = kernel.cell(kernel.zero("float32"));
        for (const [at, start] of starts.entries()) {
          const end = starts[at + 1] ?? size;
          const behind = kernel.not(kernel.below(index, kernel.whole(start)));
          kernel.when(kernel.all(behind, kernel.below(index, kernel.whole(end))), () =>
            kernel.set(result, kernel.load(at, kernel.minus(index, kernel.whole(start)))),
          );
        }
        return kernel.read(result);
      },
    });
    this.label = label;
    return packed;
  }
}
