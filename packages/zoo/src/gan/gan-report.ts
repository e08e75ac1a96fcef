import type { HostArray } from "@hekla/tensor";
import type { Artifact } from "../model.js";
import { lineChart } from "../plots/line-chart.js";
import { pictureGrid } from "../plots/picture-grid.js";
import { filmStrip, type GanRecord } from "./gan-film.js";

/** What a person sees of a generator. */
export interface GanReport {
  readonly record: GanRecord;
  /** A hundred drawn digits `[100, 28, 28]`. */
  readonly samples: HostArray;
  /** Ways between latent points: rows of ten pictures. */
  readonly ways: HostArray;
  /** The part of each class among drawn and real digits. */
  readonly drawn: readonly number[];
  readonly real: readonly number[];
}

const wholeOnly = (value: number): string => (Number.isInteger(value) ? String(value) : "");

/** Samples, film strip, latent interpolation, curves of the losses, classes. */
export async function ganArtifacts({ record, samples, ways, drawn, real }: GanReport): Promise<Artifact[]> {
  const { history, steps } = record;
  const epochs = Math.max(0, ...Object.values(history).map((rows) => rows.length));
  const x = Array.from({ length: epochs }, (_, at) => at + 1);
  const curve = (name: string, key: string) => (history[key] ? [{ name, x, y: history[key] }] : []);
  const digits = real.map((_, digit) => digit);
  return [
    {
      name: "samples.svg",
      doc: "a hundred drawn digits",
      content: await pictureGrid({ title: "Drawn digits", pictures: samples, columns: 10, scale: 2 }),
    },
    {
      name: "film.svg",
      doc: "ten latent points over training",
      content: await pictureGrid({
        title: "The same latent points after so many steps",
        pictures: filmStrip(record),
        columns: steps.length,
        columnLabels: steps.map(String),
        scale: 2,
      }),
    },
    {
      name: "interpolation.svg",
      doc: "ways from one latent point to another",
      content: await pictureGrid({
        title: "From one latent point to another, a row each",
        pictures: ways,
        columns: 10,
        scale: 2,
      }),
    },
    {
      name: "losses.svg",
      doc: "losses of generator and discriminator, means over each epoch",
      content: lineChart({
        title: "Generator against discriminator",
        xLabel: "epoch",
        yLabel: "loss",
        xTick: wholeOnly,
        series: [
          ...curve("discriminator", "discriminatorLoss"),
          ...curve("generator", "generatorLoss"),
          ...curve("critic's distance of real and drawn", "estimate"),
        ],
      }),
    },
    {
      name: "classes.svg",
      doc: "what the scorer reads in drawn and real digits",
      content: lineChart({
        title: "Classes of drawn and real digits",
        xLabel: "digit",
        yLabel: "part of all",
        series: [
          { name: "drawn", x: digits, y: drawn, marker: "circle" },
          { name: "real", x: digits, y: real, marker: "cross" },
        ],
        xTick: wholeOnly,
      }),
    },
  ];
}
