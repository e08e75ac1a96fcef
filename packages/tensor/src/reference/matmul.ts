import type { StorageArray } from "../dtype.js";
import type { MatmulRoutine } from "../routine.js";

/** Sums are kept in double precision and rounded once. */
export function matmul(routine: MatmulRoutine, operands: readonly StorageArray[], out: StorageArray): void {
  const [a, b] = operands as [StorageArray, StorageArray];
  const { batch, m, n, k, transposeA, transposeB, batchedA, batchedB } = routine;
  const row = new Float64Array(n);
  for (let i = 0; i < batch; i++) {
    const startA = batchedA ? i * m * k : 0;
    const startB = batchedB ? i * k * n : 0;
    for (let y = 0; y < m; y++) {
      row.fill(0);
      for (let p = 0; p < k; p++) {
        const factor = a[startA + (transposeA ? p * m + y : y * k + p)]!;
        for (let x = 0; x < n; x++) row[x]! += factor * b[startB + (transposeB ? x * k + p : p * n + x)]!;
      }
      out.set(row, (i * m + y) * n);
    }
  }
}
