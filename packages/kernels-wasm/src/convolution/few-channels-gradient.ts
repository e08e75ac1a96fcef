import type { Conv2DRoutine } from "@hekla/tensor";
import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";
import {
  i32Locals,
  pushAddress,
  pushMinimum,
  roundUp,
  setThreadScratch,
  unflatten,
} from "../gemm/address.js";
import { setClipped } from "../gemm/block-shape.js";
import { type Kernel, type KernelParams, kernelFunction, splitRange } from "../kernel.js";
import { type GradientPlan as Plan, planOf, type Side, type TapGroup } from "./few-channels-gradient-plan.js";
import { type Factor, multiplySteps, rowTile } from "./row-tile.js";
import { stageRows } from "./stage-rows.js";

/** Steps that are written out. */
const mostSteps = 8;

/** The kernel gradient with few channels on either side: a tile of sums stays in registers for all pixels of a picture. */
export function emitFewChannelsGradient(
  module: ModuleBuilder,
  routine: Conv2DRoutine,
  offsets: readonly number[],
): Kernel {
  const plan = planOf(routine, module.features)!; // cast: asked for where it fits
  const { few, many, origin, windowRows, groups, partBytes, bands, bandRows, pieces, partPieces, parts } =
    plan;
  const { staged, lanes, channelsLast } = plan;
  const rowBytes = staged[1] * 4;
  const stagedBytes = roundUp(staged[0] * few.channels * rowBytes, 64);
  const unitBytes = lanes === 1 ? many.strides.channel : 4;
  const stage = stageRows(
    module,
    { sourceChannels: few.channels, sourceSize: few.size, origin, source: few.strides, channelsLast },
    staged,
  );
  const sumGroups = groups.map((group) => sumBand(module, plan, group));
  const sums = kernelFunction(module, `${routine.name} few channels`, 2, 1, (f, params) => {
    const [own, part, end, piece, first, count, image, band, row, rows] = i32Locals(f, 10);
    const [from, tile, windowRow, channel, to] = i32Locals(f, 5);
    setThreadScratch(f, params, parts * partBytes, stagedBytes, own);
    const clear = () => f.get(own).i32(0).i32(stagedBytes).fillMemory();
    clear();
    splitRange(f, params, parts, 1, part, end);
    f.forRange(part, part, end, 1, () => {
      f.get(part).i32(partPieces).emit("i32.mul").set(first);
      setClipped(f, first, partPieces, pieces, count);
      f.increment(count, first);
      f.forRange(piece, first, count, 1, () => {
        unflatten(f, piece, [pieces / bands, bands], [image, band]);
        f.get(band).i32(bandRows).emit("i32.mul").set(row);
        setClipped(f, row, bandRows, many.size[0], rows);
        // The rows around a band are padding in one and image in the next.
        if (bands > 1) clear();
        const source = ({ operand, strides }: Side) =>
          pushAddress(f, params.operands[operand]!, [1, offsets[operand]! * 4], [image, strides.batch]);
        source(few).set(from);
        stage(f, own, from, row);
        groups.forEach(({ firstTap, taps, units, tiles, start }, at) =>
          f.forRange(tile, 0, tiles, 1, () => {
            pushMinimum(
              f,
              () =>
                f
                  .get(tile)
                  .i32(units * lanes)
                  .emit("i32.mul"),
              many.channels - units * lanes,
            ).set(channel);
            source(many);
            pushAddress(f, () => {}, [channel, unitBytes], [row, many.strides.row]).set(from);
            pushAddress(f, params.scratch, [1, start], [part, partBytes]);
            pushAddress(f, () => {}, [tile, windowRows * units * taps * 16]).set(to);
            f.forRange(windowRow, 0, windowRows, 1, () => {
              f.get(from);
              pushAddress(f, own, [1, firstTap * 4], [windowRow, rowBytes]);
              f.get(to, rows).get(piece, first).emit("i32.ne").call(sumGroups[at]!);
              f.increment(to, units * taps * 16);
            });
          }),
        );
      });
    });
  });
  const total = kernelFunction(module, `${routine.name} few channels total`, 2, 1, (f, params) =>
    addParts(f, params, plan),
  );
  return { phases: [sums, total], scratchBytes: parts * partBytes, scratchBytesPerThread: stagedBytes };
}

