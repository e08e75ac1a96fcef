import { DataError, type HostArray } from "@hekla/tensor";

/** A grey picture, row by row, 0 black to 1 white. */
export interface GreyImage {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

const side = 28;
const box = 20;

/**
 * Makes any picture of one digit look like MNIST's: white on black, the digit fitted into 20x20 with its
 * shape kept, its centre of mass in the middle of 28x28: moved by whole pixels to 14 or up to one pixel
 * right of and below it, as in all of MNIST's 10 000 test digits. A 28x28 picture with a dark border is
 * taken as it is.
 *
 * @returns shape `[1, 28, 28]`, values 0 to 1
 * @throws DataError when the sizes do not fit, a value is not a number, or nothing is drawn
 */
export function digitFromImage(image: GreyImage): HostArray {
  checkImage(image);
  const ink = whiteOnBlack(image);
  if (image.width === side && image.height === side && ink === image.data) {
    return { data: Float32Array.from(image.data), shape: [1, side, side] };
  }
  return { data: centred(fitted(ink, image.width, inkBounds(ink, image))), shape: [1, side, side] };
}

function checkImage({ data, width, height }: GreyImage): void {
  if (data.length !== width * height || data.length === 0) {
    throw new DataError(
      `digitFromImage: sizes do not fit, got ${data.length} values, expected ${width}x${height}`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      throw new DataError(`digitFromImage: pixel ${i} is not a number, got ${data[i]}, expected 0 to 1`);
    }
  }
}

/** Scans and photographs have a bright border: they are inverted. */
function whiteOnBlack({ data, width, height }: GreyImage): ArrayLike<number> {
  let total = 0;
  let count = 0;
  for (let row = 0; row < height; row++) {
    const inner = row > 0 && row < height - 1;
    for (let column = 0; column < width; column += inner && width > 1 ? width - 1 : 1) {
      total += data[row * width + column] as number;
      count++;
    }
  }
  return total / count <= 0.5 ? data : Float32Array.from(data, (value) => 1 - value);
}

interface Bounds {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

function inkBounds(ink: ArrayLike<number>, { width, height }: GreyImage): Bounds {
  let brightest = 0;
  for (let i = 0; i < ink.length; i++) brightest = Math.max(brightest, ink[i] as number);
  let [left, top, right, bottom] = [width, height, 0, 0];
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      if ((ink[row * width + column] as number) <= 0.2 * brightest) continue;
      [left, right] = [Math.min(left, column), Math.max(right, column + 1)];
      [top, bottom] = [Math.min(top, row), Math.max(bottom, row + 1)];
    }
  }
  if (right === 0) throw new DataError("digitFromImage: the picture is blank, expected a digit");
  return { left, top, right, bottom };
}

/** The part of the picture inside `bounds`, at most 20 by 20, each pixel the mean of the area it covers. */
function fitted(ink: ArrayLike<number>, width: number, bounds: Bounds): GreyImage & { data: Float32Array } {
  const wide = bounds.right - bounds.left;
  const high = bounds.bottom - bounds.top;
  const step = Math.max(wide, high) / box;
  const columns = Math.max(1, Math.round(wide / step));
  const rows = Math.max(1, Math.round(high / step));
  const data = new Float32Array(columns * rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const x = bounds.left + (column * wide) / columns;
      const y = bounds.top + (row * high) / rows;
      data[row * columns + column] = areaMean(ink, width, x, y, x + wide / columns, y + high / rows);
    }
  }
  return { data, width: columns, height: rows };
}

function areaMean(
  ink: ArrayLike<number>,
  width: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
): number {
  let total = 0;
  for (let row = Math.floor(y0); row < y1; row++) {
    const high = Math.min(row + 1, y1) - Math.max(row, y0);
    for (let column = Math.floor(x0); column < x1; column++) {
      const wide = Math.min(column + 1, x1) - Math.max(column, x0);
      total += (ink[row * width + column] ?? 0) * high * wide;
    }
  }
  return total / ((x1 - x0) * (y1 - y0));
}

function centred(digit: GreyImage): Float32Array {
  let [mass, massX, massY] = [0, 0, 0];
  for (let i = 0; i < digit.data.length; i++) {
    const value = digit.data[i] as number;
    mass += value;
    massX += value * ((i % digit.width) + 0.5);
    massY += value * (Math.floor(i / digit.width) + 0.5);
  }
  // Less than what sums of rounded values are off by, and a digit in the very middle stays there.
  const place = (centre: number, size: number) =>
    Math.min(Math.max(Math.ceil(side / 2 - centre - 1e-6), 0), side - size);
  const left = place(massX / mass, digit.width);
  const top = place(massY / mass, digit.height);
  const canvas = new Float32Array(side * side);
  for (let row = 0; row < digit.height; row++) {
    for (let column = 0; column < digit.width; column++) {
      canvas[(top + row) * side + left + column] = digit.data[row * digit.width + column] as number;
    }
  }
  return canvas;
}
