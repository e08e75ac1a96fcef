/**
 * Functions that `@hekla/tensor` exports and that are no ops: they have tests of their own. Everything else must
 * have a sample; a name here that is not exported fails as well.
 */
export const nonOps: readonly string[] = [
  "scope", "compile", "grad", "valueAndGrad", "named", "useBackend", "backend", "memory", "reference",
];
