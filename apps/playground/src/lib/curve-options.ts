import type uPlot from "uplot";

export interface CurveColors {
  readonly soft: string;
  readonly line: string;
  readonly training: string;
  readonly heldOut: string;
}

/** How a curve over epochs looks: a line while training, a line with points for what is held out. */
export function curveOptions(
  size: { readonly width: number; readonly height: number },
  { soft, line, training, heldOut }: CurveColors,
  range: uPlot.Scale.Range,
  end: () => number,
): uPlot.Options {
  const font = "12px system-ui, sans-serif";
  const axis: uPlot.Axis = { stroke: soft, grid: { stroke: line, width: 1 }, ticks: { show: false }, font };
  const value = (digits: number) => (_: uPlot, at: number | null | undefined) => at?.toFixed(digits) ?? "–";
  const curve = { width: 2, spanGaps: true, value: value(3) };
  return {
    ...size,
    cursor: { y: false, points: { size: 7 } },
    scales: { x: { time: false, range: () => [0, end()] }, y: { range } },
    axes: [
      { ...axis, label: "epochs", labelSize: 18, labelFont: font, size: 28 },
      { ...axis, size: 44 },
    ],
    series: [
      { label: "epoch", value: value(1) },
      { ...curve, label: "training", stroke: training, points: { show: false } },
      { ...curve, label: "held out", stroke: heldOut, points: { show: true, size: 7, fill: heldOut } },
    ],
  };
}
