import { describe, expect, it } from "vitest";
import { rampColor } from "./color-ramp.js";
import { heatMap, lineChart, pictureGrid } from "./index.js";
import { linearScale, rangeOf } from "./scale.js";
import { escapeText } from "./svg.js";

/** Attributes of all elements of a name. */
function elements(svg: string, name: string): Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${name}( [^>]*?)/?>`, "g"))].map(([, attributes]) =>
    Object.fromEntries(
      [...attributes!.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, value!]),
    ),
  );
}

function pixelsOf(svg: string): Buffer {
  const png = Buffer.from(/base64,([^"]+)"/.exec(svg)![1]!, "base64");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  return png;
}

describe("linearScale", () => {
  it("has round ticks within the values, written alike", () => {
    const { place, ticks, write } = linearScale([0, 23], [10, 240]);
    expect(ticks).toEqual([0, 5, 10, 15, 20]);
    expect(place(11.5)).toBeCloseTo(125);
    expect(linearScale([-0.1, 0.42], [0, 1]).ticks.map(linearScale([-0.1, 0.42], [0, 1]).write)).toEqual([
      "-0.1",
      "0.0",
      "0.1",
      "0.2",
      "0.3",
      "0.4",
    ]);
    expect(write(20)).toBe("20");
    expect(
      linearScale([0, 1e5], [0, 1])
        .ticks.map(linearScale([0, 1e5], [0, 1]).write)
        .at(-1),
    ).toBe("100,000");
  });

  it("widens a span of nothing, and looks away from what is not finite", () => {
    expect(linearScale([3, 3], [0, 10]).place(3)).toBe(5);
    expect(
      rangeOf([
        [Number.NaN, 2],
        [Number.POSITIVE_INFINITY, -1],
      ]),
    ).toEqual([-1, 2]);
    expect(rangeOf([[], [Number.NaN]])).toEqual([0, 1]);
  });
});

describe("lineChart", () => {
  const svg = lineChart({
    title: "Load <kW>",
    xLabel: "hours",
    yLabel: "load & more",
    series: [
      { name: "true", y: [1, 3, Number.NaN, 2, 5] },
      { name: "forecast", y: [1, 2], x: [3, 4], dashed: true },
      { name: "missed", y: [5, Number.NaN], x: [4, 4], marker: "circle" },
    ],
  });

  it("interrupts lines at gaps and marks points", () => {
    const [line, forecast] = elements(svg, "path").map(({ d }) => d!);
    expect(line!.match(/[ML]/g)!.join("")).toBe("MLML");
    const start = (path: string) => path.slice(1).split(/[ L]/).map(Number);
    const last = line!.split("L").at(-1)!.split(" ").map(Number);
    expect(forecast!.match(/[ML]/g)!.join("")).toBe("ML");
    expect(start(forecast!)[0]).toBeLessThan(last[0]!);
    const circles = elements(svg, "circle");
    expect(circles).toHaveLength(2); // the point and the legend's
    expect(Number(circles[0]!["cx"])).toBeCloseTo(last[0]!, 0);
    expect(Number(circles[0]!["cy"])).toBeCloseTo(last[1]!, 0);
    expect(elements(svg, "path").filter((path) => path["stroke-dasharray"])).toHaveLength(2);
  });

  it("escapes text and writes no number that is none", () => {
    expect(svg).toContain("Load &lt;kW&gt;");
    expect(svg).toContain("load &amp; more");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(escapeText("a\u0000b\ud800c😀")).toBe("a\ufffdb\ufffdc😀");
  });

  it("stays whole with nothing to show, and refuses places that do not fit", () => {
    const empty = lineChart({ title: "", xLabel: "", yLabel: "", series: [] });
    expect(empty).not.toMatch(/NaN|Infinity|undefined/);
    const uneven = [{ name: "a", x: [1], y: [1, 2] }];
    expect(() => lineChart({ title: "", xLabel: "", yLabel: "", series: uneven })).toThrow(
      "lineChart: a does not fit, got 1 places, expected 2",
    );
  });
});

describe("heatMap", () => {
  const values = { data: new Float32Array([0, 0.5, 1, -1, 0, 1]), shape: [2, 3] };

  it("draws a pixel a cell, and labels", async () => {
    const svg = await heatMap({
      title: "gates",
      panels: [{ values, rowLabels: ["a", "b"] }],
      columnLabels: ["<s>", "love", "."],
    });
    const png = pixelsOf(svg);
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([3, 2]);
    expect(svg).toContain(">&lt;s&gt;</text>");
    expect(svg).toContain(">-1</text>");
  });

  it("refuses what is no table of these labels", async () => {
    const flat = { data: new Float32Array(3), shape: [3] };
    await expect(heatMap({ title: "", panels: [{ values: flat }] })).rejects.toThrow(
      /heatMap: a table \[3\]/,
    );
    const labels = heatMap({ title: "", panels: [{ values }], columnLabels: ["a"] });
    await expect(labels).rejects.toThrow("got 1 labels, expected 3");
  });

  it("has white at the middle of signed colors, and ends that stay", () => {
    expect(rampColor(0.5, true)).toEqual([246, 246, 244]);
    expect(rampColor(2, false)).toEqual(rampColor(1, false));
    expect(rampColor(-1, true)).toEqual([5, 62, 110]);
  });
});

describe("pictureGrid", () => {
  it("places pictures row by row", async () => {
    const pictures = { data: new Float32Array(5 * 4 * 4).fill(0.5), shape: [5, 4, 4] };
    const svg = await pictureGrid({ title: "digits", pictures, columns: 3, rowLabels: ["true", "next"] });
    const images = elements(svg, "image");
    expect(images).toHaveLength(5);
    expect(images[3]!["x"]).toBe(images[0]!["x"]);
    expect(Number(images[3]!["y"])).toBeGreaterThan(Number(images[0]!["y"]));
    const png = pixelsOf(svg);
    expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([4, 4, 8, 0]);
  });

  it("takes RGB, and refuses other shapes", async () => {
    const color = { data: new Float32Array(2 * 2 * 2 * 3), shape: [2, 2, 2, 3] };
    expect(pixelsOf(await pictureGrid({ title: "", pictures: color, columns: 2 }))[25]).toBe(2);
    const first = { data: new Float32Array(8), shape: [2, 1, 2, 2] };
    await expect(pictureGrid({ title: "", pictures: first, columns: 2 })).rejects.toThrow(
      /pictureGrid: pictures do not fit, got \[2,1,2,2\]/,
    );
  });
});
