import {
  type Conv2DRoutine,
  type DataFormat,
  type RoutineStep,
  referenceRoutines,
  type Window2D,
} from "@hekla/tensor";
import { describe, expect, test } from "vitest";
import { type RunOptions, runRoutine } from "../testing/run-routine.js";

type Pair = readonly [number, number];
interface Case {
  batch?: number;
  channels?: number;
  filters?: number;
  size: Pair;
  window: Pair;
  strides?: Pair;
  dilation?: Pair;
  padding?: readonly [Pair, Pair];
  offsets?: Pair;
}

let seed = 1;
const random = (size: number) =>
  Float32Array.from({ length: size }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) | 0;
    return (seed >> 8) / 2 ** 23;
  });

function windowOf(options: Case, dataFormat: DataFormat): Window2D {
  const { batch = 2, channels = 3, size, window, strides = [1, 1], dilation = [1, 1] } = options;
  const padding = options.padding ?? [
    [0, 0],
    [0, 0],
  ];
  const outputSize = [0, 1].map(
    (axis) =>
      Math.floor(
        (size[axis]! + padding[axis]![0] + padding[axis]![1] - (window[axis]! - 1) * dilation[axis]! - 1) /
          strides[axis]!,
      ) + 1,
  ) as [number, number];
  return {
    dataFormat,
    batch,
    channels,
    inputSize: size,
    outputSize,
    windowSize: window,
    strides,
    dilation,
    padding,
  };
}

/** All (input, kernel, output) places that meet, by the definition; indices into the three arrays. */
function eachMeeting(
  w: Window2D,
  filters: number,
  visit: (input: number, kernel: number, output: number) => void,
): void {
  const at = (channels: number, [height, width]: Pair, b: number, c: number, y: number, x: number) =>
    w.dataFormat === "channelsFirst"
      ? ((b * channels + c) * height + y) * width + x
      : ((b * height + y) * width + x) * channels + c;
  for (let b = 0; b < w.batch; b++)
    for (let f = 0; f < filters; f++)
      for (let c = 0; c < w.channels; c++)
        for (let oy = 0; oy < w.outputSize[0]; oy++)
          for (let ox = 0; ox < w.outputSize[1]; ox++)
            for (let ky = 0; ky < w.windowSize[0]; ky++)
              for (let kx = 0; kx < w.windowSize[1]; kx++) {
                const y = oy * w.strides[0] + ky * w.dilation[0] - w.padding[0][0];
                const x = ox * w.strides[1] + kx * w.dilation[1] - w.padding[1][0];
                if (y < 0 || x < 0 || y >= w.inputSize[0] || x >= w.inputSize[1]) continue;
                visit(
                  at(w.channels, w.inputSize, b, c, y, x),
                  ((f * w.channels + c) * w.windowSize[0] + ky) * w.windowSize[1] + kx,
                  at(filters, w.outputSize, b, f, oy, ox),
                );
              }
}

const names = ["conv2d", "conv2dInputGradient", "conv2dKernelGradient"] as const;