/** `(many, few, sums, rows, accumulate)`: the sums of a group of taps over `rows` rows. */
function sumBand(module: ModuleBuilder, plan: Plan, { taps, units }: TapGroup): number {
  const { many, few, staged, along } = plan;
  const [, width] = many.size;
  const columns = along === "columns";
  return module.function(`few channels sums ${taps}`, Array<"i32">(5).fill("i32"), [], (f) => {
    const [a, b, sums, rows, accumulate] = f.params as [Local, Local, Local, Local, Local];
    const [blockEnd, mask] = [f.local("i32"), f.local("v128")];
    const manyFactor: Factor = {
      at: a,
      load: "v128.load",
      offsets: Array.from({ length: units }, (_, at) => at * (columns ? many.strides.channel : 16)),
      stepBytes: columns ? 16 : many.channels * 4,
    };
    const fewFactor: Factor = {
      at: b,
      load: columns ? "v128.load" : "v128.load32_splat",
      offsets: Array.from({ length: taps }, (_, at) => at * 4),
      stepBytes: columns ? 16 : 4,
    };
    const [held, streamed] = units <= taps ? [manyFactor, fewFactor] : [fewFactor, manyFactor];
    const tile = rowTile(f, held.offsets.length, streamed.offsets.length);
    const multiply = (steps: number, mask?: Local) =>
      multiplySteps(
        f,
        module,
        tile,
        mask ? { ...held, mask } : held,
        mask ? { ...streamed, mask } : streamed,
        steps,
      );
    f.get(accumulate).if(
      () =>
        tile.sums.forEach((sum, at) =>
          f
            .get(sums)
            .load("v128.load", at * 16)
            .set(sum),
        ),
      () => tile.sums.forEach((sum) => f.f32x4(0).set(sum)),
    );
    const steps = columns ? Math.floor(width / 4) : width;
    const block = Math.min(steps, mostSteps);
    const blocks = Math.floor(steps / block);
    const rest = steps % block;
    const advance = (steps: number) =>
      f.increment(a, steps * manyFactor.stepBytes).increment(b, steps * fewFactor.stepBytes);
    f.loop((nextRow) => {
      if (blocks === 1) {
        multiply(block);
        advance(block);
      } else {
        f.get(a)
          .i32(blocks * block * manyFactor.stepBytes)
          .emit("i32.add")
          .set(blockEnd);
        f.loop((next) => {
          multiply(block);
          advance(block);
          f.get(a, blockEnd).emit("i32.ne").brIf(next);
        });
      }
      if (rest) {
        multiply(rest);
        advance(rest);
      }
      const left = columns ? width % 4 : 0;
      if (left) {
        // Four columns that end with the row, the first of them counted before.
        const back = (4 - left) * 4;
        f.increment(a, -back).increment(b, -back);
        f.i32x4(...[0, 1, 2, 3].map((lane) => (lane < 4 - left ? 0 : -1))).set(mask);
        multiply(1, mask);
        f.increment(a, 16).increment(b, 16);
      }
      f.increment(b, few.channels * staged[1] * 4 - width * 4);
      f.get(rows).i32(1).emit("i32.sub").tee(rows).brIf(nextRow);
    });
    tile.sums.forEach((sum, at) => f.get(sums, sum).store("v128.store", at * 16));
  });
}

/** Adds the parts in order, then the four columns of a vector, and brings the sums to their places in the kernel. */
function addParts(f: FunctionBuilder, params: KernelParams, plan: Plan): void {
  const { few, many, turned, lanes, windowRows, groups, taps, parts, partBytes } = plan;
  const [channel, end, tile, place, windowRow, y, source, from, to] = i32Locals(f, 9);
  const sum = f.local("v128");
  const [manyBytes, fewBytes] = [many, few].map(
    (side) => (side.operand === 1 ? (side === many ? few : many).channels : 1) * taps[0] * taps[1] * 4,
  ) as [number, number];
  splitRange(f, params, many.channels, 1, channel, end);
  f.forRange(channel, channel, end, 1, () => {
    for (const { firstTap, taps: count, units, start } of groups) {
      // By how far the channel is into its tile, of which the last may overlap.
      f.get(channel)
        .i32(units * lanes)
        .emit("i32.div_u")
        .set(tile);
      f.get(channel);
      pushMinimum(
        f,
        () =>
          f
            .get(tile)
            .i32(units * lanes)
            .emit("i32.mul"),
        many.channels - units * lanes,
      );
      f.emit("i32.sub").set(place);
      const heldFew = units > count;
      const [unitBytes, tapBytes] = heldFew ? [16, units * 16] : [count * 16, 16];
      f.forRange(windowRow, 0, windowRows, 1, () => {
        unflatten(f, windowRow, [taps[0], few.channels], [y, source]);
        pushAddress(
          f,
          params.scratch,
          [1, start],
          [tile, windowRows * units * count * 16],
          [windowRow, units * count * 16],
        );
        if (lanes === 1) pushAddress(f, () => {}, [place, unitBytes]);
        else {
          f.get(place).i32(2).emit("i32.shr_u").i32(unitBytes).emit("i32.mul", "i32.add");
          f.get(place).i32(3).emit("i32.and").i32(4).emit("i32.mul", "i32.add");
        }
        f.set(from);
        if (turned)
          f.i32(taps[0] - 1)
            .get(y)
            .emit("i32.sub")
            .set(y);
        pushAddress(f, params.outputs[0]!, [channel, manyBytes], [source, fewBytes], [y, taps[1] * 4]).set(
          to,
        );
        for (let tap = 0; tap < count; tap++) {
          const x = turned ? taps[1] - 1 - firstTap - tap : firstTap + tap;
          const load = lanes === 1 ? "v128.load" : "v128.load32_zero";
          f.get(from).load(load, tap * tapBytes);
          for (let part = 1; part < parts; part++)
            f.get(from)
              .load(load, tap * tapBytes + part * partBytes)
              .emit("f32x4.add");
          f.set(sum).get(to);
          f.get(sum).lane("f32x4.extract_lane", 0);
          if (lanes === 1)
            for (const lane of [1, 2, 3]) f.get(sum).lane("f32x4.extract_lane", lane).emit("f32.add");
          f.store("f32.store", x * 4);
        }
      });
    }
  });
}
