import { describe, expect, it } from "vitest";
import { barChart } from "./bar-chart.js";
import { lineChart } from "./line-chart.js";

/** Attributes of all elements of a name, numbers as numbers. */
function elements(svg: string, name: string): Record<string, string | number>[] {
  return [...svg.matchAll(new RegExp(`<${name}( [^>]*?)/?>`, "g"))].map(([, attributes]) =>
    Object.fromEntries(
      [...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [
        key!,
        value !== "" && Number.isFinite(Number(value)) ? Number(value) : value!,
      ]),
    ),
  );
}

describe("barChart", () => {
  const svg = barChart({
    title: "Time <beside>",
    axis: "ratio",
    logarithmic: true,
    base: 1,
    groups: [
      {
        title: "work & more",
        bars: [
          { label: "slow", value: 100, text: "100" },
          { label: "slower", value: 10, text: "10.0" },
          { label: "fast", value: 0.1, text: "0.10" },
        ],
      },
    ],
  });
  const bars = elements(svg, "rect").filter(({ class: name }) => String(name).startsWith("bar"));

  it("draws lengths as logarithms of ratios, smaller ones to the left of the base and marked", () => {
    const [slow, slower, fast] = bars as { x: number; width: number; class: string }[];
    expect(slow!.width / slower!.width).toBeCloseTo(2, 1);
    expect(fast!.width).toBeCloseTo(slower!.width, 0);
    expect(fast!.x + fast!.width).toBeCloseTo(slow!.x, 0);
    expect(bars.map((bar) => bar["class"])).toEqual(["bar", "bar", "bar marked"]);
  });

  it("keeps everything inside the picture and escapes text", () => {
    const [{ width, height }] = elements(svg, "svg") as [{ width: number; height: number }];
    for (const bar of bars as { x: number; width: number; y: number; height: number }[]) {
      expect(bar.x).toBeGreaterThan(0);
      expect(bar.x + bar.width).toBeLessThan(width);
      expect(bar.y + bar.height).toBeLessThan(height);
    }
    expect(svg).toContain("Time &lt;beside&gt;");
    expect(svg).toContain("work &amp; more");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("begins linear bars at 0", () => {
    const linear = barChart({
      title: "",
      axis: "GB/s",
      logarithmic: false,
      base: 0,
      groups: [{ title: "", bars: [10, 20].map((value) => ({ label: "", value, text: "" })) }],
    });
    const [ten, twenty] = elements(linear, "rect").slice(1) as { width: number; x: number }[];
    expect(twenty!.width).toBeCloseTo(2 * ten!.width, 0);
    expect(twenty!.x).toBe(ten!.x);
  });
});

describe("lineChart", () => {
  const panel = {
    xAxis: "batch (samples)",
    yAxis: "cost (us)",
    series: [
      {
        name: "flat",
        points: [
          [1, 3],
          [10, 3],
          [100, 3],
        ] as const,
      },
      { name: "falling", points: [[1, 30] as const, [100, 3] as const] },
    ],
  };
  const svg = lineChart({ title: "t", panels: [panel, { ...panel, series: [panel.series[0]!] }] });

  it("draws a flat cost as a level line, with decades equally far apart", () => {
    const circles = elements(svg, "circle") as { cx: number; cy: number }[];
    // Three points and the legend's, in each panel.
    expect(circles).toHaveLength(8);
    const [one, ten, hundred] = circles as [{ cx: number; cy: number }, ...{ cx: number; cy: number }[]];
    expect(ten!.cy).toBe(one.cy);
    expect(hundred!.cx - ten!.cx).toBeCloseTo(ten!.cx - one.cx, 0);
  });

  it("draws larger values higher and labels both axes", () => {
    const squares = elements(svg, "rect").filter(({ class: name }) => name === "point s1") as { y: number }[];
    expect(squares[0]!.y).toBeLessThan(squares[1]!.y);
    expect(svg.match(/batch \(samples\)<\/text>/g)).toHaveLength(2);
    expect(svg.match(/cost \(us\)<\/text>/g)).toHaveLength(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });
});
