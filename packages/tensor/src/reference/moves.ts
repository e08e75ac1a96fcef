import type { StorageArray } from "../dtype.js";
import type { ArgsortRoutine, ConcatRoutine, CumsumRoutine, GatherRoutine, PadRoutine } from "../routine.js";
import { rowMajorStrides, sizeOf } from "../shape.js";
import { positions } from "./program.js";

const clamp = (index: number, size: number): number => Math.min(Math.max(index, 0), size - 1);

export function gather(routine: GatherRoutine, operands: readonly StorageArray[], out: StorageArray): void {
  const { name, outer, axisSize, inner, count, beyond } = routine;
  const [first, second] = operands as [StorageArray, StorageArray];
  const reads = name === "gather" || name === "gatherAlong";
  const along = name === "gatherAlong" || name === "scatterAddAlong";
  const indices = reads ? second : first;
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < count; j++) {
      for (let i = 0; i < inner; i++) {
        const element = (o * count + j) * inner + i;
        const given = indices[along ? element : j]!;
        const index = clamp(given, axisSize);
        if (beyond && given !== index) {
          if (reads) out[element] = beyond === "nan" ? Number.NaN : 0;
          continue;
        }
        const target = (o * axisSize + index) * inner + i;
        if (reads) out[element] = first[target]!;
        else if (axisSize > 0) out[target]! += second[element]!;
      }
    }
  }
}

export function concat(routine: ConcatRoutine, operands: readonly StorageArray[], out: StorageArray): void {
  const { outer, sizes, inner } = routine;
  let at = 0;
  for (let o = 0; o < outer; o++) {
    operands.forEach((operand, k) => {
      const length = sizes[k]! * inner;
      out.set(operand.subarray(o * length, (o + 1) * length), at);
      at += length;
    });
  }
}

export function pad(routine: PadRoutine, operands: readonly StorageArray[], out: StorageArray): void {
  const x = operands[0]!;
  const { inputShape, outputShape, low, interior, value } = routine;
  out.fill(value);
  const strides = rowMajorStrides(outputShape);
  const view = {
    shape: inputShape,
    strides: strides.map((stride, axis) => stride * (interior[axis]! + 1)),
    offset: strides.reduce((sum, stride, axis) => sum + stride * low[axis]!, 0),
  };
  positions(view, 0, sizeOf(inputShape)).forEach((place, i) => {
    out[place] = x[i]!;
  });
}

export function cumsum(routine: CumsumRoutine, operands: readonly StorageArray[], out: StorageArray): void {
  const x = operands[0]!;
  const { outer, axisSize, inner, reverse, exclusive } = routine;
  const integers = out instanceof Int32Array;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let total = 0;
      for (let step = 0; step < axisSize; step++) {
        const at = (o * axisSize + (reverse ? axisSize - 1 - step : step)) * inner + i;
        const next = integers ? (total + x[at]!) | 0 : total + x[at]!;
        out[at] = exclusive ? total : next;
        total = next;
      }
    }
  }
}

export function argsort(routine: ArgsortRoutine, operands: readonly StorageArray[], out: StorageArray): void {
  const x = operands[0]!;
  const { outer, axisSize, count, descending } = routine;
  for (let o = 0; o < outer; o++) {
    const row = x.subarray(o * axisSize, (o + 1) * axisSize);
    const order = Array.from({ length: axisSize }, (_, i) => i).sort((a, b) => {
      const [left, right] = [row[a]!, row[b]!];
      if (Number.isNaN(left) || Number.isNaN(right))
        return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
      return descending ? right - left || a - b : left - right || a - b;
    });
    out.set(order.slice(0, count), o * count);
  }
}
