import { gpujs } from "@hekla/kernels-webgpu/gpujs";
import { testBackend } from "./test-backend.js";

// The mode webgl2 is tested in a browser: scripts/browser-gpujs.mjs.
testBackend("gpu.js backend, webasm", () => gpujs({ mode: "webasm" }));
