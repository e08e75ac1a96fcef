import type { FunctionBuilder, Local } from "../assembler/index.js";

/**
 * Four neighbouring elements along the innermost axis, `stride` elements apart, as one vector; elements are
 * 4 bytes. With `count` below 4 only the first lanes are touched: rows end in such a vector, and it goes
 * through the very same code as full ones, so that no result depends on where a row is cut.
 */
export interface Lanes {
  readonly pointer: Local;
  readonly stride: number;
  readonly count: number;
  /** Elements to skip along the axis. */
  readonly skip: number;
}

/** Pushes the vector. A stride of 0 gives the one element in all lanes. */
export function loadLanes(f: FunctionBuilder, lanes: Lanes): void {
  const { pointer, stride, count, skip } = lanes;
  const at = (lane: number) => (skip + lane) * stride * 4;
  if (stride === 0) {
    f.get(pointer).load("v128.load32_splat");
    return;
  }
  if (stride === 1 && count === 4) {
    f.get(pointer).load("v128.load", at(0));
    return;
  }
  if ((stride === 2 || stride === 3) && count === 4) {
    // Two vectors, of which the second ends with the last element that is wanted.
    f.get(pointer)
      .load("v128.load", at(0))
      .get(pointer)
      .load("v128.load", at(3) - 12);
    f.shuffle(0, stride, 7 - stride, 7);
    return;
  }
  f.scratch("v128", (vector) => {
    const wide = stride === 1 && count >= 2;
    pushAddress(f, pointer, at(0), (offset) =>
      f.load(wide ? "v128.load64_zero" : "v128.load32_zero", offset),
    );
    for (let lane = wide ? 2 : 1; lane < count; lane++) {
      f.set(vector);
      pushAddress(f, pointer, at(lane), (offset) =>
        f.get(vector).memoryLane("v128.load32_lane", lane, offset),
      );
    }
  });
}

/** Pushes the elements at the given distances (1 to 4), the last one also in lanes that are left. */
export function loadElements(f: FunctionBuilder, pointer: Local, distances: readonly number[]): void {
  const wanted = [0, 1, 2, 3].map((lane) => distances[Math.min(lane, distances.length - 1)]!);
  const [first, reach] = [Math.min(...wanted), Math.max(...wanted) - Math.min(...wanted)];
  const vector = (name: "v128.load" | "v128.load64_zero" | "v128.load32_splat") =>
    pushAddress(f, pointer, first * 4, (offset) => f.load(name, offset));
  if (reach === 0) {
    vector("v128.load32_splat");
  } else if (reach === 1 || reach === 3) {
    // All that is loaded lies between wanted elements.
    vector(reach === 1 ? "v128.load64_zero" : "v128.load");
    if (wanted.every((at, lane) => at - first === lane)) return;
    f.scratch("v128", (loaded) => {
      const [a, b, c, d] = wanted.map((at) => at - first) as [number, number, number, number];
      f.set(loaded).get(loaded, loaded).shuffle(a, b, c, d);
    });
  } else {
    wanted.forEach((at, lane) => {
      if (lane === 0) {
        pushAddress(f, pointer, at * 4, (offset) => f.load("v128.load32_zero", offset));
        return;
      }
      f.scratch("v128", (loaded) => {
        f.set(loaded);
        pushAddress(f, pointer, at * 4, (offset) =>
          f.get(loaded).memoryLane("v128.load32_lane", lane, offset),
        );
      });
    });
  }
}

/** Stores the lanes of `vector`. */
export function storeLanes(f: FunctionBuilder, lanes: Lanes, vector: Local): void {
  const { pointer, stride, count, skip } = lanes;
  const at = (lane: number) => (skip + lane) * stride * 4;
  if (stride === 1 && count === 4) {
    f.get(pointer).get(vector).store("v128.store", at(0));
    return;
  }
  const wide = stride === 1 && count >= 2;
  if (wide) {
    pushAddress(f, pointer, at(0), (offset) => f.get(vector).memoryLane("v128.store64_lane", 0, offset));
  }
  for (let lane = wide ? 2 : 0; lane < count; lane++) {
    pushAddress(f, pointer, at(lane), (offset) =>
      f.get(vector).memoryLane("v128.store32_lane", lane, offset),
    );
  }
}

/** Offsets in an instruction are unsigned: negative ones are added to the address. */
function pushAddress(
  f: FunctionBuilder,
  pointer: Local,
  bytes: number,
  access: (offset: number) => void,
): void {
  f.get(pointer);
  if (bytes < 0) f.i32(bytes).emit("i32.add");
  access(Math.max(bytes, 0));
}
