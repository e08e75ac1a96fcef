import type { Page } from "playwright-core";

type Corner = readonly [x: number, y: number];

/**
 * How a hand that is no textbook's writes some digits: corners in hundredths of the pad, stroke by stroke.
 */
const hands: Readonly<Record<number, readonly (readonly Corner[])[]>> = {
  0: [
    [
      [55, 20],
      [40, 26],
      [33, 45],
      [35, 66],
      [46, 79],
      [60, 74],
      [67, 55],
      [65, 33],
      [53, 21],
    ],
  ],
  1: [
    [
      [52, 20],
      [50, 40],
      [49, 60],
      [47, 81],
    ],
  ],
  2: [
    [
      [33, 34],
      [41, 23],
      [56, 22],
      [62, 34],
      [56, 49],
      [42, 66],
      [32, 77],
      [47, 76],
      [67, 78],
    ],
  ],
  4: [
    [
      [38, 20],
      [34, 40],
      [33, 51],
      [50, 52],
      [69, 50],
    ],
    [
      [62, 28],
      [60, 52],
      [58, 82],
    ],
  ],
  5: [
    [
      [66, 22],
      [43, 23],
      [40, 44],
      [55, 43],
      [65, 54],
      [62, 71],
      [48, 79],
      [34, 74],
    ],
  ],
  7: [
    [
      [31, 24],
      [52, 25],
      [68, 22],
      [60, 42],
      [52, 62],
      [46, 82],
    ],
  ],
};
export const drawable = Object.keys(hands).map(Number);

/** Draws a digit with the mouse; `shift` and `size` move and scale the writing as parts of the pad. */
export async function drawDigit(page: Page, digit: number, shift: Corner = [0, 0], size = 1): Promise<void> {
  if (await page.isEnabled("#clear")) await page.click("#clear");
  await page.locator("#pad").scrollIntoViewIfNeeded();
  const pad = await page.locator("#pad").boundingBox();
  if (!pad) throw new Error("the pad is not shown");
  const place = ([x, y]: Corner): Corner => [
    pad.x + pad.width * (0.5 + shift[0] + (size * (x - 50)) / 100),
    pad.y + pad.height * (0.5 + shift[1] + (size * (y - 50)) / 100),
  ];
  for (const [start, ...corners] of hands[digit] ?? []) {
    await page.mouse.move(...place(start!));
    await page.mouse.down();
    for (const corner of corners) await page.mouse.move(...place(corner), { steps: 2 });
    await page.mouse.up();
  }
}

/** What the network reads once it has read all that is drawn: the digit, or nothing. */
export async function verdict(page: Page): Promise<number | undefined> {
  const read = () => page.getAttribute("#verdict", "data-digit");
  let last = await read();
  for (let calm = 0; calm < 5; calm++) {
    await page.waitForTimeout(80);
    const now = await read();
    if (now !== last) calm = 0;
    last = now;
  }
  return last === null ? undefined : Number(last);
}
