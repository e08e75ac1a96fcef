import type { Pool2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local } from "../assembler/index.js";

/** Calls `visit` for each tap of a window inside the image, with a byte offset to add to the pointers of the images. */
export type EachTap = (visit: (offset: number) => void) => void;

export interface WindowFrame {
  readonly f: FunctionBuilder;
  readonly name: Pool2DRoutine["name"];
  /** The images of the input's size, at the window or at the tap that is visited; a gradient is the last one. */
  readonly pointers: readonly Local[];
  /** The window's place in the array of the output's size. */
  readonly out: Local;
  /** The number of taps visited, where not all are inside. */
  readonly count: Local;
  /** Lanes whose gradients are added to what is there; undefined where no place lies in two windows. */
  readonly keep: Local | undefined;
}

/** Four channels of one window; `taps`: how many there are, if all are inside. */
export function emitWindow(frame: WindowFrame, each: EachTap, taps: number | undefined): void {
  const { f, name, count } = frame;
  const visit: EachTap = (body) => {
    if (taps !== undefined) return each(body);
    f.i32(0).set(count);
    each((offset) => {
      body(offset);
      f.increment(count, 1);
    });
  };
  const emit = name.startsWith("average") ? emitAverage : emitMax;
  const vectors = [f.local("v128"), f.local("v128"), f.local("v128"), f.local("v128")] as const;
  emit(frame, visit, taps, vectors);
}

/** Stores four gradients, or adds them. */
function give({ f, pointers, keep }: WindowFrame, offset: number, push: () => void): void {
  const result = pointers.at(-1)!;
  f.get(result);
  push();
  if (keep) f.get(keep).emit("v128.and").get(result).load("v128.load", offset).emit("f32x4.add");
  f.store("v128.store", offset);
}

type Emitter = (
  frame: WindowFrame,
  each: EachTap,
  taps: number | undefined,
  vectors: readonly [Local, Local, Local, Local],
) => void;

const emitAverage: Emitter = (frame, each, taps, [sum, share]) => {
  const { f, name, pointers, out, count } = frame;
  const pushSize = () => {
    // A window without taps has the mean 0.
    if (taps === undefined)
      f.get(count, count).emit("i32.eqz", "i32.or", "i32x4.splat", "f32x4.convert_i32x4_s");
    else f.f32x4(taps);
  };
  f.f32x4(0).set(sum);
  if (name === "averagePool2d") {
    each((offset) => f.get(sum, pointers[0]!).load("v128.load", offset).emit("f32x4.add").set(sum));
    f.get(out, sum);
    pushSize();
    f.emit("f32x4.div").store("v128.store");
    return;
  }
  if (taps === undefined) each(() => {});
  f.get(out).load("v128.load");
  pushSize();
  f.emit("f32x4.div").set(share);
  each((offset) => give(frame, offset, () => f.get(share)));
};

const emitMax: Emitter = (frame, each, taps, [best, value, other, picked]) => {
  const { f, name, pointers, out, count } = frame;
  const load = (offset: number) => f.get(pointers[0]!).load("v128.load", offset).set(value);
  // `pmax` is one instruction but loses NaN: those are collected apart.
  f.f32x4(Number.NEGATIVE_INFINITY).set(best).f32x4(0).set(other);
  each((offset) => {
    load(offset);
    f.get(best, value).emit("f32x4.pmax").set(best);
    f.get(value, value).emit("f32x4.ne").get(other).emit("v128.or").set(other);
  });
  f.get(best, other).emit("v128.or").set(best);
  if (name === "maxPool2d") {
    f.get(out, best);
    // A window in the padding alone.
    if (taps === undefined) f.f32x4(0).get(count).emit("select");
    f.store("v128.store");
    return;
  }
  // `other` marks the lanes whose place is found already.
  f.f32x4(0).set(other);
  const pushMask = (offset: number) => {
    load(offset);
    f.get(value, best).emit("f32x4.eq").get(value, value).emit("f32x4.ne", "v128.or");
    f.get(other).emit("v128.andnot").tee(value).get(other).emit("v128.or").set(other).get(value);
  };
  if (name === "maxPool2dGradient") {
    f.get(out).load("v128.load").set(picked);
    each((offset) => {
      pushMask(offset);
      f.get(picked).emit("v128.and").set(value);
      give(frame, offset, () => f.get(value));
    });
    return;
  }
  f.f32x4(0).set(picked);
  each((offset) => {
    pushMask(offset);
    f.get(pointers[1]!).load("v128.load", offset).emit("v128.and").get(picked).emit("v128.or").set(picked);
  });
  f.get(out, picked).store("v128.store");
};
