import picocolors from "picocolors";
import { describe, expect, it } from "vitest";
import { drawBars, drawBraille, drawHalfBlocks, drawRow, halved } from "./draw-digit.js";

const plain = picocolors.createColors(false);
const colored = picocolors.createColors(true);
const picture = { data: [1, 1, 0, 0, 1, 0, 1, 0, 0, 0, 1, 1], width: 4, height: 3 };

describe("drawHalfBlocks", () => {
  it("draws two rows of pixels a line, without colour in black and white", () => {
    expect(drawHalfBlocks(picture, plain)).toEqual(["█▀▄ ", "  ▀▀"]);
  });

  it("draws 24 greys with colour, and resets at the end of a line", () => {
    const [line] = drawHalfBlocks({ data: [0, 0.5, 1, 0.25], width: 2, height: 2 }, colored);
    expect(line).toBe("\x1b[38;5;232;48;5;255m▀\x1b[38;5;244;48;5;238m▀\x1b[0m");
  });
});

describe("drawBraille", () => {
  it("puts two by four pixels into a character", () => {
    expect(drawBraille(picture)).toEqual(["⠋⠦"]);
    expect(drawBraille({ data: new Float32Array(8).fill(1), width: 2, height: 4 })).toEqual(["⣿"]);
  });
});

describe("halved", () => {
  it("means four pixels, with zeros beyond the edge", () => {
    expect(halved(picture)).toEqual({ data: Float32Array.of(0.75, 0.25, 0, 0.5), width: 2, height: 2 });
  });
});

describe("drawRow", () => {
  it("sets pictures side by side over their captions", () => {
    const digit = { data: new Float32Array(784), width: 28, height: 28 };
    const lines = drawRow(
      [
        { picture: digit, caption: "7  99 %", right: true },
        { picture: digit, caption: "1, not 7", right: false },
      ],
      plain,
    );
    expect(lines).toHaveLength(8);
    expect(lines[7]).toBe("7  99 %         1, not 7      ");
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([30]));
  });
});

describe("drawBars", () => {
  it("draws a bar as long as the probability", () => {
    expect(drawBars(["0", "1", "2"], [0.5, 0.0125, 0.4875], plain)).toEqual([
      `0 ${"█".repeat(12)}${" ".repeat(12)}  50.0 %`,
      `1 ▎${" ".repeat(23)}   1.3 %`,
      `2 ${"█".repeat(11)}▊${" ".repeat(12)}  48.8 %`,
    ]);
  });
});
