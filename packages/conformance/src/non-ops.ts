/**
 * Functions that `@hekla/tensor` exports and that are no ops: they have tests of their own. Everything else
 * must have a sample; a name here that is not exported fails as well.
 */
export const nonOps: readonly string[] = [
  // the one path
  "scope",
  "compile",
  "compileEach",
  "grad",
  "valueAndGrad",
  "named",
  "useBackend",
  "backend",
  "memory",
  "reference",
  // element types, shapes and views, for backends
  "bytesPerElement",
  "isFloat",
  "storageArray",
  "broadcastShapes",
  "formatShape",
  "rowMajorStrides",
  "sameShape",
  "sizeOf",
  "collapseViews",
  "identityView",
  "isContiguous",
  "isWhole",
  "transposeView",
  "recurrentLayout",
  // debugging
  "debugLevel",
  "debugLog",
  "isOn",
  "describePlan",
  "describeProgram",
  "stepName",
  "stepCost",
  "profiledStep",
  "findNonFinite",
  // host randomness
  "streamKey",
  "threefry",
];
