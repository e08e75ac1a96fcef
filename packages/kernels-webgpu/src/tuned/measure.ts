import { DeviceError, identityView, type Plan, type Routine, referenceRoutines } from "@hekla/tensor";

/** Elements of the operands and of the result of a product. */
function sizesOf(routine: Routine): { readonly operands: readonly number[]; readonly result: number } {
  if (routine.name === "matmul") {
    const { batch, m, n, k, batchedA, batchedB } = routine;
    const operands = [(batchedA ? batch : 1) * m * k, (batchedB ? batch : 1) * k * n];
    return { operands, result: batch * m * n };
  }
  if (!("filters" in routine)) throw new DeviceError(`tune: got ${routine.name}, expected a product`);
  const { window, filters } = routine;
  const { batch, channels, inputSize, outputSize, windowSize } = window;
  const input = batch * channels * inputSize[0] * inputSize[1];
  const output = batch * filters * outputSize[0] * outputSize[1];
  const kernel = filters * channels * windowSize[0] * windowSize[1];
  if (routine.name === "conv2d") return { operands: [input, kernel], result: output };
  if (routine.name === "conv2dInputGradient") return { operands: [output, kernel], result: input };
  return { operands: [input, output], result: kernel };
}

/** A plan of one product. */
export function planOf(routine: Routine): Plan {
  const { operands, result } = sizesOf(routine);
  const inputs = operands.map(
    (size) => ({ kind: "input", dtype: "float32", size, arenaOffset: -1 }) as const,
  );
  return {
    key: `tune ${JSON.stringify(routine)}`,
    buffers: [...inputs, { kind: "output", dtype: "float32", size: result, arenaOffset: 0 }],
    inputs: inputs.map((_, at) => at),
    assigned: [],
    persistent: [],
    outputs: [inputs.length],
    steps: [
      {
        kind: "routine",
        label: "tune",
        routine,
        reference: referenceRoutines[routine.name],
        operands: operands.map((size, buffer) => ({ buffer, view: identityView([size]) })),
        output: inputs.length,
      },
    ],
    arenaBytes: Math.ceil((4 * result) / 256) * 256,
  };
}

/** A measurement lasts at least so long, and counts for the best of so many. */
const fewestMilliseconds = 10;
const rounds = 3;
const mostRuns = 64;

/** Milliseconds of one run, the best of a few measurements. */
export async function timeOf(runOnce: () => void, done: () => Promise<unknown>): Promise<number> {
  const measure = async (runs: number): Promise<number> => {
    const began = performance.now();
    for (let run = 0; run < runs; run++) runOnce();
    await done();
    return (performance.now() - began) / runs;
  };
  await measure(1); // makes the pipelines
  const first = await measure(1);
  const runs = Math.max(1, Math.min(mostRuns, Math.ceil(fewestMilliseconds / first)));
  let best = first;
  for (let round = 0; round < rounds; round++) best = Math.min(best, await measure(runs));
  return best;
}
