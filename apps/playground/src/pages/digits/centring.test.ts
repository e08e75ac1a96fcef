import { syntheticDigits } from "@hekla/datasets";
import { DataSource, digitFromImage, loadTestDigits } from "@hekla/zoo";
import { describe, expect, it } from "vitest";

const side = 28;
const pad = 280;

/** A picture of MNIST's kind on the pad: each pixel 8 by 8, its left upper corner at `left`, `top`. */
function onPad(picture: ArrayLike<number>, left: number, top: number) {
  const data = new Float32Array(pad * pad);
  for (let at = 0; at < side * side; at++) {
    const [row, column] = [Math.floor(at / side), at % side];
    for (let y = 0; y < 8; y++) {
      const start = (top + 8 * row + y) * pad + left + 8 * column;
      data.fill(picture[at]!, start, start + 8);
    }
  }
  return { data, width: pad, height: pad };
}

function extent(picture: ArrayLike<number>) {
  let [mass, x, y] = [0, 0, 0];
  const [rows, columns] = [new Set<number>(), new Set<number>()];
  for (let at = 0; at < side * side; at++) {
    const [value, row, column] = [picture[at]!, Math.floor(at / side), at % side];
    [mass, x, y] = [mass + value, x + value * (column + 0.5), y + value * (row + 0.5)];
    if (value > 0) {
      rows.add(row);
      columns.add(column);
    }
  }
  return { x: x / mass, y: y / mass, high: rows.size, wide: columns.size };
}

/**
 * Whether the digit's box is the same without its faintest pixels: the box of ink on paper is that of what
 * is well seen.
 */
function hasClearBox(picture: readonly number[]): boolean {
  const faint = 0.2 * Math.max(...picture);
  const [all, clear] = [extent(picture), extent(picture.map((value) => (value > faint ? value : 0)))];
  return all.wide === clear.wide && all.high === clear.high && Math.max(all.wide, all.high) === 20;
}

/**
 * The root of the mean squared difference of each digit with a clear box to what becomes of it, larger and
 * elsewhere.
 */
function differences(pictures: ArrayLike<number>, count: number): readonly number[] {
  const whole = Array.from({ length: count }, (_, number) =>
    Array.from({ length: side * side }, (_, at) => pictures[number * side * side + at]!),
  );
  return whole.filter(hasClearBox).map((picture, number) => {
    const { data } = digitFromImage(onPad(picture, 20 + (number % 9), 40 - (number % 7)));
    const squares = picture.reduce((sum, value, at) => sum + (value - data[at]!) ** 2, 0);
    return Math.sqrt(squares / (side * side));
  });
}

describe("a drawing", () => {
  it.skipIf(!process.env["HEKLA_DATA_DIR"])(
    "that is a digit of MNIST, only larger and elsewhere, becomes that digit again",
    async () => {
      const { test } = await loadTestDigits(new DataSource());
      const found = differences(test.x.data, 500);
      expect(found.length).toBeGreaterThan(50);
      expect(Math.max(...found)).toBeLessThan(1e-6);
    },
  );

  it("has its centre of mass where MNIST's digits have it: in the middle or less than a pixel behind", () => {
    const { x } = syntheticDigits(5, 100);
    for (let number = 0; number < 100; number++) {
      const picture = x.data.subarray(number * side * side, (number + 1) * side * side);
      const { data } = digitFromImage(onPad(picture, number % 50, 55 - (number % 50)));
      const found = extent(data);
      expect(Math.max(found.wide, found.high)).toBe(20);
      for (const centre of [found.x, found.y]) {
        expect(centre).toBeGreaterThanOrEqual(14 - 1e-5);
        expect(centre).toBeLessThan(15);
      }
    }
  });

  it.each([
    ["a low and wide", 240, 60],
    ["a tall and thin", 12, 200],
    ["a small", 40, 40],
  ])("%s one is fitted into 20 pixels, its shape kept, its edges soft", (_, wide, high) => {
    // A corner: heavy at its left and at its foot.
    const data = new Float32Array(pad * pad);
    for (let row = 0; row < high; row++) {
      const isFoot = row > high * 0.7;
      data.fill(1, (30 + row) * pad + 25, (30 + row) * pad + 25 + (isFoot ? wide : Math.ceil(wide / 4)));
    }
    const { data: picture, shape } = digitFromImage({ data, width: pad, height: pad });
    expect(shape).toEqual([1, side, side]);
    const found = extent(picture);
    expect(Math.max(found.wide, found.high)).toBe(20);
    expect(Math.min(found.wide, found.high)).toBe(
      Math.round((20 * Math.min(wide, high)) / Math.max(wide, high)),
    );
    expect(Array.from(picture).some((value) => value > 0.05 && value < 0.95)).toBe(true);
  });
});
