import type { RecurrentRoutine, RoutineName } from "@hekla/tensor";
import { argsort } from "./argsort.js";
import { conv2d, conv2dInputGradient, conv2dKernelGradient } from "./convolution.js";
import { distinct } from "./distinct.js";
import { maskedMatmul, maskedMatmulInputGradient, maskedMatmulKernelGradient } from "./masked-matmul.js";
import { matmul } from "./matmul.js";
import {
  matmulGathered,
  matmulGatheredKernelGradient,
  matmulGatheredTableGradient,
} from "./matmul-gathered.js";
import { concat, gather, pad } from "./moves.js";
import type { PassesOf, RoutineOf } from "./plain-routine.js";
import {
  averagePool2d,
  averagePool2dGradient,
  maxPool2d,
  maxPool2dGather,
  maxPool2dGradient,
} from "./pooling.js";
import { cumsum } from "./scan.js";
import { scatterAdd } from "./scatter.js";

/** Every routine that is no recurrence; one that is missing, or one for another routine, does not compile. */
export const allPlainRoutines: {
  readonly [Name in Exclude<RoutineName, RecurrentRoutine["name"]>]: PassesOf<RoutineOf<Name>>;
} = {
  matmul,
  conv2d,
  conv2dInputGradient,
  conv2dKernelGradient,
  maxPool2d,
  maxPool2dGradient,
  maxPool2dGather,
  averagePool2d,
  averagePool2dGradient,
  gather,
  gatherAlong: gather,
  scatterAdd,
  scatterAddAlong: scatterAdd,
  distinct,
  matmulGathered,
  matmulGatheredTableGradient,
  matmulGatheredKernelGradient,
  concat,
  pad,
  cumsum,
  argsort,
  maskedMatmul,
  maskedMatmulInputGradient,
  maskedMatmulKernelGradient,
};
