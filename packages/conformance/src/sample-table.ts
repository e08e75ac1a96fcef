import type { Sample } from "./sample.js";
import { arithmeticSamples } from "./samples/arithmetic.js";
import { compositionSamples } from "./samples/compositions.js";
import { contractionSamples } from "./samples/contractions.js";
import { convolutionVariantSamples } from "./samples/convolution-variants.js";
import { convolutionSamples } from "./samples/convolutions.js";
import { creationSamples, randomSamples } from "./samples/creation.js";
import { functionSamples } from "./samples/functions.js";
import { indexingSamples } from "./samples/indexing.js";
import { logicSamples } from "./samples/logic.js";
import { poolingSamples } from "./samples/pooling.js";
import { recurrentSamples } from "./samples/recurrent.js";
import { reductionSamples } from "./samples/reductions.js";
import { viewSamples } from "./samples/views.js";

/** The sample table: every public op of `@hekla/tensor`, at the edges of shape, value and layout. */
export const samples: readonly Sample[] = [
  ...arithmeticSamples,
  ...logicSamples,
  ...functionSamples,
  ...reductionSamples,
  ...viewSamples,
  ...indexingSamples,
  ...contractionSamples,
  ...convolutionSamples,
  ...convolutionVariantSamples,
  ...poolingSamples,
  ...recurrentSamples,
  ...creationSamples,
  ...randomSamples,
  ...compositionSamples,
];
