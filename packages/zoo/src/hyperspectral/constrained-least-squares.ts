import type { HostArray } from "@hekla/tensor";
import { symmetricEigen } from "../linear-algebra/symmetric-eigen.js";

const mostSteps = 2000;

/**
 * Abundances `[pixels, count]` that mix endmembers `[count, bands]` to pixels `[pixels, bands]` with the least squared error, none
 * below 0 and with sum 1 in each pixel: fully constrained least squares.
 *
 * By accelerated projected gradients on `|E' a - x|^2`, from equal shares, with the momentum given up where it leads uphill.
 *
 * Source: D. C. Heinz, C.-I Chang, "Fully constrained least squares linear spectral mixture analysis", IEEE Transactions on
 * Geoscience and Remote Sensing 39 (2001), for the problem; A. Beck, M. Teboulle, "A fast iterative shrinkage-thresholding
 * algorithm", SIAM Journal on Imaging Sciences 2 (2009), and B. O'Donoghue, E. Candes, "Adaptive restart for accelerated gradient
 * schemes", Foundations of Computational Mathematics 15 (2015), for the steps.
 */
export function constrainedLeastSquares(pixels: HostArray, endmembers: HostArray): Float64Array {
  const [count = 0, bands = 0] = endmembers.shape;
  const spectra = Array.from({ length: count }, (_, m) =>
    Float64Array.from(endmembers.data.subarray(m * bands, (m + 1) * bands)),
  );
  const gram = spectra.map((a) => Float64Array.from(spectra, (b) => dot(a, b)));
  const bound = symmetricEigen(
    gram.flatMap((row) => [...row]),
    count,
  ).values[0]!;
  const samples = pixels.data.length / bands;
  const shares = new Float64Array(samples * count);
  for (let pixel = 0; pixel < samples; pixel++) {
    const spectrum = Float64Array.from(pixels.data.subarray(pixel * bands, (pixel + 1) * bands));
    const products = Float64Array.from(spectra, (one) => dot(one, spectrum));
    shares.set(mixtureOf(gram, products, bound), pixel * count);
  }
  return shares;
}

function mixtureOf(gram: readonly Float64Array[], products: Float64Array, bound: number): Float64Array {
  const count = products.length;
  const share = new Float64Array(count).fill(1 / count);
  const ahead = share.slice();
  const next = share.slice();
  let momentum = 1;
  for (let step = 0; step < mostSteps; step++) {
    for (let m = 0; m < count; m++) next[m] = ahead[m]! - (dot(gram[m]!, ahead) - products[m]!) / bound;
    ontoSimplex(next);
    let [change, uphill] = [0, 0];
    for (let m = 0; m < count; m++) {
      const move = next[m]! - share[m]!;
      change = Math.max(change, Math.abs(move));
      uphill += (ahead[m]! - next[m]!) * move;
    }
    if (uphill > 0) momentum = 1;
    const grown = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
    for (let m = 0; m < count; m++) {
      ahead[m] = next[m]! + ((momentum - 1) / grown) * (next[m]! - share[m]!);
    }
    share.set(next);
    momentum = grown;
    if (change < 1e-9) break;
  }
  return share;
}

/**
 * Moves a point to the nearest one whose coordinates are not below 0 and have sum 1.
 * Source: J. Duchi et al., "Efficient projections onto the l1-ball for learning in high dimensions", ICML 2008, figure 1.
 */
function ontoSimplex(point: Float64Array): void {
  const sorted = point.slice().sort();
  let [sum, shift] = [0, 0];
  for (let taken = 1; taken <= sorted.length; taken++) {
    const value = sorted[sorted.length - taken]!;
    sum += value;
    const candidate = (sum - 1) / taken;
    if (value > candidate) shift = candidate;
  }
  for (let m = 0; m < point.length; m++) point[m] = Math.max(point[m]! - shift, 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
