import type { StorageArray } from "../dtype.js";
import type { Pool2DRoutine } from "../routine.js";
import { eachTap, imageStrides } from "./convolution.js";

/** Pooling and its gradients; the first largest element of a window, in row-major order, is the one that counts. */
export function pool2d(routine: Pool2DRoutine, operands: readonly StorageArray[], out: StorageArray): void {
  const { window, name } = routine;
  const { batch, channels, inputSize, outputSize } = window;
  const input = imageStrides(window.dataFormat, channels, inputSize);
  const output = imageStrides(window.dataFormat, channels, outputSize);
  const places = outputSize[0] * outputSize[1];
  const counts = new Int32Array(places);
  eachTap(window, (oy, ox) => {
    counts[oy * outputSize[1] + ox]!++;
  });
  const [x, second] = operands as [StorageArray, StorageArray];
  const best = new Int32Array(places);
  for (let i = 0; i < batch; i++) {
    for (let c = 0; c < channels; c++) {
      const inputAt = i * input.batch + c * input.channel;
      const outputAt = i * output.batch + c * output.channel;
      const inputPlace = (iy: number, ix: number): number => inputAt + iy * input.row + ix * input.column;
      const outputPlace = (oy: number, ox: number): number => outputAt + oy * output.row + ox * output.column;
      if (name === "averagePool2d" || name === "averagePool2dGradient") {
        eachTap(window, (oy, ox, _ky, _kx, iy, ix) => {
          const share = 1 / counts[oy * outputSize[1] + ox]!;
          if (name === "averagePool2d") out[outputPlace(oy, ox)]! += x[inputPlace(iy, ix)]! * share;
          else out[inputPlace(iy, ix)]! += x[outputPlace(oy, ox)]! * share;
        });
        continue;
      }
      best.fill(-1);
      eachTap(window, (oy, ox, _ky, _kx, iy, ix) => {
        const place = oy * outputSize[1] + ox;
        const candidate = inputPlace(iy, ix);
        const current = best[place]!;
        if (
          current < 0 ||
          x[candidate]! > x[current]! ||
          (Number.isNaN(x[candidate]!) && !Number.isNaN(x[current]!))
        ) {
          best[place] = candidate;
        }
      });
      for (let oy = 0; oy < outputSize[0]; oy++) {
        for (let ox = 0; ox < outputSize[1]; ox++) {
          const at = best[oy * outputSize[1] + ox]!;
          if (at < 0) continue;
          if (name === "maxPool2d") out[outputPlace(oy, ox)] = x[at]!;
          else if (name === "maxPool2dGather") out[outputPlace(oy, ox)] = second[at]!;
          else out[at]! += second[outputPlace(oy, ox)]!;
        }
      }
    }
  }
}
