import { gpujs } from "@hekla/kernels-webgpu/gpujs";
import { testBackend } from "./test-backend.js";

testBackend("gpu.js backend, cpu", () => gpujs({ mode: "cpu" }));
