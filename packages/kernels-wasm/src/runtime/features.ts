import { DeviceError } from "@hekla/tensor";
import { type FunctionBuilder, ModuleBuilder } from "../assembler/index.js";
import { allowRelaxedSimd, relaxedSimdNeedsFlag } from "./platform.js";

function compiles(body: (f: FunctionBuilder) => void): boolean {
  const module = new ModuleBuilder(
    { initial: 1, maximum: 1, shared: false },
    { relaxedSimd: true, tuned: true },
  );
  module.function("probe", [], [], body);
  return WebAssembly.validate(module.finish());
}

/** Without 128-bit SIMD (every engine since 2021) nothing runs. */
export function requireSimd(): void {
  const simd = typeof WebAssembly !== "undefined" && compiles((f) => f.f32x4(1).emit("f32x4.abs", "drop"));
  if (!simd) {
    throw new DeviceError(
      "wasm: this engine has no WebAssembly SIMD, expected a browser of 2021 or Node 20 or newer",
    );
  }
}

/** True where `f32x4.relaxed_madd` exists and rounds once; engines without FMA hardware may round twice. */
export async function hasRelaxedSimd(): Promise<boolean> {
  const probe = () => compiles((f) => f.f32x4(1).f32x4(1).f32x4(1).emit("f32x4.relaxed_madd", "drop"));
  if (!probe() && relaxedSimdNeedsFlag()) await allowRelaxedSimd();
  return probe() && roundsOnce();
}

function roundsOnce(): boolean {
  const memory = { initial: 1, maximum: 1, shared: false };
  const module = new ModuleBuilder(memory, { relaxedSimd: true, tuned: true });
  const index = module.function("probe", [], ["f32"], (f) => {
    // (1 + 2^-12)^2 - (1 + 2^-11) is 2^-24 when the square is not rounded first, else 0.
    f.f32x4(1 + 2 ** -12)
      .f32x4(1 + 2 ** -12)
      .f32x4(-(1 + 2 ** -11))
      .emit("f32x4.relaxed_madd");
    f.lane("f32x4.extract_lane", 0);
  });
  module.export("probe", index);
  const compiled = new WebAssembly.Module(module.finish());
  const instance = new WebAssembly.Instance(compiled, { env: { memory: new WebAssembly.Memory(memory) } });
  return (instance.exports as { probe: () => number }).probe() === 2 ** -24;
}
