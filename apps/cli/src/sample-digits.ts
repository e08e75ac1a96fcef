import type { Model } from "@hekla/layers";
import type { HostArray } from "@hekla/tensor";
import { type DataSource, type DigitReader, loadTestDigits } from "@hekla/zoo";
import { type CaptionedPicture, drawRow } from "./draw-digit.js";
import { grouped } from "./grouped.js";
import type { Terminal } from "./terminal.js";

const side = 28;
const searched = 1000;

/** The first test digits as the network reads them, and the next ones it gets wrong. */
export async function sampleDigits(
  reader: DigitReader,
  network: Model,
  data: DataSource,
  terminal: Terminal,
): Promise<string> {
  const { test } = await loadTestDigits(data);
  const count = Math.min(searched, test.x.shape[0] ?? 0);
  const images = { data: test.x.data.subarray(0, count * side * side), shape: [count, side, side] };
  const probabilities = await reader.read(network, images);
  const read = Array.from({ length: count }, (_, at) => {
    const [guess, truth] = [bestClass(probabilities, at), bestClass(test.y, at)];
    return { at, guess, truth, sure: rowOf(probabilities, at)[guess] ?? 0 };
  });
  const across = Math.max(Math.floor((Math.min(terminal.columns, 80) + 2) / (side / 2 + 2)), 1);
  const wrong = read
    .slice(across)
    .filter(({ guess, truth }) => guess !== truth)
    .slice(0, across);
  const captioned = ({ at, guess, truth, sure }: (typeof read)[number]): CaptionedPicture => ({
    picture: digitPicture(images, at),
    caption: guess === truth ? `${guess}  ${(100 * sure).toFixed(0)} %` : `${guess}, not ${truth}`,
    right: guess === truth,
  });
  const { outColors: colors } = terminal;
  const part = (title: string, digits: typeof read) =>
    digits.length > 0 ? `\n${title}\n${drawRow(digits.map(captioned), colors).join("\n")}\n` : "";
  return (
    part("The first test digits, and what the network reads:", read.slice(0, across)) +
    part(`Misread among the next ${grouped(count - across)}:`, wrong)
  );
}

/** Sample `at` of `[n, 28, 28]` as a picture. */
export function digitPicture(images: HostArray, at: number) {
  const data = images.data.subarray(at * side * side, (at + 1) * side * side);
  return { data, width: side, height: side };
}

function rowOf(array: HostArray, at: number) {
  const classes = array.shape.at(-1) ?? 1;
  return array.data.subarray(at * classes, (at + 1) * classes);
}

/** The class with the highest value in row `at` of `[n, classes]`. */
export function bestClass(array: HostArray, at: number): number {
  const row = Array.from(rowOf(array, at));
  return row.indexOf(Math.max(...row));
}
