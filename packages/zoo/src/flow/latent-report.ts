import type { HostArray } from "@hekla/tensor";
import type { Artifact, EvaluateContext, EvaluateOutcome, Prediction } from "../model.js";
import { lineChart } from "../plots/index.js";
import { firstFrames } from "./latent-codes.js";
import { LatentForecaster } from "./latent-forecast.js";
import type { LatentPhysicsConfig } from "./latent-physics.js";
import { partsOf } from "./latent-roll-out.js";
import { fieldAnimation, fieldPictures } from "./pressure-pictures.js";
import { pressureSeries, solverTimes } from "./pressure-series.js";
import { type FrameTimes, fastestTimes, timeChart } from "./roll-out-times.js";

/** Simulations that an evaluation goes through: the same ones whatever a training was seeded with. */
const testSimulations = 20;
type Context = EvaluateContext<LatentPhysicsConfig>;

/** Relative errors a step ahead, the mean over simulations. */
interface RollOutErrors {
  readonly network: number[];
  /** The last known field stays as it is. */
  readonly stays: number[];
  /** The last known code goes on changing as it did. */
  readonly extrapolated: number[];
  /** True fields through encoder and decoder: what no forecast of codes alone can go below. */
  readonly autoencoder: number[];
}

/** Test simulations, the solver's frames and the network's, both `[steps, simulations, grid, grid]`. */
async function rollOut({ model, config }: Context, first: number, simulations: number, steps: number) {
  const { given, grid } = config;
  const frames = given + steps;
  const made = await pressureSeries({ ...config, part: "test", first, simulations, frames });
  const known = firstFrames(made.fields, given);
  const forecaster = new LatentForecaster(partsOf(model));
  const { fields: foreseen, milliseconds } = await forecaster.foresee(known, steps);
  const extrapolated = await forecaster.extrapolate(known, steps);
  const field = grid * grid;
  const truthAt = (step: number, one: number) => {
    const from = (one * frames + given + step) * field;
    return made.fields.data.subarray(from, from + field);
  };
  const errors: RollOutErrors = { network: [], stays: [], extrapolated: [], autoencoder: [] };
  const truth = new Float32Array(foreseen.length);
  for (let step = 0; step < steps; step++) {
    const from = step * simulations * field;
    const all = truth.subarray(from, from + simulations * field);
    for (let one = 0; one < simulations; one++) all.set(truthAt(step, one), one * field);
    const again = await forecaster.reconstruct({ data: all, shape: [simulations, 1, grid, grid] });
    const mean = (told: (one: number) => ArrayLike<number>): number => {
      let sum = 0;
      for (let one = 0; one < simulations; one++) sum += relativeError(told(one), truthAt(step, one));
      return sum / simulations;
    };
    const within = (fields: Float32Array, start: number) => (one: number) =>
      fields.subarray(start + one * field, start + (one + 1) * field);
    errors.network.push(mean(within(foreseen, from)));
    errors.extrapolated.push(mean(within(extrapolated, from)));
    errors.stays.push(mean((one) => truthAt(-1, one)));
    errors.autoencoder.push(mean(within(again, 0)));
  }
  const shape = [steps, simulations, grid, grid];
  return {
    forecaster,
    known,
    errors,
    truth: { data: truth, shape },
    foreseen: { data: foreseen, shape },
    milliseconds,
    source: made.source,
  };
}

/** `|told - truth| / |truth|`, lengths of vectors. */
export function relativeError(told: ArrayLike<number>, truth: ArrayLike<number>): number {
  let [wrong, all] = [0, 0];
  for (let cell = 0; cell < truth.length; cell++) {
    wrong += (told[cell]! - truth[cell]!) ** 2;
    all += truth[cell]! ** 2;
  }
  return Math.sqrt(wrong / all);
}

/** Roll-outs of the test simulations: errors beside trivial forecasts, run time beside the solver's. */
export async function evaluateRollOut(context: Context): Promise<EvaluateOutcome> {
  const { horizon: steps } = context.config;
  const result = await rollOut(context, 0, testSimulations, steps);
  const { errors, forecaster, known } = result;
  const foresee = async (from: HostArray) => (await forecaster.foresee(from, steps)).milliseconds;
  const times: FrameTimes = {
    solver: await fastestTimes(() => solverTimes(context.config)),
    network: await fastestTimes(() => foresee(part(known, 0))),
    many: await fastestTimes(() => foresee(known)),
    simulations: testSimulations,
  };
  forecaster.dispose();
  const solverMilliseconds = meanOf(times.solver);
  const perStep = meanOf(times.network);
  const perStepOfMany = meanOf(times.many) / testSimulations;
  const shares = errors.network.map((error, at) => error / errors.stays[at]!);
  const metrics = {
    error: meanOf(errors.network),
    staysError: meanOf(errors.stays),
    extrapolationError: meanOf(errors.extrapolated),
    autoencoderError: meanOf(errors.autoencoder),
    stepsBelowStays: shares.filter((share) => share < 1).length,
    largestShareOfStays: Math.max(...shares),
    firstError: errors.network[0]!,
    lastError: errors.network.at(-1)!,
    solverMilliseconds,
    networkMilliseconds: perStep,
    batchMilliseconds: perStepOfMany,
    speedUp: solverMilliseconds / perStep,
    batchSpeedUp: solverMilliseconds / perStepOfMany,
  };
  return {
    source: result.source,
    samples: testSimulations,
    metrics,
    seconds: result.milliseconds.reduce((sum, one) => sum + one, 0) / 1000,
    text: [
      `relative error of the pressure, mean of ${testSimulations} test simulations:`,
      ...errorTable(errors),
      `below "the field stays" at ${metrics.stepsBelowStays} of ${steps} frames`,
      `a frame takes the solver ${solverMilliseconds.toFixed(2)} ms, the network ${perStep.toFixed(2)} ms ` +
        `(${metrics.speedUp.toFixed(1)} times as fast), ${testSimulations} simulations at once ` +
        `${perStepOfMany.toFixed(2)} ms each (${metrics.batchSpeedUp.toFixed(1)} times)`,
    ].join("\n"),
    artifacts: [
      errorChart("roll-out-error.svg", `Roll-out from ${context.config.given} true frames`, errors),
      timeChart(times),
      ...(await pictures("roll-out", "First test simulation", result)),
    ],
  };
}

