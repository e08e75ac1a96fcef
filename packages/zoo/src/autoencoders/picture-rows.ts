import type { HostArray } from "@hekla/tensor";

/** `count` samples from the one numbered `first` on. */
export function takePictures({ data, shape }: HostArray, first: number, count: number): HostArray {
  const [, ...rest] = shape;
  const length = rest.reduce((product, size) => product * size, 1);
  return { data: data.slice(first * length, (first + count) * length), shape: [count, ...rest] };
}

/** Grey pictures `[n, 1, height, width]` or `[n, height, width]`, one row after the other, as `[all, height, width]`. */
export function joinPictures(rows: readonly HostArray[]): HostArray {
  const data = new Float32Array(rows.reduce((sum, row) => sum + row.data.length, 0));
  let at = 0;
  for (const row of rows) {
    data.set(row.data, at);
    at += row.data.length;
  }
  const [height = 0, width = 0] = rows[0]!.shape.slice(-2);
  return { data, shape: [data.length / (height * width), height, width] };
}

/** Pictures `[n, height, width]`, each pixel `times` as high and wide. */
export function stretched({ data, shape }: HostArray, times: number): HostArray {
  const [count = 0, height = 0, width = 0] = shape;
  const [high, wide] = [height * times, width * times];
  const large = new Float32Array(count * high * wide);
  for (let at = 0; at < large.length; at++) {
    const [picture, row, column] = [Math.floor(at / (high * wide)), Math.floor(at / wide) % high, at % wide];
    large[at] = data[(picture * height + Math.floor(row / times)) * width + Math.floor(column / times)]!;
  }
  return { data: large, shape: [count, high, wide] };
}
