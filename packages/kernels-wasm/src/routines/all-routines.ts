import type { Conv2DRoutine } from "@hekla/tensor";
import { emitDirectConvolution } from "../convolution/direct.js";
import { emitFewChannels, fewChannelsFit } from "../convolution/few-channels.js";
import { emitFewChannelsGradient } from "../convolution/few-channels-gradient.js";
import { fewChannelsGradientFits } from "../convolution/few-channels-gradient-plan.js";
import { emitKernelGradient } from "../convolution/kernel-gradient.js";
import { emitPlainConvolution } from "../convolution/plain-convolution.js";
import { emitWinograd, winogradFits } from "../convolution/winograd.js";
import { emitWinogradKernelGradient } from "../convolution/winograd-kernel-gradient.js";
import { emitDistinct } from "../moves/distinct.js";
import { emitMatmulGathered } from "../moves/matmul-gathered.js";
import { emitArgsort, emitCumsum } from "../moves/scan.js";
import { emitPool } from "../pooling/pool.js";
import { emitSequenceGradient } from "../recurrent/emit-gradient.js";
import { emitSequence } from "../recurrent/emit-sequence.js";
import { emitMaskedMatmul } from "../recurrent/masked-matmul.js";
import type { RoutineEmitter, RoutineTable } from "../routine.js";
import { denseRoutines } from "./dense-routines.js";

/** The blocked kernels take at least one product. */
const hasTerms = ({ window, filters }: Conv2DRoutine): boolean =>
  [
    window.batch,
    window.channels,
    filters,
    ...window.inputSize,
    ...window.outputSize,
    ...window.windowSize,
  ].every((size) => size > 0);

type Convolution = RoutineEmitter<Conv2DRoutine["name"]>;

/** Winograd's minimal filtering where it fits, the blocked core elsewhere, plain loops where neither is wanted. */
const convolution =
  (winograd: Convolution, blocked: Convolution): Convolution =>
  (module, routine, offsets) => {
    if (!module.features.tuned || routine.dtype !== "float32" || !hasTerms(routine)) {
      return emitPlainConvolution(module, routine, offsets);
    }
    return (winogradFits(routine) ? winograd : blocked)(module, routine, offsets);
  };

/** Convolution and input gradient outside of Winograd's. */
const correlation: Convolution = (module, routine, offsets) =>
  (fewChannelsFit(routine, module.features) ? emitFewChannels : emitDirectConvolution)(
    module,
    routine,
    offsets,
  );

const kernelGradient: Convolution = (module, routine, offsets) =>
  (fewChannelsGradientFits(routine, module.features) ? emitFewChannelsGradient : emitKernelGradient)(
    module,
    routine,
    offsets,
  );

/** Every routine there is; one that is missing does not compile. */
export const allRoutines: RoutineTable = {
  ...denseRoutines,
  distinct: emitDistinct,
  matmulGathered: emitMatmulGathered,
  matmulGatheredTableGradient: emitMatmulGathered,
  matmulGatheredKernelGradient: emitMatmulGathered,
  cumsum: emitCumsum,
  argsort: emitArgsort,
  conv2d: convolution(emitWinograd, correlation),
  conv2dInputGradient: convolution(emitWinograd, correlation),
  conv2dKernelGradient: convolution(emitWinogradKernelGradient, kernelGradient),
  maxPool2d: emitPool,
  maxPool2dGradient: emitPool,
  maxPool2dGather: emitPool,
  averagePool2d: emitPool,
  averagePool2dGradient: emitPool,
  lstmSequence: emitSequence,
  lstmSequenceGradient: emitSequenceGradient,
  gruSequence: emitSequence,
  gruSequenceGradient: emitSequenceGradient,
  simpleRnnSequence: emitSequence,
  simpleRnnSequenceGradient: emitSequenceGradient,
  maskedMatmul: emitMaskedMatmul,
  maskedMatmulInputGradient: emitMaskedMatmul,
  maskedMatmulKernelGradient: emitMaskedMatmul,
};
