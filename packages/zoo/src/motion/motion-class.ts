import { MOTIONS } from "@hekla/datasets";
import type { HostArray } from "@hekla/tensor";
import type { EvaluateContext, EvaluateOutcome, Prediction } from "../model.js";
import { heatMap, pictureGrid } from "../plots/index.js";
import type { CnnLstmConfig } from "./cnn-lstm.js";
import { framesOf, loadTestMovingDigits, sequenceOf } from "./moving-digits-data.js";

/** Accuracy beside that of always naming the most frequent motion, and which motions are taken for which. */
export async function evaluateMotion({
  model,
  data,
  config,
}: EvaluateContext<CnnLstmConfig>): Promise<EvaluateOutcome> {
  const { frames, motion, source } = await loadTestMovingDigits(data, config);
  const started = performance.now();
  const told = mostLikely(await model.predict(frames, { batchSize: 100 }));
  const seconds = (performance.now() - started) / 1000;
  const count = told.length;
  const confusion = new Float32Array(MOTIONS.length ** 2);
  told.forEach(({ label }, at) => {
    confusion[motion.data[at]! * MOTIONS.length + label]!++;
  });
  const totals = MOTIONS.map((_, label) => motion.data.filter((one) => one === label).length);
  const hits = MOTIONS.map((_, label) => confusion[label * (MOTIONS.length + 1)]!);
  const missed = told.flatMap(({ label }, at) => (label === motion.data[at] ? [] : [at]));
  const shown = [...missed.slice(0, 3), 0, 1, 2, 3, 4, 5].slice(0, 6);
  const rowLabels = shown.map((at) => {
    const { label, probability } = told[at]!;
    const truth = MOTIONS[motion.data[at]!]!;
    const said = `${MOTIONS[label]} (${probability.toFixed(2)})`;
    return label === motion.data[at] ? said : `${said}, not ${truth}`;
  });
  return {
    source,
    samples: count,
    metrics: {
      accuracy: hits.reduce((sum, one) => sum + one, 0) / count,
      trivialAccuracy: Math.max(...totals) / count,
    },
    seconds,
    text: MOTIONS.map((name, label) => `${name.padEnd(11)}${hits[label]} of ${totals[label]}`).join("\n"),
    artifacts: [
      {
        name: "sequences.svg",
        doc: `test sequences and the motion told${missed.length > 0 ? ", missed ones first" : ""}`,
        content: await pictureGrid({
          title: "Motions as the network tells them",
          pictures: joined(shown.map((at) => pictures(sequenceOf(frames, at)))),
          columns: config.frames,
          rowLabels,
        }),
      },
      {
        name: "confusion.svg",
        doc: "true motions against told ones",
        content: await heatMap({
          title: "Sequences by motion",
          xLabel: "told",
          yLabel: "true",
          columnLabels: MOTIONS,
          panels: [
            { values: { data: confusion, shape: [MOTIONS.length, MOTIONS.length] }, rowLabels: MOTIONS },
          ],
        }),
      },
    ],
  };
}

/** The motion of one test sequence. */
export async function classifyMotion(
  { model, data, config }: EvaluateContext<CnnLstmConfig>,
  index: number,
): Promise<Prediction> {
  const { frames, motion } = await loadTestMovingDigits(data, config);
  const sequence = sequenceOf(frames, index);
  const output = await model.predict(sequence);
  const probabilities = Object.fromEntries(MOTIONS.map((name, at) => [name, output.data[at]!]));
  const { label, probability } = mostLikely(output)[0]!;
  const truth = MOTIONS[motion.data[index]!]!;
  return {
    text: `test sequence ${index}: ${MOTIONS[label]} (${probability.toFixed(3)}), true motion ${truth}`,
    json: { index, motion: MOTIONS[label], truth, probabilities },
    artifacts: [
      {
        name: `sequence-${index}.svg`,
        doc: "the sequence",
        content: await pictureGrid({
          title: `Sequence ${index}: ${MOTIONS[label]}`,
          pictures: pictures(framesOf(sequence, 0, config.frames)),
          columns: config.frames,
        }),
      },
    ],
  };
}

/** The most likely class of each row of probabilities. */
function mostLikely({ data, shape }: HostArray): { label: number; probability: number }[] {
  const [rows = 0, classes = 0] = shape;
  return Array.from({ length: rows }, (_, row) => {
    const own = Array.from(data.subarray(row * classes, (row + 1) * classes));
    const probability = Math.max(...own);
    return { label: own.indexOf(probability), probability };
  });
}

/** The frames of one sequence as pictures `[time, height, width]`. */
export function pictures({ data, shape }: HostArray): HostArray {
  return { data, shape: [shape[1]!, ...shape.slice(-2)] };
}

/** Rows of pictures one below the other. */
export function joined(rows: readonly HostArray[]): HostArray {
  const data = new Float32Array(rows.reduce((sum, row) => sum + row.data.length, 0));
  let at = 0;
  for (const row of rows) {
    data.set(row.data, at);
    at += row.data.length;
  }
  return { data, shape: [rows.reduce((sum, { shape }) => sum + shape[0]!, 0), ...rows[0]!.shape.slice(1)] };
}