function run(name: Conv2DRoutine["name"], options: Case, dataFormat: DataFormat, runOptions: RunOptions) {
  const window = windowOf(options, dataFormat);
  const filters = options.filters ?? 5;
  const [offsetA, offsetB] = options.offsets ?? [0, 0];
  seed = filters * 100 + window.channels;
  const input = random(window.batch * window.channels * window.inputSize[0] * window.inputSize[1]);
  const kernel = random(filters * window.channels * window.windowSize[0] * window.windowSize[1]);
  const output = random(window.batch * filters * window.outputSize[0] * window.outputSize[1]);
  const roles = { conv2d: [0, 1, 2], conv2dInputGradient: [2, 1, 0], conv2dKernelGradient: [0, 2, 1] }[name];
  const arrays = [input, kernel, output];
  const [a, b, result] = roles.map((role) => arrays[role]!) as [Float32Array, Float32Array, Float32Array];
  const step: RoutineStep = {
    kind: "routine",
    label: "",
    routine: { name, dtype: "float32", window, filters },
    reference: referenceRoutines[name],
    operands: [
      { buffer: 0, view: { shape: [a.length], strides: [1], offset: offsetA } },
      { buffer: 1, view: { shape: [b.length], strides: [1], offset: offsetB } },
    ],
    output: 2,
  };
  const padded = (data: Float32Array, offset: number) => Float32Array.from([...random(offset), ...data]);
  const buffers = [
    padded(a, offsetA),
    padded(b, offsetB),
    { size: result.length, dtype: "float32" as const },
  ];
  const got = runRoutine(step, buffers, runOptions)[2]!;
  const expected = () => {
    const sums = new Float64Array(result.length);
    eachMeeting(window, filters, (i, k, o) => {
      if (name === "conv2d") sums[o]! += a[i]! * b[k]!;
      else if (name === "conv2dInputGradient") sums[i]! += a[o]! * b[k]!;
      else sums[k]! += a[i]! * b[o]!;
    });
    return sums;
  };
  const taps = window.windowSize[0] * window.windowSize[1];
  const terms = {
    conv2d: window.channels * taps,
    conv2dInputGradient: filters * taps,
    conv2dKernelGradient: window.batch * window.outputSize[0] * window.outputSize[1],
  }[name];
  return { got, expected, terms };
}

/** `growth`: how many times the rounding error of a plain sum is allowed. */
function expectClose(options: Case, runOptions: RunOptions, growth = 1): void {
  for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
    for (const name of names) {
      const { got, expected, terms } = run(name, options, dataFormat, runOptions);
      const wanted = expected();
      let worst = 0;
      got.forEach((value, at) => {
        worst = Math.max(
          worst,
          Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.abs(value - wanted[at]!),
        );
      });
      const what = JSON.stringify({ name, dataFormat, ...options, ...runOptions });
      expect(worst, what).toBeLessThanOrEqual(growth * (1e-6 * Math.sqrt(terms) + 1e-7 * terms));
    }
  }
}

const same3: readonly [Pair, Pair] = [
  [1, 1],
  [1, 1],
];
const same5: readonly [Pair, Pair] = [
  [2, 2],
  [2, 2],
];

