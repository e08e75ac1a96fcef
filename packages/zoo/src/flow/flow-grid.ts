/**
 * A grid of square cells with velocities on their faces (marker and cell, MAC): row after row, the first
 * one on top.
 *
 * `u` `[height, width + 1]` goes to the right through the upright faces, `v` `[height + 1, width]`
 * downwards through the level ones; quantities of cells are `[height, width]`.
 *
 * Source: F. Harlow, J. Welch, "Numerical calculation of time-dependent viscous incompressible flow of
 * fluid with free surface", Physics of Fluids 8 (1965).
 */
export interface FlowGrid {
  readonly height: number;
  readonly width: number;
  /** Side of a cell. */
  readonly cellSize: number;
  /** 1 where a cell is fluid, 0 where it is solid. */
  readonly fluid: Uint8Array;
  /** 1 for faces between two fluid cells; through all others nothing flows. */
  readonly openU: Uint8Array;
  readonly openV: Uint8Array;
}

/** A closed box, with obstacles where `solid` `[height, width]` is not 0. */
export function flowGrid(height: number, width: number, cellSize: number, solid?: Uint8Array): FlowGrid {
  const fluid = Uint8Array.from({ length: height * width }, (_, cell) => (solid?.[cell] ? 0 : 1));
  const openU = new Uint8Array(height * (width + 1));
  const openV = new Uint8Array((height + 1) * width);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const cell = row * width + column;
      if (column > 0) openU[row * (width + 1) + column] = fluid[cell - 1]! & fluid[cell]!;
      if (row > 0) openV[cell] = fluid[cell - width]! & fluid[cell]!;
    }
  }
  return { height, width, cellSize, fluid, openU, openV };
}
