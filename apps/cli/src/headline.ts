import type { EvaluateOutcome, ZooModel } from "@hekla/zoo";
import { grouped } from "./grouped.js";
import type { Terminal } from "./terminal.js";

/** "test accuracy 0.9804, loss 0.0721 on 1 418 sentences (SI650 from ...)". */
export function headlineText(model: ZooModel, test: EvaluateOutcome, terminal: Terminal): string {
  const { outColors: colors } = terminal;
  const figures = model.headline
    .filter((name) => test.metrics[name] !== undefined)
    .map((name) => `${inWords(name)} ${figureText(test.metrics[name]!)}`);
  const [first = "", ...rest] = figures;
  const others = rest.map((figure) => `, ${figure}`).join("");
  const on = `on ${grouped(test.samples)} ${model.samples} (${test.source})`;
  return `${colors.bold(colors.green(`test ${first}`))}${others} ${on}`;
}

/** Four decimals, or four figures where there are more before the point. */
export function figureText(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(1) : value.toFixed(4);
}

/** "exactMatch" as "exact match"; acronyms stay. */
function inWords(name: string): string {
  return name.replace(
    /([a-z0-9])([A-Z])(?![A-Z])/g,
    (_, before, letter) => `${before} ${letter.toLowerCase()}`,
  );
}
