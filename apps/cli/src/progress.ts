import type { Callback } from "@hekla/layers";
import type { Terminal } from "./terminal.js";

const widestBar = 24;
const narrowestBar = 8;
const redrawEvery = 100;

/** What a progress line shows. */
export interface Progress {
  readonly batch: number;
  readonly batches: number;
  /** Since the epoch began. */
  readonly seconds: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** The epoch is over: total time instead of the time left. */
  readonly done: boolean;
}

/**
 * One line: "  12/469 ━━━━────── 0:41 left · 89 ms/step · loss 0.3121 · accuracy 0.9012". In a narrow `width` the bar
 * shrinks first; what then still does not fit is cut while the epoch runs, and wraps when it is done.
 */
export function progressLine(progress: Progress, width = Number.POSITIVE_INFINITY): string {
  const over = lineWithBar(progress, widestBar).length - width;
  const line = lineWithBar(progress, Math.max(widestBar - Math.max(over, 0), narrowestBar));
  return progress.done || line.length <= width ? line : `${line.slice(0, Math.max(width - 1, 0))}…`;
}

function lineWithBar(progress: Progress, barWidth: number): string {
  const { batch, batches, seconds, done } = progress;
  const count = `${String(batch).padStart(String(batches).length)}/${batches}`;
  const filled = batches > 0 ? Math.round((barWidth * batch) / batches) : barWidth;
  const bar = "━".repeat(filled) + "─".repeat(barWidth - filled);
  const perStep = batch > 0 ? seconds / batch : 0;
  const time = done ? clock(seconds) : `${clock(perStep * (batches - batch))} left`;
  return [`${count} ${bar} ${time}`, `${duration(perStep)}/step`, ...metricTexts(progress.metrics)].join(
    " · ",
  );
}

/** Training metrics first, those of the validation data after them. */
export function metricTexts(metrics: Readonly<Record<string, number>>): string[] {
  return Object.entries(metrics).map(([name, value]) => `${name} ${value.toFixed(4)}`);
}

/** "0:41", "12:05", "1:02:03". */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A short time with three figures: "88 us", "1.2 ms", "3.4 s". */
export function duration(seconds: number): string {
  if (seconds < 1e-3) return `${figures(seconds * 1e6)} us`;
  return seconds < 1 ? `${figures(seconds * 1e3)} ms` : `${figures(seconds)} s`;
}

function figures(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** Draws epochs and steps on `err`: redrawn in place on a TTY, one line an epoch elsewhere. */
export function progressCallback(terminal: Terminal, epochs: number, batches: number): Callback {
  const { errColors: colors } = terminal;
  const digits = String(epochs).length;
  let epochStart = 0;
  let trained = 0;
  let drawn = 0;
  let label = "";
  const draw = (progress: Progress) => {
    const text = progressLine(progress, terminal.errColumns - label.length - 2);
    const [bar, ...rest] = text.split(" · ");
    return `${colors.bold(label)} ${colors.cyan(bar ?? "")}${rest.map((part) => ` · ${part}`).join("")}`;
  };
  return {
    onEpochBegin(epoch) {
      label = `epoch ${String(epoch + 1).padStart(digits)}/${epochs}`;
      epochStart = performance.now();
      drawn = 0;
    },
    onBatchEnd(batch, logs) {
      const now = performance.now();
      trained = (now - epochStart) / 1000;
      if (!terminal.redraws || now - drawn < redrawEvery) return;
      drawn = now;
      const progress = { batch: batch + 1, batches, seconds: trained, metrics: metricsOf(logs), done: false };
      terminal.err(`\r${draw(progress)}\x1b[K`);
    },
    onEpochEnd(_epoch, logs) {
      const progress = { batch: batches, batches, seconds: trained, metrics: metricsOf(logs), done: true };
      terminal.err(`${terminal.redraws ? "\r" : ""}${draw(progress)}${terminal.redraws ? "\x1b[K" : ""}\n`);
    },
  };
}

const metricName = /^(val_)?(loss|accuracy|return)$/;
function metricsOf(logs: Readonly<Record<string, number>> | undefined): Record<string, number> {
  return Object.fromEntries(Object.entries(logs ?? {}).filter(([name]) => metricName.test(name)));
}
