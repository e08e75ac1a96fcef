type Rgb = readonly [red: number, green: number, blue: number];

export interface Ramp {
  readonly negative: string;
  readonly zero: string;
  readonly positive: string;
}

/** 255 colours from the negative over zero to the positive, as words of an ImageData. */
export function colorTable({ negative, zero, positive }: Ramp): Uint32Array {
  const [low, middle, high] = [rgb(negative), rgb(zero), rgb(positive)];
  const table = new Uint32Array(255);
  const bytes = new Uint8ClampedArray(table.buffer);
  for (let at = 0; at < 255; at++) {
    const value = (at - 127) / 127;
    // The root lifts small values: most are near zero.
    const share = Math.sqrt(Math.abs(value));
    const end = value < 0 ? low : high;
    const channel = (which: 0 | 1 | 2) => middle[which] + share * (end[which] - middle[which]);
    bytes.set([channel(0), channel(1), channel(2), 255], at * 4);
  }
  return table;
}

/** The place of a value from -largest to largest in the table. */
export function colorIndex(value: number, largest: number): number {
  return 127 + Math.round((127 * value) / (largest || 1));
}

function rgb(hex: string): Rgb {
  const at = (place: number) => Number.parseInt(hex.slice(1 + 2 * place, 3 + 2 * place), 16);
  return [at(0), at(1), at(2)];
}
