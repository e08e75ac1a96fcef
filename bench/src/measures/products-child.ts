import { wasm } from "@hekla/kernels-wasm";
import { compile, matmul, tensor, useBackend, Variable } from "@hekla/tensor";
import { STREAMS, uniform } from "../inputs.js";
import { WITHOUT_FUSED } from "../report.js";
import type { GemmShape } from "../works.js";
import { PRODUCTS, productName } from "./products.js";
import { type Run, serveTimed } from "./timed-cases.js";

/** A product of Variables whose result stays on the device: nothing is copied to the host, nothing allocated. */
function prepare({ rows, inner, columns }: GemmShape): Run {
  const left = new Variable(tensor(uniform(STREAMS.left, rows * inner), { shape: [rows, inner] }));
  const right = new Variable(tensor(uniform(STREAMS.right, inner * columns), { shape: [inner, columns] }));
  const result = new Variable(tensor(new Float32Array(rows * columns), { shape: [rows, columns] }));
  return compile(() => result.assign(matmul(left.read(), right.read())));
}

/** The life of a child that multiplies, with or without relaxed SIMD. */
export function serveProducts(relaxedSimd: boolean): Promise<void> {
  return serveTimed(async ({ threads }) => {
    await useBackend(wasm({ threads, relaxedSimd }));
    return {
      version: "this checkout, bundled from source",
      detail: `wasm${relaxedSimd ? "" : ` ${WITHOUT_FUSED}`}, ${threads} thread(s) asked for, compiled`,
      cases: PRODUCTS.map((shape) => ({ name: productName(shape), prepare: () => prepare(shape) })),
    };
  });
}
