import type { Dtype } from "@hekla/tensor";
import { type ConcatRoutine, type PadRoutine, rowMajorStrides, sizeOf } from "@hekla/tensor";
import type { Local, ModuleBuilder } from "../assembler/index.js";
import { pushAddress, unflatten } from "../gemm/address.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";

/** Below this many elements the work is not worth sharing. */
const serialSize = 4096;

/** Copies the operands' rows one after the other. */
export function emitConcat(
  module: ModuleBuilder,
  routine: ConcatRoutine,
  offsets: readonly number[],
): Kernel {
  const { outer, sizes, inner } = routine;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const phase = kernelFunction(module, "concat", sizes.length, 1, (f, { operands, outputs, ...params }) => {
    const [row, end] = [f.local("i32"), f.local("i32")];
    splitRange(f, params, outer, 1, row, end);
    f.forRange(row, row, end, 1, () => {
      let at = 0;
      sizes.forEach((size, k) => {
        const bytes = size * inner * 4;
        if (bytes > 0) {
          pushAddress(f, outputs[0]!, [row, total * inner * 4], [1, at]);
          pushAddress(f, operands[k]!, [1, offsets[k]! * 4], [row, bytes])
            .i32(bytes)
            .copyMemory();
        }
        at += bytes;
      });
    });
  });
  const elements = outer * total * inner;
  return { phases: elements > 0 ? [phase] : [], scratchBytes: 0, serial: elements < serialSize };
}

/** The same with the last axes that nothing is added to as one with the axis before them, so that rows are longer. */
function joinWholeAxes({ inputShape, outputShape, low, interior, ...rest }: PadRoutine): PadRoutine {
  const last = inputShape.length - 1;
  const whole = inputShape[last] === outputShape[last] && interior[last - 1] === 0;
  if (last < 1 || !whole) return { inputShape, outputShape, low, interior, ...rest };
  const size = inputShape[last]!;
  const joined = (axes: readonly number[]) => [...axes.slice(0, -2), axes[last - 1]! * size];
  return joinWholeAxes({
    inputShape: joined(inputShape),
    outputShape: joined(outputShape),
    low: joined(low),
    interior: interior.slice(0, -1),
    ...rest,
  });
}

/** Fills the output with the value, then lays the input's rows into it. */
export function emitPad(
  module: ModuleBuilder,
  routine: PadRoutine & { readonly dtype: Dtype },
  offsets: readonly number[],
): Kernel {
  const { value, dtype } = routine;
  const { inputShape, outputShape, low, interior } = joinWholeAxes(routine);
  const outputSize = sizeOf(outputShape);
  const strides = rowMajorStrides(outputShape);
  const rowLength = inputShape.at(-1) ?? 1;
  const lead = inputShape.slice(0, -1);
  const rows = sizeOf(lead);
  const fill = kernelFunction(module, "pad fill", 1, 1, (f, { outputs, ...params }) => {
    const [at, end] = [f.local("i32"), f.local("i32")];
    splitRange(f, params, outputSize, 64, at, end);
    if (Object.is(value, 0)) {
      pushAddress(f, outputs[0]!, [at, 4]).i32(0);
      f.get(end, at).emit("i32.sub").i32(4).emit("i32.mul").fillMemory();
      return;
    }
    f.forRange(at, at, end, 1, () => {
      pushAddress(f, outputs[0]!, [at, 4]);
      if (dtype === "float32") f.f32(value).store("f32.store");
      else f.i32(value).store("i32.store");
    });
  });
  const place = kernelFunction(module, "pad", 1, 1, (f, { operands, outputs, ...params }) => {
    const [row, end, i, from, to] = Array.from({ length: 5 }, () => f.local("i32")) as [
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    const coordinates = lead.map(() => f.local("i32"));
    splitRange(f, params, rows, 1, row, end);
    f.forRange(row, row, end, 1, () => {
      if (lead.length > 0) unflatten(f, row, lead, coordinates);
      pushAddress(f, operands[0]!, [1, offsets[0]! * 4], [row, rowLength * 4]).set(from);
      const start = low.reduce((sum, before, axis) => sum + before * strides[axis]!, 0) * 4;
      const terms = coordinates.map(
        (coordinate, axis) => [coordinate, strides[axis]! * (interior[axis]! + 1) * 4] as const,
      );
      pushAddress(f, outputs[0]!, [1, start], ...terms).set(to);
      const gap = (interior.at(-1) ?? 0) + 1;
      if (gap === 1)
        f.get(to, from)
          .i32(rowLength * 4)
          .copyMemory();
      else {
        f.forRange(i, 0, rowLength, 1, () => {
          pushAddress(f, to, [i, gap * 4]);
          pushAddress(f, from, [i, 4]).load("i32.load").store("i32.store");
        });
      }
    });
  });
  const phases = [...(outputSize > 0 ? [fill] : []), ...(rows * rowLength > 0 ? [place] : [])];
  return { phases, scratchBytes: 0, serial: outputSize < serialSize };
}
