import type { Epilogue, MatmulRoutine } from "@hekla/tensor";
import type { FunctionBuilder, ModuleBuilder } from "../assembler/index.js";
import { type Kernel, type KernelParams, kernelFunction } from "../kernel.js";
import { blockEpilogue } from "./block-writer.js";
import { normalize } from "./division.js";
import { dotBytesPerThread, emitDot, isDot } from "./dot.js";
import { ProductEmitter } from "./product-emitter.js";
import { layOut } from "./product-layout.js";
import { ResultWriter } from "./result-writer.js";

/** Multiply-adds that one thread does in 3 us: less is not worth meeting another for. */
const smallWork = 1 << 16;

/** A matrix product with its epilogue. */
export function emitMatmul(
  module: ModuleBuilder,
  routine: MatmulRoutine,
  offsets: readonly number[],
  epilogue?: Epilogue,
): Kernel {
  const { product, swapped } = normalize(routine);
  const { batch, m, n, k } = product;
  const fused = epilogue && blockEpilogue(epilogue, n);
  const writer = new ResultWriter(module, batch * m, n, fused);
  const inOrder = <Value>([a, b, ...rest]: readonly Value[]): Value[] =>
    swapped ? [b!, a!, ...rest] : [a!, b!, ...rest];
  const ordered = inOrder(offsets);
  const phase = (name: string, body: (f: FunctionBuilder, params: KernelParams) => void): number =>
    kernelFunction(module, name, 2 + writer.operands, writer.outputs, (f, params) =>
      body(f, { ...params, operands: inOrder(params.operands) }),
    );
  const common = { serial: batch * m * n * k < smallWork, finished: fused !== undefined };
  if (isDot(product)) {
    const dot = phase("dot", (f, params) => emitDot(f, module, params, product, ordered, writer));
    return { ...common, phases: [dot], scratchBytes: 0, scratchBytesPerThread: dotBytesPerThread(m) };
  }
  const layout = layOut(product, module.features.relaxedSimd);
  const part = (name: string, print: (emitter: ProductEmitter) => void): number =>
    phase(name, (f, params) => print(new ProductEmitter(f, module, params, layout, ordered, writer)));
  const packs = layout.packsA || layout.b === "shared";
  return {
    ...common,
    phases: [
      ...(packs ? [part("pack operands", (emitter) => emitter.pack())] : []),
      part("matmul", (emitter) => emitter.multiply()),
      ...(layout.split ? [part("sum of parts", (emitter) => emitter.sumParts())] : []),
    ],
    scratchBytes: layout.scratchBytes,
    scratchBytesPerThread: layout.bytesPerThread,
  };
}
