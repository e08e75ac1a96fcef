import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

/** A curve over epochs: the training data's as it goes, and a point an epoch for digits held out. */
export class CurveChart {
  readonly #plot: uPlot;
  #end = 10;
  #epochs: number[] = [];
  #training: (number | null)[] = [];
  #heldOut: (number | null)[] = [];

  constructor(
    private readonly container: HTMLElement,
    range: uPlot.Scale.Range,
  ) {
    this.#plot = new uPlot(
      options(container, range, () => [0, this.#end]),
      [[], [], []],
      container,
    );
    new ResizeObserver(() => this.#plot.setSize(sizeOf(container))).observe(container);
  }

  /** Empties it for a training of `epochs` epochs. */
  begin(epochs: number): void {
    this.#epochs = [];
    this.#training = [];
    this.#heldOut = [];
    this.#end = epochs;
    this.#plot.setData([[], [], []]);
  }

  /** Adds the state at `epoch` (2.5 is the middle of the third) and draws. */
  add(epoch: number, training: number | undefined, heldOut?: number): void {
    this.#epochs.push(epoch);
    this.#training.push(training ?? null);
    this.#heldOut.push(heldOut ?? null);
    this.#plot.setData([this.#epochs, this.#training, this.#heldOut]);
    this.container.dataset["points"] = String(this.#epochs.length);
  }
}

function sizeOf(container: HTMLElement): { width: number; height: number } {
  return { width: Math.max(container.clientWidth, 120), height: 220 };
}

function options(
  container: HTMLElement,
  range: uPlot.Scale.Range,
  epochs: () => [number, number],
): uPlot.Options {
  const color = (name: string) => getComputedStyle(container).getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: color("--soft"),
    grid: { stroke: color("--line"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  const value = (_: uPlot, at: number | null) => (at === null || at === undefined ? "–" : at.toFixed(3));
  return {
    ...sizeOf(container),
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: false, range: epochs }, y: { range } },
    axes: [
      { ...axis, label: "epochs", labelSize: 20, labelFont: "12px system-ui, sans-serif", size: 30 },
      { ...axis, size: 46 },
    ],
    series: [
      { label: "epoch", value: (_, at) => (at === null || at === undefined ? "–" : at.toFixed(1)) },
      {
        label: "training",
        stroke: color("--ember"),
        width: 2,
        spanGaps: true,
        points: { show: false },
        value,
      },
      {
        label: "held out",
        stroke: color("--glacier"),
        width: 2,
        spanGaps: true,
        points: { show: true, size: 7, fill: color("--glacier") },
        value,
      },
    ],
  };
}
