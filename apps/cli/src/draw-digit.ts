import type { Colors } from "./terminal.js";

/** A grey picture, row by row, 0 black to 1 white. */
export interface Picture {
  readonly data: ArrayLike<number>;
  readonly width: number;
  readonly height: number;
}

/**
 * Lines of text that show a picture, two rows of pixels a line: half blocks in 24 greys, or without colour in
 * black and white.
 */
export function drawHalfBlocks(picture: Picture, colors: Colors): string[] {
  const lines: string[] = [];
  for (let row = 0; row < picture.height; row += 2) {
    let line = "";
    for (let column = 0; column < picture.width; column++) {
      const upper = pixel(picture, row, column);
      const lower = pixel(picture, row + 1, column);
      line += colors.isColorSupported ? greyCell(upper, lower) : inkCell(upper, lower);
    }
    lines.push(colors.isColorSupported ? `${line}\x1b[0m` : line);
  }
  return lines;
}

function pixel({ data, width, height }: Picture, row: number, column: number): number {
  return row < height && column < width ? (data[row * width + column] ?? 0) : 0;
}

function greyCell(upper: number, lower: number): string {
  return `\x1b[38;5;${grey(upper)};48;5;${grey(lower)}m▀`;
}

/** The 24 greys of the 256-colour palette start at 232. */
function grey(value: number): number {
  return 232 + Math.round(Math.min(Math.max(value, 0), 1) * 23);
}

const ink = 0.35;
function inkCell(upper: number, lower: number): string {
  if (upper > ink) return lower > ink ? "█" : "▀";
  return lower > ink ? "▄" : " ";
}

/** Half the width and height: each pixel the mean of four. Small enough for five digits side by side. */
export function halved(picture: Picture): Picture {
  const width = Math.ceil(picture.width / 2);
  const height = Math.ceil(picture.height / 2);
  const data = Float32Array.from({ length: width * height }, (_, at) => {
    const [row, column] = [2 * Math.floor(at / width), 2 * (at % width)];
    const upper = pixel(picture, row, column) + pixel(picture, row, column + 1);
    return (upper + pixel(picture, row + 1, column) + pixel(picture, row + 1, column + 1)) / 4;
  });
  return { data, width, height };
}

/** The dots of a braille character: its bit for each of two columns and four rows. */
const dots = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];

/** Lines of braille, two by four pixels a character: as small as `halved` half blocks, but needs no colour. */
export function drawBraille(picture: Picture): string[] {
  const lines: string[] = [];
  for (let row = 0; row < picture.height; row += 4) {
    let line = "";
    for (let column = 0; column < picture.width; column += 2) {
      let bits = 0;
      for (const [down, pair] of dots.entries()) {
        for (const [right, bit] of pair.entries()) {
          if (pixel(picture, row + down, column + right) > ink) bits |= bit;
        }
      }
      line += String.fromCodePoint(0x2800 + bits);
    }
    lines.push(line);
  }
  return lines;
}

/** Small pictures side by side with a caption under each. */
export function drawRow(pictures: readonly CaptionedPicture[], colors: Colors): string[] {
  const drawings = pictures.map(({ picture }) =>
    colors.isColorSupported ? drawHalfBlocks(halved(picture), colors) : drawBraille(picture),
  );
  const width = Math.ceil((pictures[0]?.picture.width ?? 0) / 2);
  const captions = pictures.map(({ caption, right }) =>
    (right ? colors.green : colors.red)(caption.slice(0, width).padEnd(width)),
  );
  const rows = drawings[0]?.length ?? 0;
  const lines = Array.from({ length: rows }, (_, row) =>
    drawings.map((drawing) => drawing[row] ?? "").join("  "),
  );
  return [...lines, captions.join("  ")];
}

export interface CaptionedPicture {
  readonly picture: Picture;
  readonly caption: string;
  /** Whether the network is right about it. */
  readonly right: boolean;
}

const barCells = 24;
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A line a class: "7 ███████████ 99.8 %", the likeliest in bold. */
export function drawBars(
  classes: readonly string[],
  probabilities: ArrayLike<number>,
  colors: Colors,
): string[] {
  const values = Array.from(classes, (_, at) => probabilities[at] ?? 0);
  const best = values.indexOf(Math.max(...values));
  return classes.map((name, at) => {
    const value = values[at] ?? 0;
    const units = Math.round(value * barCells * 8);
    const bar = ("█".repeat(units >> 3) + eighths[units & 7]).padEnd(barCells);
    const line = `${name} ${colors.cyan(bar)} ${(100 * value).toFixed(1).padStart(5)} %`;
    return at === best ? colors.bold(line) : line;
  });
}
