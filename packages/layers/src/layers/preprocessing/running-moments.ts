/** Means and variances of groups of values that come in batches. Source: Chan et al. 1979, equations 2.1. */
export class RunningMoments {
  readonly mean: Float64Array;
  /** Mean squared distance from the mean (divided by the count). */
  readonly variance: Float64Array;
  /** Values seen of each group. */
  count = 0;

  constructor(groups: number) {
    this.mean = new Float64Array(groups);
    this.variance = new Float64Array(groups);
  }

  /** Takes in a batch: value i belongs to group `group[i % group.length]`; groups have equally many. */
  update(values: ArrayLike<number>, group: Int32Array): void {
    const groups = this.mean.length;
    const count = values.length / groups;
    if (count === 0) return;
    const mean = new Float64Array(groups);
    const period = group.length;
    for (let i = 0; i < values.length; i++) mean[group[i % period]!]! += values[i]!;
    for (let g = 0; g < groups; g++) mean[g]! /= count;
    const squares = new Float64Array(groups);
    for (let i = 0; i < values.length; i++) {
      const g = group[i % period]!;
      squares[g]! += (values[i]! - mean[g]!) ** 2;
    }
    const total = this.count + count;
    const share = count / total;
    for (let g = 0; g < groups; g++) {
      const apart = mean[g]! - this.mean[g]!;
      this.mean[g]! += apart * share;
      const within = this.variance[g]! * (1 - share) + (squares[g]! / count) * share;
      this.variance[g] = within + apart ** 2 * share * (1 - share);
    }
    this.count = total;
  }
}