describe.each([true, false])("convolution and its gradients, tuned %s", (tuned) => {
  test("windows, strides, dilation and padding", () => {
    for (const strides of [
      [1, 1],
      [2, 2],
      [3, 1],
      [1, 2],
      [3, 3],
    ] as const) {
      for (const dilation of [
        [1, 1],
        [2, 2],
        [1, 2],
      ] as const) {
        for (const padding of [
          [
            [0, 0],
            [0, 0],
          ],
          [
            [1, 1],
            [1, 1],
          ],
          [
            [0, 1],
            [2, 3],
          ],
          [
            [4, 0],
            [5, 1],
          ],
        ] as const) {
          expectClose({ size: [9, 11], window: [3, 3], strides, dilation, padding }, { tuned });
        }
      }
    }
  });
  test("padding before so wide that no window reaches the image", () => {
    for (const channels of [2, 5]) {
      const beyond: Case = {
        channels,
        size: [5, 1],
        window: [2, 1],
        strides: [1, 3],
        padding: [
          [1, 2],
          [2, 0],
        ],
      };
      expectClose(beyond, { tuned });
      expectClose({ ...beyond, size: [5, 2], strides: [1, 4] }, { tuned });
      expectClose({ ...beyond, strides: [9, 1] }, { tuned });
    }
  });
  test("window shapes", () => {
    expectClose({ size: [7, 7], window: [1, 1] }, { tuned });
    expectClose({ size: [7, 8], window: [1, 1], strides: [2, 2] }, { tuned });
    expectClose(
      {
        size: [1, 40],
        window: [1, 7],
        padding: [
          [0, 0],
          [6, 0],
        ],
      },
      { tuned },
    );
    expectClose(
      {
        size: [20, 3],
        window: [9, 2],
        padding: [
          [3, 5],
          [0, 1],
        ],
      },
      { tuned },
    );
    expectClose(
      {
        size: [14, 14],
        window: [11, 11],
        padding: [
          [5, 5],
          [5, 5],
        ],
      },
      { tuned },
    );
    expectClose({ size: [5, 5], window: [5, 5] }, { tuned });
  });
  test("channel and filter counts, offsets", () => {
    for (const channels of [1, 2, 4, 7, 20])
      for (const filters of [1, 3, 4, 9, 17]) {
        expectClose(
          {
            batch: 3,
            channels,
            filters,
            size: [6, 5],
            window: [3, 3],
            padding: [
              [1, 1],
              [1, 1],
            ],
            offsets: [3, 1],
          },
          { tuned },
        );
      }
  });
  test("the digit network's layers", () => {
    expectClose(
      { batch: 2, channels: 1, filters: 20, size: [28, 28], window: [5, 5], padding: same5 },
      { tuned },
    );
    expectClose(
      { batch: 33, channels: 3, filters: 6, size: [14, 14], window: [5, 5], padding: same5 },
      { tuned },
    );
  });
  test("3x3 and 5x5 windows over many channels, by Winograd's tiles where tuned", () => {
    // Its sums pass through values up to 10 times the result: PERFORMANCE.md has the measured errors.
    const growth = tuned ? 3 : 1;
    const close = (options: Case) => expectClose(options, { tuned }, growth);
    const many: Pick<Case, "channels" | "filters"> = { channels: 10, filters: 11 };
    for (const taps of [3, 5]) {
      const window = [taps, taps] as const;
      const padding = taps === 3 ? same3 : same5;
      for (const size of [
        [8, 8],
        [14, 14],
        [9, 13],
      ] as const) {
        const uneven = [
          [taps - 1, 0],
          [1, taps - 2],
        ] as const;
        close({ batch: 5, channels: 8, filters: 9, size, window, padding, offsets: [2, 1] });
        close({ batch: 17, ...many, size, window, padding: uneven });
      }
      // Several images at once, bands of rows of tiles, one band a thread.
      close({ batch: 18, channels: 9, filters: 8, size: [12, 13], window });
      close({ batch: 1, channels: 8, filters: 8, size: [41, 50], window, padding });
      close({ batch: 1, ...many, size: [30, 17], window, padding });
    }
    close({ batch: 65, channels: 30, filters: 25, size: [4, 4], window: [3, 3], padding: same3 });
  });
  test("images cut into bands of rows, many channels cut into blocks", () => {
    expectClose(
      {
        batch: 1,
        channels: 2,
        filters: 3,
        size: [70, 33],
        window: [3, 3],
        padding: [
          [1, 1],
          [1, 1],
        ],
      },
      { tuned },
    );
    expectClose(
      {
        batch: 1,
        channels: 2,
        filters: 2,
        size: [91, 60],
        window: [3, 5],
        strides: [2, 1],
        padding: [
          [0, 1],
          [2, 1],
        ],
      },
      { tuned },
    );
    expectClose(
      {
        batch: 2,
        channels: 90,
        filters: 85,
        size: [4, 4],
        window: [3, 2],
        padding: [
          [1, 1],
          [1, 0],
        ],
      },
      { tuned },
    );
  });
  test("nothing to sum or nothing to write", () => {
    expectClose({ batch: 0, size: [4, 4], window: [3, 3] }, { tuned });
    expectClose({ channels: 0, size: [4, 4], window: [3, 3] }, { tuned });
    expectClose({ filters: 0, size: [4, 4], window: [3, 3] }, { tuned });
  });
  test("the same bits for any number of threads", () => {
    for (const name of names) {
      for (const channels of [4, 8]) {
        const options: Case = {
          batch: 20,
          channels,
          filters: 8,
          size: [10, 10],
          window: [5, 5],
          padding: same5,
        };
        for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
          const one = run(name, options, dataFormat, { tuned }).got;
          for (const threads of [2, 5])
            expect(run(name, options, dataFormat, { tuned, threads }).got).toEqual(one);
        }
      }
    }
  });
});