/** A roll-out of one test simulation. */
export async function showRollOut(
  context: Context,
  { index, steps }: { readonly index: number; readonly steps: number },
): Promise<Prediction> {
  const result = await rollOut(context, index, 1, steps);
  result.forecaster.dispose();
  const { errors } = result;
  return {
    text: [`test simulation ${index}, relative error of the pressure:`, ...errorTable(errors)].join("\n"),
    json: {
      index,
      given: context.config.given,
      errors: errors.network,
      staysErrors: errors.stays,
      extrapolationErrors: errors.extrapolated,
      autoencoderErrors: errors.autoencoder,
    },
    artifacts: [
      errorChart(`simulation-${index}-error.svg`, `Roll-out of test simulation ${index}`, errors),
      ...(await pictures(`simulation-${index}`, `Test simulation ${index}`, result)),
    ],
  };
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** One of the series `[simulations, frames, ...]`. */
function part({ data, shape: [simulations = 0, ...rest] }: HostArray, one: number): HostArray {
  const length = data.length / simulations;
  return { data: data.subarray(one * length, (one + 1) * length), shape: [1, ...rest] };
}

/** Frames to show, from 1. */
const shownFrames = (steps: number) =>
  [...new Set([1, 5, 10, 20, 30, 50, steps])].filter((one) => one <= steps);

function errorTable({ network, stays, extrapolated, autoencoder }: RollOutErrors): string[] {
  const columns = ["network", "stays", "extrapolated", "autoencoder"];
  const numbers = (values: readonly number[]) =>
    values.map((value) => value.toFixed(3).padStart(13)).join("");
  return [
    `${"frame".padEnd(6)}${columns.map((name) => name.padStart(13)).join("")}`,
    ...shownFrames(network.length)
      .sort((a, b) => a - b)
      .map((frame) => {
        const row = [network, stays, extrapolated, autoencoder].map((errors) => errors[frame - 1]!);
        return `${`+${frame}`.padEnd(6)}${numbers(row)}`;
      }),
    `${"mean".padEnd(6)}${numbers([network, stays, extrapolated, autoencoder].map(meanOf))}`,
  ];
}

function errorChart(name: string, title: string, errors: RollOutErrors): Artifact {
  const x = errors.network.map((_, at) => at + 1);
  // Extrapolation soon leaves the scale of all others.
  const most = 1.1 * Math.max(...errors.stays, ...errors.network);
  return {
    name,
    doc: "relative error over the frames ahead",
    content: lineChart({
      title,
      xLabel: "frames ahead",
      yLabel: "relative error of the pressure",
      series: [
        { name: "network", x, y: errors.network },
        { name: "field stays as it is", x, y: errors.stays, dashed: true },
        {
          name: "code goes on as it changed",
          x,
          y: errors.extrapolated.map((error) => (error <= most ? error : Number.NaN)),
          dashed: true,
        },
        { name: "autoencoder alone", x, y: errors.autoencoder, dashed: true },
      ],
    }),
  };
}

async function pictures(
  name: string,
  title: string,
  { truth, foreseen, errors }: Awaited<ReturnType<typeof rollOut>>,
): Promise<Artifact[]> {
  const [steps = 0, simulations = 0, grid = 0] = truth.shape;
  const field = grid * grid;
  const firsts = ({ data }: HostArray): HostArray => {
    const own = new Float32Array(steps * field);
    for (let step = 0; step < steps; step++) {
      const from = step * simulations * field;
      own.set(data.subarray(from, from + field), step * field);
    }
    return { data: own, shape: [steps, grid, grid] };
  };
  const pair = { truth: firsts(truth), foreseen: firsts(foreseen) };
  const chosen = shownFrames(steps).sort((a, b) => a - b);
  const own =
    simulations === 1
      ? errors.network
      : Array.from({ length: steps }, (_, step) => {
          const at = (all: HostArray) => all.data.subarray(step * field, (step + 1) * field);
          return relativeError(at(pair.foreseen), at(pair.truth));
        });
  return [
    {
      name: `${name}-frames.svg`,
      doc: "frames of solver and network, and how they differ",
      content: await fieldPictures(`${title}: pressure, each frame in its own scale`, pair, chosen, own),
    },
    {
      name: `${name}-animation.svg`,
      doc: "the same, moving",
      content: await fieldAnimation(`${title}: pressure`, pair),
    },
  ];
}
