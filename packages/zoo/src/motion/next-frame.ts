import { DataError, type HostArray } from "@hekla/tensor";
import type { EvaluateContext, EvaluateOutcome, Prediction } from "../model.js";
import { lineChart, pictureGrid } from "../plots/index.js";
import type { CnnLstmConfig } from "./cnn-lstm.js";
import { joined, pictures } from "./motion-class.js";
import { framesOf, loadTestMovingDigits, sequenceOf } from "./moving-digits-data.js";

/**
 * The mean squared error of a pixel of each frame from the third on, foreseen from all frames before it,
 * beside those of two trivial forecasts: the frame before stays; each pixel goes on as it changed from the
 * last frame but one.
 */
export async function evaluateNextFrame({
  model,
  data,
  config,
}: EvaluateContext<CnnLstmConfig>): Promise<EvaluateOutcome> {
  const { frames, source } = await loadTestMovingDigits(data, config);
  const { frames: time } = config;
  const started = performance.now();
  const foreseen = await model.predict(framesOf(frames, 0, time - 1), { batchSize: 50 });
  const seconds = (performance.now() - started) / 1000;
  const truth = framesOf(frames, 2, time);
  const last = framesOf(frames, 1, time - 1);
  const network = clipped(framesOf(foreseen, 1, time - 1));
  const extrapolated = extrapolate(framesOf(frames, 0, time - 2), last);
  const errors = {
    error: squaredError(network, truth),
    lastFrameError: squaredError(last, truth),
    extrapolationError: squaredError(extrapolated, truth),
  };
  const strip = 0;
  const row = (all: HostArray) => pictures(sequenceOf(all, strip));
  const names = Array.from({ length: time - 2 }, (_, at) => `frame ${at + 3}`);
  return {
    source,
    samples: frames.shape[0]!,
    metrics: {
      ...errors,
      errorShare: errors.error / Math.min(errors.lastFrameError, errors.extrapolationError),
    },
    seconds,
    text:
      "mean squared error of a pixel: " +
      `network ${errors.error.toPrecision(3)}, last frame stays ${errors.lastFrameError.toPrecision(3)}, ` +
      `linear extrapolation ${errors.extrapolationError.toPrecision(3)}`,
    artifacts: [
      {
        name: "next-frames.svg",
        doc: "true and foreseen frames of the first test sequence",
        content: await pictureGrid({
          title: "Each frame, foreseen from those before it",
          pictures: joined([truth, network, last, extrapolated].map(row)),
          columns: time - 2,
          rowLabels: ["true", "network", "last frame", "extrapolated"],
          columnLabels: names,
        }),
      },
    ],
  };
}

/**
 * The last `steps` frames of a test sequence, each foreseen from the true frames before them and those
 * foreseen so far.
 */
export async function foreseeFrames(
  { model, data, config }: EvaluateContext<CnnLstmConfig>,
  { index, steps }: { readonly index: number; readonly steps: number },
): Promise<Prediction> {
  const { frames: time } = config;
  const given = time - steps;
  if (given < 2) {
    throw new DataError(
      `cnn-lstm: too many steps, got ${steps} of ${time} frames, expected at most ${time - 2}`,
    );
  }
  const { frames } = await loadTestMovingDigits(data, config);
  const sequence = sequenceOf(frames, index);
  let known = framesOf(sequence, 0, given);
  for (let step = 0; step < steps; step++) {
    const next = await model.predict(known);
    const count = given + step;
    const both = joined([pictures(known), pictures(clipped(framesOf(next, count - 1, count)))]);
    known = { data: both.data, shape: [1, count + 1, ...known.shape.slice(2)] };
  }
  const last = framesOf(sequence, given - 1, given);
  const at = (all: HostArray, step: number) => framesOf(all, given + step, given + step + 1);
  const count = Array.from({ length: steps }, (_, step) => step);
  const errors = count.map((step) => squaredError(at(known, step), at(sequence, step)));
  const stays = count.map((step) => squaredError(last, at(sequence, step)));
  const lines = count.map(
    (step) =>
      `${step + 1} ahead: ${errors[step]!.toPrecision(3)} (last frame stays: ${stays[step]!.toPrecision(3)})`,
  );
  return {
    text: `test sequence ${index}, mean squared error of a pixel\n${lines.join("\n")}`,
    json: { index, given, errors, lastFrameErrors: stays },
    artifacts: [
      {
        name: `foreseen-${index}.svg`,
        doc: "true frames, and those foreseen",
        content: await pictureGrid({
          title: `Sequence ${index}: ${given} frames given, ${steps} foreseen`,
          pictures: joined([pictures(sequence), pictures(known)]),
          columns: time,
          rowLabels: ["true", "foreseen"],
          columnLabels: Array.from({ length: time }, (_, frame) =>
            frame < given ? "given" : `+${frame - given + 1}`,
          ),
        }),
      },
      {
        name: `foreseen-${index}-errors.svg`,
        doc: "errors over the frames ahead",
        content: lineChart({
          title: "Error of foreseen frames",
          xLabel: "frames ahead",
          yLabel: "mean squared error of a pixel",
          series: [
            { name: "network", x: count.map((step) => step + 1), y: errors },
            { name: "last frame stays", x: count.map((step) => step + 1), y: stays, dashed: true },
          ],
        }),
      },
    ],
  };
}

/** Each pixel changes from `last` as it did from `before` to `last`, within 0 to 1. */
function extrapolate(before: HostArray, last: HostArray): HostArray {
  const data = Float32Array.from(last.data, (value, at) => 2 * value - before.data[at]!);
  return clipped({ data, shape: last.shape });
}

/** Brightness cannot leave 0 to 1. */
function clipped({ data, shape }: HostArray): HostArray {
  return { data: Float32Array.from(data, (value) => Math.min(Math.max(value, 0), 1)), shape };
}

function squaredError(a: HostArray, b: HostArray): number {
  let sum = 0;
  for (let at = 0; at < a.data.length; at++) sum += (a.data[at]! - b.data[at]!) ** 2;
  return sum / a.data.length;
}
