import { wasm } from "@hekla/kernels-wasm";
import { type GpuSource, webgpu } from "@hekla/kernels-webgpu";
import { type Backend, isOn, type Plan, profiledStep, storageArray } from "@hekla/tensor";
import { zoo } from "@hekla/zoo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { largestPlan, plansOfFirstStep } from "./testing/observed-backend.js";
import { dawnSource } from "./testing/webgpu-adapter.js";

/** Dawn without a driver: it checks every module and every call, and computes nothing. */
let source: GpuSource | undefined;
try {
  source = await dawnSource(["backend=null"]);
} catch {
  // The package is not there on this platform.
}
const allOn = (["FUSE", "ARENA", "COMPILE", "TUNED"] as const).every(isOn);

/** Runs a plan once on nothing but zeros. */
function run(backend: Backend, plan: Plan): { readonly dispatches: number } {
  const executable = backend.prepare(plan);
  const stays = new Set([...plan.assigned, ...plan.persistent]);
  const slots = plan.inputs.map((buffer, position) => {
    const { size, dtype } = plan.buffers[buffer]!;
    return stays.has(position)
      ? backend.allocate(size, dtype)
      : backend.upload(storageArray(dtype, size), dtype);
  });
  for (const slot of executable.run(slots)) backend.free(slot);
  for (const position of stays) backend.free(slots[position]!);
  const { dispatches } = executable as unknown as { dispatches: readonly unknown[] }; // cast: the backend's own
  executable.dispose();
  return { dispatches: dispatches.length };
}

/** What one step costs beside its arithmetic. */
function costOf(plan: Plan, dispatches: number): string {
  const bytes = plan.steps.reduce((sum, step) => sum + profiledStep(plan, step).bytes, 0);
  const stays = new Set([...plan.assigned, ...plan.persistent]);
  const uploaded = plan.inputs
    .filter((_, position) => !stays.has(position))
    .reduce((sum, buffer) => sum + 4 * plan.buffers[buffer]!.size, 0);
  return (
    `${plan.steps.length} steps, ${dispatches} dispatches, 1 submit, ${bytes} bytes read and written, ` +
    `${uploaded} bytes uploaded, arena ${plan.arenaBytes} bytes`
  );
}

// What steps cost is what they cost with every optimization.
describe.skipIf(!source || !allOn)("WGSL of the zoo's first training steps, batch 2", () => {
  let gpu: Backend;
  let cpu: Backend;
  beforeAll(async () => {
    gpu = await webgpu({ gpu: source!, recover: false });
    cpu = await wasm({ threads: 1 });
  });
  afterAll(async () => {
    await gpu?.dispose();
    await cpu?.dispose();
  });

  // A change of a snapshot is a change of what a training step costs: accept it (vitest -u) when it is meant.
  it.each(zoo.map((model) => [model.id, model] as const))("%s", { timeout: 60_000 }, async (_id, model) => {
    const plans = await plansOfFirstStep(model, cpu);
    expect(plans.length).toBeGreaterThan(0);
    const counts = plans.map((plan) => run(gpu, plan).dispatches);
    // What was wrong comes out when the device has got to it.
    const probe = gpu.allocate(1, "float32");
    await gpu.read(probe);
    gpu.free(probe);
    const step = largestPlan(plans);
    expect(costOf(step, counts[plans.indexOf(step)]!)).toMatchSnapshot();
  });

  it("finds what is wrong in a module", async () => {
    const broken = await webgpu({ gpu: source!, recover: false });
    const slot = broken.allocate(1, "float32");
    const { device } = (broken as unknown as { machine: { device: { pipeline(...of: unknown[]): void } } })
      .machine; // cast: the backend's own
    device.pipeline("fn main() { nonsense }", "nonsense", 0, false);
    await expect(broken.read(slot)).rejects.toThrow(/nonsense/);
    await broken.dispose();
  });
});
