import { comparisonRows } from "../comparison.js";
import { type ScaleFigure, scaleFigures } from "../measures/scale-run.js";
import { HOME, type Row } from "../report.js";
import type { Result } from "../results.js";
import { median } from "../statistics.js";

/** Single figures out of many results; NaN where something was not measured. */
export class Figures {
  readonly #results: ReadonlyMap<string, Result>;
  readonly #rows: readonly Row[];

  constructor(results: readonly Result[]) {
    this.#results = new Map(results.map((result) => [result.name, result]));
    this.#rows = results.flatMap((result) => (result.kind === "comparison" ? comparisonRows(result) : []));
  }

  #row(name: string, peer: string): Row | undefined {
    return this.#rows.find((row) => row.case === name && row.peer === peer && row.steps > 0);
  }

  /** How many times as long as this project a peer takes. */
  ratio(name: string, peer: string): number {
    return this.#row(name, peer)?.ratio ?? Number.NaN;
  }

  /** How many times as long as a peer this project takes. */
  inverse(name: string, peer: string): number {
    return 1 / this.ratio(name, peer);
  }

  /** Part of the register-only peak. */
  share(name: string, peer: string): number {
    return this.#row(name, peer)?.registerShare ?? Number.NaN;
  }

  /** How many times as fast one peer is as another, from the medians. */
  speedup(name: string, peer: string, other: string): number {
    const [one, two] = [this.#row(name, peer), this.#row(name, other)];
    return one && two ? two.medianMilliseconds / one.medianMilliseconds : Number.NaN;
  }

  gigaflops(name: string, peer = HOME): number {
    return this.#row(name, peer)?.gigaflopsPerSecond ?? Number.NaN;
  }

  /** Peak memory above that of the bare process, in MB. */
  memory(name: string, peer = HOME): number {
    return this.#row(name, peer)?.aboveNodeMegabytes ?? Number.NaN;
  }

  /** Median time of a start-up in milliseconds. */
  startup(work: string, peer = HOME): number {
    const result = this.#results.get("startup");
    if (result?.kind !== "startup") return Number.NaN;
    return median(
      result.works.find((entry) => entry.work === work && entry.peer === peer)?.milliseconds ?? [],
    );
  }

  /** KB (1000 bytes) that an app loads at its start, files beside it included. */
  bundle(app: string): number {
    const result = this.#results.get("bundle");
    const found = result?.kind === "bundle" ? result.apps.find(({ name }) => name === app) : undefined;
    return found ? (found.start + found.files) / 1000 : Number.NaN;
  }

  /** The measured points of an axis; none where it was not measured. */
  scale(name: string): ScaleFigure[] {
    const result = this.#results.get(name);
    return result?.kind === "scale" ? scaleFigures(result) : [];
  }
}
