import { wasm } from "@hekla/kernels-wasm";
import { withAllThreads } from "./all-threads.js";
import { samples } from "./sample-table.js";
import { testBackend } from "./test-backend.js";

testBackend("wasm backend, 2 threads", () => withAllThreads(wasm({ threads: 2 })));

/** Where multiply-adds may be fused: without relaxed SIMD, other instructions run. */
const contractions = /^(matmul|conv|dense|twoProducts|gates|attention|productTransposed)/;

testBackend("wasm backend without relaxed SIMD", () => wasm({ threads: 1, relaxedSimd: false }), {
  samples: samples.filter(({ op }) => contractions.test(op)),
});
