import { type Backend, DeviceError, type Routine } from "@hekla/tensor";
import { WebGpuBackend } from "../backend.js";
import { planOf, timeOf } from "./measure.js";
import { Tuning, type TuningCache } from "./tuning.js";

/**
 * Measures on the device, for each shape of a product that the plans made so far have, every way to compute
 * it, and gives what is
 * fastest, for `webgpu({ tuningCache })` of a later session. Plans that are made from now on take it as
 * well; those that there
 * are stay as they are, so that a training that has begun goes on with the same bits.
 *
 * @throws DeviceError for another backend than WebGPU
 */
export async function tune(backend: Backend): Promise<TuningCache> {
  if (!(backend instanceof WebGpuBackend)) {
    throw new DeviceError(`tune: got backend ${backend.name}, expected one of webgpu()`);
  }
  const { device } = backend.machine;
  const { choices } = device.traits;
  if (!(choices instanceof Tuning)) throw new DeviceError("tune: this backend was made without a tuning");
  for (const [problem, names] of [...choices.open]) {
    const [routine] = JSON.parse(problem) as [Routine]; // cast: what tunedRoutines made it of
    const plan = planOf(routine);
    const slots = plan.inputs.map((buffer) => backend.allocate(plan.buffers[buffer]!.size, "float32"));
    let best = Number.POSITIVE_INFINITY;
    let fastest = names[0]!;
    for (const name of names) {
      const executable = choices.forced(name, () => backend.prepare(plan));
      const runOnce = (): void => {
        for (const result of executable.run(slots)) backend.free(result);
      };
      const time = await timeOf(runOnce, () => device.queue.onSubmittedWorkDone());
      executable.dispose();
      if (time >= best) continue;
      [best, fastest] = [time, name];
    }
    for (const slot of slots) backend.free(slot);
    choices.settle(problem, fastest);
  }
  return choices.cache;
}
