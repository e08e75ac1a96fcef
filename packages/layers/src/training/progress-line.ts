import type { Logs } from "./callback.js";

/** `Epoch 3/20 - 1.2s - loss: 0.1234 - accuracy: 0.9876`, as Keras prints it. */
export function progressLine(epoch: number, epochs: number, seconds: number, logs: Logs): string {
  const figures = Object.entries(logs).map(([name, value]) => `${name}: ${value.toFixed(4)}`);
  return [`Epoch ${epoch + 1}/${epochs}`, `${seconds.toFixed(1)}s`, ...figures].join(" - ");
}
