/** Where the values of a layer stand in its picture: tiles of `wide` by `high` values, row by row. */
export interface Tiling {
  readonly count: number;
  readonly wide: number;
  readonly high: number;
  readonly columns: number;
  readonly rows: number;
  /** Empty pixels between tiles. */
  readonly gap: number;
  /** Screen pixels a value. */
  readonly scale: number;
}

/**
 * Feature maps `[maps, height, width]` as tiles; a dense layer `[units]` as small squares, smaller the more
 * there are. As few rows as are readable in `space` screen pixels, all but the last equally long, and then
 * as large as there is space.
 */
export function tilingOf(shape: readonly number[], space: number): Tiling {
  const [count = 1, high = 1, wide = 1] = shape;
  const isMaps = shape.length === 3;
  const gap = isMaps ? 1 : 0;
  const [smallest, largest] = isMaps ? mapScales(wide) : unitSizes(count);
  const most = Math.max(Math.floor((space / smallest + gap) / (wide + gap)), 1);
  const rows = Math.ceil(count / most);
  const columns = Math.ceil(count / rows);
  const scale = Math.min(Math.max(space / (columns * (wide + gap) - gap), smallest), largest);
  return { count, wide, high, columns, rows, gap, scale };
}

function mapScales(wide: number): readonly [smallest: number, largest: number] {
  if (wide >= 20) return [1.6, 2];
  return wide >= 10 ? [2, 2.8] : [3.5, 4];
}

function unitSizes(count: number): readonly [smallest: number, largest: number] {
  if (count <= 16) return [20, 26];
  if (count <= 200) return [9, 12];
  return count <= 600 ? [8, 10] : [4, 6];
}

/** Size of the picture in values. */
export function pictureSize({ wide, high, columns, rows, gap }: Tiling): { width: number; height: number } {
  return { width: columns * (wide + gap) - gap, height: rows * (high + gap) - gap };
}

/** Writes the tiles' colours into pixels of a picture; what no tile covers stays clear. */
export function paintTiles(
  pixels: Uint32Array,
  values: ArrayLike<number>,
  tiling: Tiling,
  color: (value: number) => number,
): void {
  const { count, wide, high, columns, gap } = tiling;
  const { width } = pictureSize(tiling);
  let value = 0;
  for (let tile = 0; tile < count; tile++) {
    const left = (tile % columns) * (wide + gap);
    const top = Math.floor(tile / columns) * (high + gap);
    for (let row = 0; row < high; row++) {
      const start = (top + row) * width + left;
      for (let column = 0; column < wide; column++) pixels[start + column] = color(values[value++]!);
    }
  }
}
