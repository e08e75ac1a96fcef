import { webgpu } from "@hekla/kernels-webgpu";
import { describe, it } from "vitest";
import { testBackend } from "./test-backend.js";
import { hasAdapter } from "./testing/webgpu-adapter.js";
import { wgslAllowances } from "./wgsl-allowances.js";

// Needs a driver for Vulkan, Metal or Direct3D 12; `.ci/run` brings Chromium's, which is software.
if (await hasAdapter()) {
  testBackend("webgpu backend", () => webgpu(), wgslAllowances);
} else {
  describe("webgpu backend", () => it.skip("needs an adapter"));
}
