import { wasm } from "@hekla/kernels-wasm";
import { testBackend } from "./test-backend.js";

testBackend("wasm backend, 2 threads", () => wasm({ threads: 2 }));
