import { describe, expect, test } from "vitest";
import {
  type ConvolutionCase,
  convolutionNames,
  expectConvolutions,
  type Pair,
  runConvolution,
} from "../testing/convolution-case.js";

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
          expectConvolutions({ size: [9, 11], window: [3, 3], strides, dilation, padding }, { tuned });
        }
      }
    }
  });
  test("padding before so wide that no window reaches the image", () => {
    for (const channels of [2, 5]) {
      const beyond: ConvolutionCase = {
        channels,
        size: [5, 1],
        window: [2, 1],
        strides: [1, 3],
        padding: [
          [1, 2],
          [2, 0],
        ],
      };
      expectConvolutions(beyond, { tuned });
      expectConvolutions({ ...beyond, size: [5, 2], strides: [1, 4] }, { tuned });
      expectConvolutions({ ...beyond, strides: [9, 1] }, { tuned });
    }
  });
  test("window shapes", () => {
    expectConvolutions({ size: [7, 7], window: [1, 1] }, { tuned });
    expectConvolutions({ size: [7, 8], window: [1, 1], strides: [2, 2] }, { tuned });
    expectConvolutions(
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
    expectConvolutions(
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
    expectConvolutions(
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
    expectConvolutions({ size: [5, 5], window: [5, 5] }, { tuned });
  });
  test("channel and filter counts, offsets", () => {
    for (const channels of [1, 2, 4, 7, 20])
      for (const filters of [1, 3, 4, 9, 17]) {
        expectConvolutions(
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
    expectConvolutions(
      { batch: 2, channels: 1, filters: 20, size: [28, 28], window: [5, 5], padding: same5 },
      { tuned },
    );
    expectConvolutions(
      { batch: 33, channels: 3, filters: 6, size: [14, 14], window: [5, 5], padding: same5 },
      { tuned },
    );
  });
  test("3x3 and 5x5 windows over many channels, by Winograd's tiles where tuned", () => {
    // Its sums pass through values up to 10 times the result: PERFORMANCE.md has the measured errors.
    const growth = tuned ? 3 : 1;
    const close = (options: ConvolutionCase) => expectConvolutions(options, { tuned }, growth);
    const many: Pick<ConvolutionCase, "channels" | "filters"> = { channels: 10, filters: 11 };
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
    expectConvolutions(
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
    expectConvolutions(
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
    expectConvolutions(
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
    expectConvolutions({ batch: 0, size: [4, 4], window: [3, 3] }, { tuned });
    expectConvolutions({ channels: 0, size: [4, 4], window: [3, 3] }, { tuned });
    expectConvolutions({ filters: 0, size: [4, 4], window: [3, 3] }, { tuned });
  });
  test("the same bits for any number of threads", () => {
    for (const name of convolutionNames) {
      for (const channels of [4, 8]) {
        const options: ConvolutionCase = {
          batch: 20,
          channels,
          filters: 8,
          size: [10, 10],
          window: [5, 5],
          padding: same5,
        };
        for (const dataFormat of ["channelsFirst", "channelsLast"] as const) {
          const one = runConvolution(name, options, dataFormat, { tuned }).got;
          for (const threads of [2, 5])
            expect(runConvolution(name, options, dataFormat, { tuned, threads }).got).toEqual(one);
        }
      }
    }
  });
});
