import type { ReferenceRoutine, Routine, RoutineName } from "../routine.js";
import { conv2d } from "./convolution.js";
import { maskedMatmul } from "./masked-matmul.js";
import { matmul } from "./matmul.js";
import { distinct, matmulGathered } from "./matmul-gathered.js";
import { argsort, concat, cumsum, gather, pad } from "./moves.js";
import { pool2d } from "./pooling.js";
import { recurrentGradient, recurrentSequence } from "./recurrent.js";

/**
 * The reference implementation of each routine, for plans made by hand; ops bring their own. A missing entry, or one for
 * another routine, does not compile.
 */
export const referenceRoutines: {
  readonly [Name in RoutineName]: ReferenceRoutine<Extract<Routine, { readonly name: Name }>>;
} = {
  matmul,
  conv2d,
  conv2dInputGradient: conv2d,
  conv2dKernelGradient: conv2d,
  maxPool2d: pool2d,
  maxPool2dGradient: pool2d,
  maxPool2dGather: pool2d,
  averagePool2d: pool2d,
  averagePool2dGradient: pool2d,
  gather,
  scatterAdd: gather,
  gatherAlong: gather,
  scatterAddAlong: gather,
  distinct,
  matmulGathered,
  matmulGatheredTableGradient: matmulGathered,
  matmulGatheredKernelGradient: matmulGathered,
  concat,
  pad,
  cumsum,
  argsort,
  lstmSequence: recurrentSequence,
  lstmSequenceGradient: recurrentGradient,
  gruSequence: recurrentSequence,
  gruSequenceGradient: recurrentGradient,
  simpleRnnSequence: recurrentSequence,
  simpleRnnSequenceGradient: recurrentGradient,
  maskedMatmul,
  maskedMatmulInputGradient: maskedMatmul,
  maskedMatmulKernelGradient: maskedMatmul,
};
