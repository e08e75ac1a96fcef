import type { ArgsortRoutine, CumsumRoutine, Dtype } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import { pushAddress, setThreadScratch } from "../gemm/address.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";

/** Below this many elements the work is not worth sharing. */
const serialSize = 4096;

/** Running sums, one line after the other; floats are added up in double precision. */
export function emitCumsum(
  module: ModuleBuilder,
  routine: CumsumRoutine & { readonly dtype: Dtype },
  offsets: readonly number[],
): Kernel {
  const { outer, axisSize, inner, reverse, exclusive, dtype } = routine;
  const float = dtype === "float32";
  const phase = kernelFunction(module, "cumsum", 1, 1, (f, { operands, outputs, ...params }) => {
    const [line, end, o, i, step, at] = Array.from({ length: 6 }, () => f.local("i32")) as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    const total = f.local(float ? "f64" : "i32");
    splitRange(f, params, outer * inner, 1, line, end);
    f.forRange(line, line, end, 1, () => {
      f.get(line).i32(inner).emit("i32.div_u").set(o).get(line).i32(inner).emit("i32.rem_u").set(i);
      if (float) f.f64(0).set(total);
      else f.i32(0).set(total);
      f.forRange(step, 0, axisSize, 1, () => {
        const start = reverse ? (axisSize - 1) * inner * 4 : 0;
        pushAddress(
          f,
          0,
          [1, start],
          [o, axisSize * inner * 4],
          [step, (reverse ? -inner : inner) * 4],
          [i, 4],
        ).set(at);
        const store = (): void => {
          pushAddress(f, outputs[0]!, [at, 1]).get(total);
          if (float) f.emit("f32.demote_f64").store("f32.store");
          else f.store("i32.store");
        };
        if (exclusive) store();
        f.get(total);
        pushAddress(f, operands[0]!, [1, offsets[0]! * 4], [at, 1]);
        if (float) f.load("f32.load").emit("f64.promote_f32", "f64.add").set(total);
        else f.load("i32.load").emit("i32.add").set(total);
        if (!exclusive) store();
      });
    });
  });
  const size = outer * axisSize * inner;
  return { phases: size > 0 ? [phase] : [], scratchBytes: 0, serial: size < serialSize };
}

/** A bottom-up merge sort of each row's indices, which keeps the order of equal elements. */
export function emitArgsort(
  module: ModuleBuilder,
  routine: ArgsortRoutine & { readonly dtype: Dtype },
  offsets: readonly number[],
): Kernel {
  const { outer, axisSize, count, descending, dtype } = routine;
  const float = dtype === "float32";
  const bytes = Math.ceil((axisSize * 4) / 64) * 64;
  const phase = kernelFunction(module, "argsort", 1, 1, (f, { operands, outputs, ...params }) => {
    const locals = Array.from({ length: 12 }, () => f.local("i32"));
    const [row, end, own, from, to, width, left, middle, right, a, b, at] = locals as [
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
      Local,
    ];
    const values = f.local("i32");
    const [x, y] = [f.local(float ? "f32" : "i32"), f.local(float ? "f32" : "i32")];
    /** Value at the index that stands at place `place` of the order `from`. */
    const value = (place: Local): FunctionBuilder =>
      pushAddress(f, values, [() => pushAddress(f, from, [place, 4]).load("i32.load"), 4]).load(
        float ? "f32.load" : "i32.load",
      );
    const bounded = (start: Local, distance: Local, times: number, into: Local): void => {
      pushAddress(f, start, [distance, times]).set(into);
      f.get(into).i32(axisSize).get(into).i32(axisSize).emit("i32.lt_s", "select").set(into);
    };
    /** Pushes whether y comes strictly before x; NaN after everything. */
    const precedes = (): void => {
      if (!float) {
        f.get(y, x).emit(descending ? "i32.gt_s" : "i32.lt_s");
        return;
      }
      f.get(y, x).emit(descending ? "f32.gt" : "f32.lt");
      f.get(x, x).emit("f32.ne").get(y, y).emit("f32.eq", "i32.and", "i32.or");
    };
    const take = (place: Local): void => {
      pushAddress(f, to, [at, 4]);
      pushAddress(f, from, [place, 4]).load("i32.load").store("i32.store");
      f.increment(place, 1);
    };
    setThreadScratch(f, params, 0, 2 * bytes, own);
    splitRange(f, params, outer, 1, row, end);
    f.forRange(row, row, end, 1, () => {
      pushAddress(f, operands[0]!, [1, offsets[0]! * 4], [row, axisSize * 4]).set(values);
      f.get(own).set(from);
      pushAddress(f, own, [1, bytes]).set(to);
      f.forRange(at, 0, axisSize, 1, () => pushAddress(f, from, [at, 4]).get(at).store("i32.store"));
      f.i32(1).set(width);
      f.block((sorted) =>
        f.loop((again) => {
          f.get(width).i32(axisSize).emit("i32.ge_s").brIf(sorted);
          f.forRange(
            left,
            0,
            axisSize,
            () => f.get(width).i32(1).emit("i32.shl"),
            () => {
              bounded(left, width, 1, middle);
              bounded(left, width, 2, right);
              f.get(left).set(a).get(middle).set(b);
              f.forRange(at, left, right, 1, () => {
                // From the right run when the left one is used up, or when its next element is strictly first.
                f.get(a, middle)
                  .emit("i32.ge_s")
                  .if(
                    () => take(b),
                    () => {
                      f.get(b, right)
                        .emit("i32.ge_s")
                        .if(
                          () => take(a),
                          () => {
                            value(a).set(x);
                            value(b).set(y);
                            precedes();
                            f.if(
                              () => take(b),
                              () => take(a),
                            );
                          },
                        );
                    },
                  );
              });
            },
          );
          f.get(from, to).set(from).set(to);
          f.get(width).i32(1).emit("i32.shl").set(width);
          f.br(again);
        }),
      );
      pushAddress(f, outputs[0]!, [row, count * 4])
        .get(from)
        .i32(count * 4)
        .copyMemory();
    });
  });
  const empty = outer * count === 0;
  return {
    phases: empty ? [] : [phase],
    scratchBytes: 0,
    scratchBytesPerThread: 2 * bytes,
    serial: outer * axisSize < serialSize,
  };
}
