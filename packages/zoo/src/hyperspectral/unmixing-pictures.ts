import type { HyperspectralScene } from "@hekla/datasets";
import type { HostArray } from "@hekla/tensor";
import type { Artifact } from "../model.js";
import { rampColor } from "../plots/color-ramp.js";
import { lineChart, pictureGrid } from "../plots/index.js";
import { rowOf } from "./unmixing-score.js";

type Size = Pick<HyperspectralScene, "height" | "width">;

/** A row of maps: shares `[pixels, maps]`, in the order in which they are to stand. */
export interface ShareMaps {
  readonly label: string;
  readonly shares: ArrayLike<number>;
  /** Column of the shares for each map. Default 0, 1, 2, ... */
  readonly order?: readonly number[];
}

/** Shares of materials as pictures, dark for none and light for all. */
export async function abundanceMaps(
  title: string,
  { height, width }: Size,
  materials: readonly string[],
  rows: readonly ShareMaps[],
): Promise<Artifact> {
  const count = materials.length;
  const pictures = new Float32Array(rows.length * count * height * width * 3);
  let at = 0;
  for (const { shares, order } of rows) {
    for (let map = 0; map < count; map++) {
      const column = order?.[map] ?? map;
      for (let pixel = 0; pixel < height * width; pixel++) {
        for (const part of rampColor(shares[pixel * count + column]!, false)) pictures[at++] = part / 255;
      }
    }
  }
  return {
    name: "abundances.svg",
    doc: "shares of materials in each pixel, dark none, light all",
    content: await pictureGrid({
      title,
      pictures: { data: pictures, shape: [rows.length * count, height, width, 3] },
      columns: count,
      rowLabels: rows.map(({ label }) => label),
      columnLabels: materials,
      scale: Math.max(1, Math.round(190 / width)),
    }),
  };
}

/** Spectra of endmembers, each with its reference dashed beside it, all scaled to a maximum of 1. */
export function endmemberChart(
  title: string,
  wavelengths: ArrayLike<number>,
  materials: readonly string[],
  learnt: HostArray,
  match: readonly number[],
  reference?: HostArray,
): Artifact {
  const scaled = (spectra: HostArray, at: number) => {
    const spectrum = rowOf(spectra, at);
    const largest = Math.max(...spectrum) || 1;
    return spectrum.map((value) => value / largest);
  };
  const series = materials.flatMap((material, m) => [
    { name: material, x: wavelengths, y: scaled(learnt, match[m]!) },
    ...(reference
      ? [{ name: `${material}, reference`, x: wavelengths, y: scaled(reference, m), dashed: true }]
      : []),
  ]);
  return {
    name: "endmembers.svg",
    doc: "spectra of the endmembers, with their references dashed",
    content: lineChart({
      title,
      xLabel: "wavelength, nm",
      yLabel: "reflectance, largest 1",
      series,
      height: 420,
    }),
  };
}

/** The same as a table: a row a band. */
export function endmemberTable(
  wavelengths: ArrayLike<number>,
  materials: readonly string[],
  learnt: HostArray,
  match: readonly number[],
  reference?: HostArray,
): Artifact {
  const columns = materials.flatMap((_, m) => [
    rowOf(learnt, match[m]!),
    ...(reference ? [rowOf(reference, m)] : []),
  ]);
  const names = materials.flatMap((name) => [name, ...(reference ? [`${name} reference`] : [])]);
  const lines = Array.from(wavelengths, (nm, band) =>
    [nm.toFixed(1), ...columns.map((spectrum) => spectrum[band]!.toPrecision(7))].join(","),
  );
  return {
    name: "endmembers.csv",
    doc: "the same as numbers",
    content: `${["wavelength nm", ...names].join(",")}\n${lines.join("\n")}\n`,
  };
}
