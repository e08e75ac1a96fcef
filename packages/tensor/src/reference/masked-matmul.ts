import type { StorageArray } from "../dtype.js";
import type { MaskedMatmulRoutine } from "../routine.js";

/** The three forms of a masked product; see `MaskedMatmulRoutine`. Sums are kept in double precision. */
export function maskedMatmul(
  { name, batch, steps, features, gates, units }: MaskedMatmulRoutine,
  [left, masks, right]: readonly StorageArray[],
  out: StorageArray,
): void {
  const total = new Float64Array(out.length);
  const width = gates * units;
  for (let sample = 0; sample < batch; sample++) {
    for (let feature = 0; feature < features; feature++) {
      const place = (step: number): number => (sample * steps + step) * features + feature;
      const empty =
        name !== "maskedMatmulInputGradient" &&
        Array.from({ length: steps }, (_, step) => left![place(step)]!).every((x) => x === 0);
      for (let gate = 0; gate < gates; gate++) {
        const mask = masks![(sample * gates + gate) * features + feature]!;
        if (mask === 0 || empty) continue;
        for (let step = 0; step < steps; step++) {
          const x = place(step);
          const y = (sample * steps + step) * width + gate * units;
          const w = feature * width + gate * units;
          for (let unit = 0; unit < units; unit++) {
            if (name === "maskedMatmul") total[y + unit]! += left![x]! * mask * right![w + unit]!;
            else if (name === "maskedMatmulKernelGradient")
              total[w + unit]! += left![x]! * mask * right![y + unit]!;
            else total[x]! += left![y + unit]! * mask * right![w + unit]!;
          }
        }
      }
    }
  }
  out.set(total);
}
