import type { MaskedMatmulRoutine } from "@hekla/tensor";
import type { ModuleBuilder } from "../assembler/index.js";
import { i32Locals, pushAddress } from "../gemm/address.js";
import { type Kernel, kernelFunction, splitRange } from "../kernel.js";
import { inputGradientPhases } from "./masked-input-gradient.js";
import { kernelGradientPhases } from "./masked-kernel-gradient.js";
import { type MaskedProblem, operandRow } from "./masked-problem.js";
import { productPhase } from "./masked-product.js";

/** The three forms of a masked product; see `MaskedMatmulRoutine`. */
export function emitMaskedMatmul(
  module: ModuleBuilder,
  routine: MaskedMatmulRoutine,
  offsets: readonly number[],
): Kernel {
  const { name, batch, steps, features, gates, units } = routine;
  const problem = { ...routine, offsets, width: gates * units };
  const emit = {
    maskedMatmul: productPhase,
    maskedMatmulInputGradient: inputGradientPhases,
    maskedMatmulKernelGradient: kernelGradientPhases,
  }[name];
  const kernel = module.features.tuned ? emit(module, problem) : plain(module, problem);
  return { ...kernel, serial: batch * steps * features * gates * units < 1 << 16 };
}

/** The sums by their definition, in plain loops (HEKLA_TUNED=0). */
function plain(module: ModuleBuilder, problem: MaskedProblem): Kernel {
  const { name, batch, steps, features, gates, units, width } = problem;
  const ofKernel = name === "maskedMatmulKernelGradient";
  const phase = kernelFunction(module, `plain ${name}`, 3, 1, (f, params) => {
    const [end, sample, step, feature, gate, unit, out] = i32Locals(f, 7);
    const mask = f.local("f32");
    const own = ofKernel ? feature : sample;
    const row = ofKernel ? width : steps * (name === "maskedMatmul" ? width : features);
    const x = [
      [sample, steps * features],
      [step, features],
      [feature, 1],
    ] as const;
    const y = [
      [sample, steps * width],
      [step, width],
      [gate, units],
      [unit, 1],
    ] as const;
    const w = [
      [feature, width],
      [gate, units],
      [unit, 1],
    ] as const;
    const [left, right, result] = {
      maskedMatmul: [x, w, y],
      maskedMatmulInputGradient: [y, w, x],
      maskedMatmulKernelGradient: [x, y, w],
    }[name]!;
    const sums = () =>
      f.forRange(step, 0, steps, 1, () =>
        f.forRange(unit, 0, units, 1, () => {
          const places = result!.map(([index, by]) => [index, by * 4] as const);
          pushAddress(f, params.outputs[0]!, ...places).tee(out);
          f.get(out).load("f32.load");
          operandRow(f, params, problem, 0, ...left!).load("f32.load");
          f.get(mask).emit("f32.mul");
          operandRow(f, params, problem, 2, ...right!).load("f32.load");
          f.emit("f32.mul", "f32.add").store("f32.store");
        }),
      );
    const others = ofKernel
      ? (body: () => void) => f.forRange(sample, 0, batch, 1, body)
      : (body: () => void) => f.forRange(feature, 0, features, 1, body);
    splitRange(f, params, ofKernel ? features : batch, 1, own, end);
    f.forRange(own, own, end, 1, () => {
      pushAddress(f, params.outputs[0]!, [own, row * 4])
        .i32(0)
        .i32(row * 4)
        .fillMemory();
      others(() =>
        f.forRange(gate, 0, gates, 1, () => {
          operandRow(f, params, problem, 1, [sample, gates * features], [gate, features], [feature, 1]);
          f.load("f32.load").tee(mask).f32(0).emit("f32.ne").if(sums);
        }),
      );
    });
  });
  return { phases: [phase], scratchBytes: 0 };
}
