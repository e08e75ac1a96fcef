import type { MatmulGatheredRoutine } from "@hekla/tensor";
import type { ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress } from "../gemm/address.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { kernelGradientPhases } from "./gathered-kernel-gradient.js";
import { GatheredOperands, type GatheredProblem } from "./gathered-problem.js";
import { rowPhases } from "./gathered-rows.js";

/** The three forms of a product with gathered rows; see `MatmulGatheredRoutine`. */
export function emitMatmulGathered(
  module: ModuleBuilder,
  routine: MatmulGatheredRoutine,
  offsets: readonly number[],
): Kernel {
  const problem = { ...routine, offsets };
  if (!module.features.tuned) return plain(module, problem);
  return (routine.name === "matmulGatheredKernelGradient" ? kernelGradientPhases : rowPhases)(
    module,
    problem,
  );
}

/** The sums by their definition, in plain loops (HEKLA_TUNED=0). */
function plain(module: ModuleBuilder, problem: GatheredProblem): Kernel {
  const { name, axisSize, count, inner, columns, beyond } = problem;
  const ofTable = name === "matmulGatheredTableGradient";
  const phase = kernelFunction(module, `plain ${name}`, 3, 1, (f, params) => {
    const x = new GatheredOperands(f, params, problem);
    const [position, row, feature, column, end, to] = i32Locals(f, 6);
    // Threads share out the axis of the result that the loops over all terms do not add up.
    const shared = name === "matmulGathered" ? column : feature;
    const size = name === "matmulGathered" ? columns : inner;
    const out = params.outputs[0]!;
    const result = () => {
      if (ofTable) pushAddress(f, out, [row, inner * 4], [feature, 4]);
      else if (name === "matmulGathered") pushAddress(f, out, [position, columns * 4], [column, 4]);
      else pushAddress(f, out, [feature, columns * 4], [column, 4]);
      return f;
    };
    /** An element of the table, or what stands for those beyond it. */
    const element = () => {
      const load = () => x.at(0, [row, inner], [feature, 1]).load("f32.load");
      if (!beyond) load();
      else
        f.get(row)
          .i32(axisSize)
          .emit("i32.lt_s")
          .if(load, () => f.f32(beyond === "nan" ? Number.NaN : 0), "f32");
    };
    const add = () => {
      result().tee(to).get(to).load("f32.load");
      if (ofTable) x.at(0, [position, columns], [column, 1]).load("f32.load");
      else element();
      if (name === "matmulGatheredKernelGradient") x.at(2, [position, columns], [column, 1]).load("f32.load");
      else x.at(2, [feature, columns], [column, 1]).load("f32.load");
      f.emit("f32.mul", "f32.add").store("f32.store");
    };
    const rows = {
      matmulGathered: count,
      matmulGatheredTableGradient: axisSize,
      matmulGatheredKernelGradient: 1,
    }[name]!;
    const width = name === "matmulGathered" ? 1 : ofTable ? 1 : columns;
    splitRange(f, params, size, 1, shared, end);
    f.forRange(shared, shared, end, 1, () => {
      f.forRange(position, 0, rows, 1, () =>
        f.forRange(to, 0, width, 1, () => {
          pushAddress(f, out, [position, size * 4], [shared, width * 4], [to, 4])
            .f32(0)
            .store("f32.store");
        }),
      );
      f.forRange(position, 0, count, 1, () => {
        x.entry("places", position).set(row);
        x.entry("indices", row).set(row);
        const terms = () =>
          shared === column ? f.forRange(feature, 0, inner, 1, add) : f.forRange(column, 0, columns, 1, add);
        if (ofTable && beyond) f.get(row).i32(axisSize).emit("i32.lt_s").if(terms);
        else terms();
      });
    });
  });
  return { phases: [phase], scratchBytes: 0 };
}
