import type { Callback } from "../training/callback.js";

/** A callback of functions given by name. Any plain object of the form of `Callback` will do as well. */
export class LambdaCallback implements Callback {
  constructor(functions: Callback) {
    Object.assign(this, functions);
  }
}
