import { type BarGroup, barChart } from "../charts/bar-chart.js";
import { lineChart, type Series } from "../charts/line-chart.js";
import { comparisonRows } from "../comparison.js";
import { OPERATIONS, SIZES } from "../measures/bandwidth-cases.js";
import { bandwidthOf, bandwidthRows } from "../measures/bandwidth-run.js";
import { scaleFigures } from "../measures/scale-run.js";
import { HOME } from "../report.js";
import type { BandwidthResult, ComparisonResult, Result, ScaleResult } from "../results.js";
import { figure } from "../table.js";

/** A picture beside the page. */
export interface Picture {
  file: string;
  /** What it shows, for those who do not see it. */
  alternative: string;
  svg: string;
}

function ratioGroups(result: ComparisonResult): BarGroup[] {
  const rows = comparisonRows(result).filter(
    ({ peer, ratio }) => peer.split("-")[0] !== HOME && Number.isFinite(ratio),
  );
  const names = [...new Set(rows.map((row) => row.case))];
  return names.map((name) => ({
    title: name === result.name ? `${name}: ${result.title}` : name,
    bars: rows
      .filter((row) => row.case === name)
      .map(({ peer, threads, ratio }) => ({
        label: threads > 1 ? `${peer} (${threads})` : peer,
        value: ratio,
        text: figure(ratio),
      })),
  }));
}

/** How long every peer takes beside this project, work by work; undefined where nothing can be compared. */
export function ratioPicture(results: readonly ComparisonResult[]): Picture | undefined {
  const groups = results.flatMap(ratioGroups);
  if (groups.length === 0) return undefined;
  const svg = barChart({
    title: "Time of a step beside this project's",
    axis: `peer / ${HOME}, median of rounds (left of 1: the peer is faster); threads in brackets`,
    groups,
    logarithmic: true,
    base: 1,
  });
  return {
    file: "ratios.svg",
    alternative: "Bar chart: time of each peer over this project's, by work",
    svg,
  };
}

/** One picture for each thing that grows: time of a step, and cost of one unit. */
export function scalePictures(results: readonly ScaleResult[]): Picture[] {
  const axes = [...new Set(results.map(({ axis }) => axis))];
  return axes.flatMap((axis) => {
    const same = results.filter((result) => result.axis === axis && scaleFigures(result).length > 1);
    if (same.length === 0) return [];
    const series = (of: "milliseconds" | "microsecondsPerUnit"): Series[] =>
      same.map((result) => ({
        name: result.work,
        points: scaleFigures(result).map((point) => [point.value, point[of]]),
      }));
    const word = axis.split(" ")[0]!;
    const svg = lineChart({
      title: `How a training step grows with ${axis.replace(/ \(.*/, "")}`,
      panels: [
        { xAxis: axis, yAxis: "step time (ms)", series: series("milliseconds") },
        { xAxis: axis, yAxis: `cost of a ${same[0]!.unit} (us)`, series: series("microsecondsPerUnit") },
      ],
    });
    const alternative = `Line charts: step time and cost of a ${same[0]!.unit} against ${axis}`;
    return [{ file: `scale-${word}.svg`, alternative, svg }];
  });
}

/** Bandwidth over arrays in memory, operation by operation. */
export function bandwidthPicture(result: BandwidthResult): Picture | undefined {
  const rows = bandwidthRows(result);
  const size = SIZES.at(-1)!.name;
  const peers = [...new Set(result.cases.map(({ peer }) => peer))];
  const groups = Object.entries(OPERATIONS).flatMap(([operation, { formula }]) => {
    const bars = peers.flatMap((peer) => {
      const value = bandwidthOf(rows, `${operation} ${size}`, peer);
      if (!Number.isFinite(value)) return [];
      return [{ label: peer, value, text: figure(value), marked: peer.startsWith(HOME) }];
    });
    return bars.length > 0 ? [{ title: `${operation}: ${formula}`, bars }] : [];
  });
  if (groups.length === 0) return undefined;
  const svg = barChart({
    title: `Bandwidth over arrays of ${size}`,
    axis: "GB/s, bytes read and written",
    groups,
    logarithmic: false,
    base: 0,
  });
  return { file: "bandwidth.svg", alternative: "Bar chart: bandwidth of elementwise operations", svg };
}

/** All pictures that the results give. */
export function makePictures(results: readonly Result[]): Picture[] {
  const bandwidth = results.filter((result) => result.kind === "bandwidth");
  return [
    ratioPicture(results.filter((result) => result.kind === "comparison")),
    ...scalePictures(results.filter((result) => result.kind === "scale")),
    ...bandwidth.map(bandwidthPicture),
  ].filter((picture) => picture !== undefined);
}
