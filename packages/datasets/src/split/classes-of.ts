/** A label or the name of a group. */
export type Label = string | number;

/** The order of NumPy's `unique`: numbers by value, text by code points. */
function byValue(a: Label, b: Label): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const left = [...String(a)];
  const right = [...String(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** The distinct labels in order, how often each occurs, and the number of each row's label among them. */
export interface Classes {
  readonly classes: readonly Label[];
  readonly counts: Int32Array;
  readonly classOf: Int32Array;
}

/** Numbers the distinct labels as NumPy's `unique` does. */
export function classesOf(labels: ArrayLike<Label>): Classes {
  const rows = Array.from(labels);
  const classes = [...new Set(rows)].sort(byValue);
  const indices = new Map(classes.map((label, index) => [label, index]));
  const counts = new Int32Array(classes.length);
  const classOf = Int32Array.from(rows, (label) => indices.get(label)!);
  for (const index of classOf) counts[index]! += 1;
  return { classes, counts, classOf };
}
