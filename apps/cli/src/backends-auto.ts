import { cpus } from "node:os";
import { type Backend, DeviceError } from "@hekla/tensor";
import { keepFigures, keptFigures } from "./backends-file.js";
import { openGpu } from "./backends-gpu.js";
import { millisecondsPerStep, type ProbedWork } from "./backends-probe.js";
import { backendText } from "./backends-text.js";
import { duration } from "./progress.js";
import { versions } from "./versions.js";

/** A backend, and why it is this one. */
export interface BackendChoice {
  readonly backend: Backend;
  readonly reason: string;
  /** Whether there was a choice, so that people should know. */
  readonly shown: boolean;
}

/**
 * The faster one of wasm and WebGPU for this work, by a step of each; wasm where there is no WebGPU or no GPU behind it,
 * which takes no time to find out. What was measured once for the same work on the same machine is kept.
 */
export async function chooseBackend(
  work: ProbedWork,
  openWasm: () => Promise<Backend>,
  openWebgpu: () => Promise<Backend> = () => openGpu("webgpu", openWasm),
): Promise<BackendChoice> {
  let gpu: Backend;
  try {
    gpu = await openWebgpu();
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return { backend: await openWasm(), reason: error.message, shown: false };
  }
  const wasm = await openWasm();
  if (gpu.device?.software) {
    // It runs on the cores that wasm runs on, with less of them to spare: no step of it is worth waiting for.
    await gpu.dispose();
    return { backend: wasm, reason: `${backendText(wasm)}; ${backendText(gpu)} is no GPU`, shown: true };
  }
  const same = sameWork(work, wasm, gpu);
  let figures = await keptFigures(same);
  if (!figures) {
    try {
      figures = {
        wasm: await millisecondsPerStep(wasm, work),
        webgpu: await millisecondsPerStep(gpu, work),
      };
    } catch (error) {
      await gpu.dispose();
      return { backend: wasm, reason: `not measured: ${(error as Error).message}`, shown: true };
    }
    await keepFigures(same, figures);
  }
  const parts = [
    { backend: wasm, ms: figures.wasm },
    { backend: gpu, ms: figures.webgpu },
  ] as const;
  const [first, second] = figures.webgpu < figures.wasm ? [parts[1], parts[0]] : parts;
  const reason =
    `${backendText(first.backend)}: ${duration(first.ms / 1000)} a step ` +
    `against ${duration(second.ms / 1000)} on ${backendText(second.backend)}`;
  await second.backend.dispose();
  return { backend: first.backend, reason, shown: true };
}

/** All that the choice follows from. How long a training is, and what it draws, changes nothing. */
function sameWork({ model, config }: ProbedWork, wasm: Backend, gpu: Backend): object {
  const { seed: _seed, epochs: _epochs, limit: _limit, ...settings } = config;
  return {
    version: versions().hekla,
    model: model.id,
    settings,
    processor: cpus()[0]?.model,
    wasm: backendText(wasm),
    gpu: backendText(gpu),
  };
}
