import type { Index, KernelWriter, Value } from "../text/kernel-writer.js";
import { PassList } from "./pass-list.js";
import type { PlainRoutine, RoutineOf } from "./plain-routine.js";
import { placeIn } from "./row-index.js";
import { addLongSums, sum, sumOver, sumRange } from "./sums.js";

type Masked = RoutineOf<"maskedMatmul">;

/** Whether a number is not 0; NaN is not. */
const isLive = (kernel: KernelWriter, value: Value) =>
  kernel.toCondition(kernel.apply("notEqual", [value, kernel.zero(value.dtype)], "bool"));

/** Appends the masks, with 0 for features that are 0 in all steps of their sample. */
function addLiveMasks(passes: PassList, { dtype, batch, steps, features, gates }: Masked): number {
  return passes.add({
    size: batch * gates * features,
    dtype,
    write(kernel, index) {
      const [sample, , feature] = kernel.unravel(index, [batch, gates, features]) as [Index, Index, Index];
      const first = kernel.hold(placeIn(kernel, kernel.times(sample, steps), features, feature));
      const mask = kernel.cell(kernel.zero(dtype));
      kernel.repeat(0, steps, (step) =>
        kernel.when(isLive(kernel, kernel.load(0, kernel.plus(first, kernel.times(step, features)))), () => {
          kernel.set(mask, kernel.load(1, index));
          kernel.leave();
        }),
      );
      return kernel.read(mask);
    },
  });
}

/** Where the masks of a gate for a sample begin. */
const masksOf = (kernel: KernelWriter, { gates, features }: Masked, sample: Index, gate: Index): Index =>
  kernel.hold(kernel.times(placeIn(kernel, sample, gates, gate), features));

/** A sum over the features whose mask is not 0. */
export const maskedMatmul: PlainRoutine<"maskedMatmul"> = (routine) => {
  const { dtype, batch, steps, features, gates, units } = routine;
  const width = gates * units;
  const passes = new PassList(3);
  const masks = addLiveMasks(passes, routine);
  passes.add({
    size: batch * steps * width,
    dtype,
    write(kernel, index) {
      const [sample, step, gate, unit] = kernel.unravel(index, [batch, steps, gates, units]);
      const row = kernel.hold(kernel.times(placeIn(kernel, sample!, steps, step!), features));
      const mask = masksOf(kernel, routine, sample!, gate!);
      const column = kernel.hold(placeIn(kernel, gate!, units, unit!));
      return sumRange(kernel, dtype, [0, features], features, (feature, add) => {
        const factor = kernel.keep(kernel.load(masks, kernel.plus(mask, feature)));
        kernel.when(isLive(kernel, factor), () => {
          const x = kernel.multiply(kernel.load(0, kernel.plus(row, feature)), factor);
          add(kernel.multiply(x, kernel.load(2, placeIn(kernel, feature, width, column))));
        });
      });
    },
  });
  return passes.passes;
};

/** A sum over the gates whose mask is not 0, and their units. */
export const maskedMatmulInputGradient: PlainRoutine<"maskedMatmulInputGradient"> = (routine) => {
  const { dtype, batch, steps, features, gates, units } = routine;
  const width = gates * units;
  return [
    {
      size: batch * steps * features,
      dtype,
      write(kernel, index) {
        const [sample, step, feature] = kernel.unravel(index, [batch, steps, features]);
        const row = kernel.hold(kernel.times(placeIn(kernel, sample!, steps, step!), width));
        const weights = kernel.hold(kernel.times(feature!, width));
        return sum(kernel, dtype, (add) =>
          kernel.repeat(0, gates, (gate) => {
            const factor = kernel.keep(
              kernel.load(1, kernel.plus(masksOf(kernel, routine, sample!, gate), feature!)),
            );
            kernel.when(isLive(kernel, factor), () => {
              const first = kernel.hold(kernel.times(gate, units));
              const product = sumOver(kernel, dtype, units, (unit) =>
                kernel.multiply(
                  kernel.multiply(kernel.load(0, kernel.plus(row, first, unit)), factor),
                  kernel.load(2, kernel.plus(weights, first, unit)),
                ),
              );
              add(product);
            });
          }),
        );
      },
    },
  ];
};

/** A sum over the samples whose mask is not 0, and their steps. */
export const maskedMatmulKernelGradient: PlainRoutine<"maskedMatmulKernelGradient"> = (routine) => {
  const { dtype, batch, steps, features, gates, units } = routine;
  const width = gates * units;
  const passes = new PassList(3);
  const masks = addLiveMasks(passes, routine);
  addLongSums(passes, {
    size: features * width,
    dtype,
    terms: batch,
    products: steps,
    write(kernel, index, range, atMost) {
      const [feature, gate, unit] = kernel.unravel(index, [features, gates, units]);
      const column = kernel.hold(placeIn(kernel, gate!, units, unit!));
      return sumRange(kernel, dtype, range, atMost, (sample, add) => {
        const mask = kernel.load(masks, kernel.plus(masksOf(kernel, routine, sample, gate!), feature!));
        const factor = kernel.keep(mask);
        kernel.when(isLive(kernel, factor), () => {
          const first = kernel.hold(kernel.times(sample, steps));
          const product = sumOver(kernel, dtype, steps, (step) => {
            const row = kernel.hold(kernel.plus(first, step));
            const x = kernel.multiply(kernel.load(0, placeIn(kernel, row, features, feature!)), factor);
            return kernel.multiply(x, kernel.load(2, placeIn(kernel, row, width, column)));
          });
          add(product);
        });
      });
    },
  });
  return passes.passes;
};
