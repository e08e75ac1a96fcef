import { gpujs } from "@hekla/kernels-webgpu/gpujs";
import { testBackend } from "./test-backend.js";

// Its third mode, webgl2, is tested in a browser: scripts/browser-gpujs.mjs.
testBackend("gpu.js backend, cpu", () => gpujs({ mode: "cpu" }));
testBackend("gpu.js backend, webasm", () => gpujs({ mode: "webasm" }));
