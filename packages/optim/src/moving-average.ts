import { add, type Tensor } from "@hekla/tensor";

/** `average + share * (value - average)`: an average that moves by a share towards each new value. */
export const towards = (average: Tensor, value: Tensor, share: number | Tensor): Tensor =>
  add(average, value.subtract(average).multiply(share));

/** `1 - beta^step`, what a moving average that began at 0 must be divided by; float32 would cancel near 0. */
export const biasCorrection = (beta: number, step: Tensor): Tensor =>
  step.multiply(Math.log(beta)).expm1().negative();
