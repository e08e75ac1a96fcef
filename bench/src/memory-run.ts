import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { formatConditions, underConditions } from "./conditions.js";
import { bundle } from "./install.js";
import type { MemoryResult } from "./results.js";
import type { Section } from "./section.js";
import type { Settings } from "./settings.js";
import { MLP } from "./works.js";

/** The title of the task and of its section. */
export const MEMORY_TITLE = "live bytes over training steps of the MLP and of a small CNN, this project only";

const STEPS = 1000;

/** What the memory run is asked to do. */
export interface MemoryRequest {
  threads: number;
  batch: number;
  steps: number;
}

/** State of memory after a number of training steps of one model; `liveBytes` is the backend's own count. */
export interface MemoryPoint {
  type: "memory";
  model: string;
  step: number;
  liveBytes: number;
  liveBuffers: number;
  heapBytes: number;
  residentBytes: number;
  loss: number;
}

/** Points after the first step, where everything is allocated, by model. */
function settledPoints(points: readonly MemoryPoint[]): Map<string, MemoryPoint[]> {
  const models = new Map(points.map(({ model }) => [model, [] as MemoryPoint[]]));
  for (const point of points) if (point.step > 1) models.get(point.model)!.push(point);
  return models;
}

/** Models whose live bytes were not the same at every point after the first step. */
export function growingModels(points: readonly MemoryPoint[]): string[] {
  return [...settledPoints(points)]
    .filter(([, settled]) => new Set(settled.map(({ liveBytes }) => liveBytes)).size > 1)
    .map(([model]) => model);
}

/** What the points say, in a sentence. */
export function memoryVerdict(points: readonly MemoryPoint[]): string {
  const growing = growingModels(points);
  if (growing.length > 0) return `Live bytes are NOT constant: ${growing.join(", ")}.`;
  const few = [...settledPoints(points).values()].some((settled) => settled.length < 2);
  return few || points.length === 0 ? "Too few steps to say anything." : "Live bytes are constant.";
}

/** Trains each model and looks at memory every 100 steps. */
export async function measureMemory(settings: Settings): Promise<MemoryResult> {
  const { threads, batch = MLP.batch, steps = STEPS } = settings;
  const program = await bundle(settings.bench, "src/memory.ts");
  const request: MemoryRequest = { threads, batch, steps };
  return underConditions(settings, async () => {
    const child = spawn(process.execPath, ["--expose-gc", program, JSON.stringify(request)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const points: MemoryPoint[] = [];
    createInterface({ input: child.stdout }).on("line", (text) => {
      if (!text.startsWith('{"type":"memory"')) return;
      const point = JSON.parse(text) as MemoryPoint;
      points.push(point);
      if (point.step % 500 === 0) settings.progress(`memory: ${point.model}, step ${point.step}`);
    });
    const code = await new Promise((resolve) => child.once("close", resolve));
    if (code !== 0) throw new Error(`memory: the training process failed, got exit ${code}, expected 0`);
    return { kind: "memory" as const, name: "memory", title: MEMORY_TITLE, points };
  });
}

/** What a report says of live bytes. */
export function memorySection(result: MemoryResult): Section {
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
  return {
    title: result.title,
    before: formatConditions(result.conditions),
    table: {
      headings: ["model", "step", "live bytes", "buffers", "heap MB", "RSS MB", "loss"],
      lines: result.points.map((point) => [
        point.model,
        String(point.step),
        String(point.liveBytes),
        String(point.liveBuffers),
        megabytes(point.heapBytes),
        megabytes(point.residentBytes),
        point.loss.toFixed(6),
      ]),
      left: 1,
    },
    after: [memoryVerdict(result.points)],
  };
}
