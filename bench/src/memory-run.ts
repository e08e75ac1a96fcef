import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** What the memory run is asked to do. */
export interface MemoryRequest {
  threads: number;
  batch: number;
  steps: number;
  json: boolean;
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

function line(point: MemoryPoint): string {
  const megabytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1).padStart(10);
  return (
    `${point.model.padEnd(10)} ${String(point.step).padStart(6)} ${String(point.liveBytes).padStart(12)} ` +
    `${String(point.liveBuffers).padStart(8)} ${megabytes(point.heapBytes)} ${megabytes(point.residentBytes)} ` +
    `${point.loss.toFixed(6).padStart(10)}`
  );
}

/** Trains each model and prints live bytes every 100 steps; 1 where they are not constant after the first 100. */
export async function runMemory(program: string, request: MemoryRequest): Promise<number> {
  const child = spawn(process.execPath, ["--expose-gc", program, JSON.stringify(request)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const points: MemoryPoint[] = [];
  if (!request.json)
    process.stdout.write(
      "model        step   live bytes  buffers    heap MB     RSS MB       loss\n" +
        "---------- ------ ------------ -------- ---------- ---------- ----------\n",
    );
  createInterface({ input: child.stdout }).on("line", (text) => {
    if (!text.startsWith('{"type":"memory"')) return;
    const point = JSON.parse(text) as MemoryPoint;
    points.push(point);
    if (!request.json) process.stdout.write(`${line(point)}\n`);
  });
  const code = await new Promise((resolve) => child.once("close", resolve));
  const models = [...new Set(points.map((point) => point.model))];
  const growing = models.filter((model) => {
    const settled = points.filter((point) => point.model === model && point.step > 0);
    return new Set(settled.map((point) => point.liveBytes)).size !== 1;
  });
  const passed = code === 0 && models.length > 0 && growing.length === 0;
  if (request.json) process.stdout.write(`${JSON.stringify({ request, points, growing }, undefined, 2)}\n`);
  else if (growing.length > 0) process.stdout.write(`live bytes are NOT constant: ${growing.join(", ")}\n`);
  else if (passed) process.stdout.write("live bytes are constant\n");
  return passed ? 0 : 1;
}
