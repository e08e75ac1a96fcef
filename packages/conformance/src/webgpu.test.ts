import { webgpu } from "@hekla/kernels-webgpu";
import { describe, it } from "vitest";
import { testBackend } from "./test-backend.js";
import { hasAdapter } from "./testing/webgpu-adapter.js";

// Needs a driver for Vulkan, Metal or Direct3D 12; `.ci/run` brings Chromium's, which is software.
if (await hasAdapter()) {
  testBackend("webgpu backend", () => webgpu(), {
    flushesSubnormals: true,
    // WGSL promises quotients to 2.5 units in the last place only. Source: WGSL, section 15.7.4.1.
    allowances: { divide: { ulp: 3 } },
  });
} else {
  describe("webgpu backend", () => it.skip("needs an adapter"));
}
