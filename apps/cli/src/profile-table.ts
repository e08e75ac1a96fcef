import type { Dispatch } from "@hekla/tensor";
import { grouped } from "./grouped.js";
import type { Recording } from "./profile-recorder.js";
import { perNanosecond } from "./profile-trace.js";
import { duration } from "./progress.js";
import type { Terminal } from "./terminal.js";

/** All dispatches of one step of a plan. */
export interface CostlyDispatch {
  readonly name: string;
  readonly label: string;
  readonly shape: string;
  readonly calls: number;
  readonly milliseconds: number;
  /** Of the time of all dispatches, 0 to 1. */
  readonly share: number;
  readonly gigabytesPerSecond: number;
  readonly gigaflopsPerSecond: number;
}

/** The costliest dispatches, those of one name, place and shape together, the longest time first. */
export function costliest(dispatches: readonly Dispatch[], most: number): CostlyDispatch[] {
  const groups = new Map<string, Dispatch[]>();
  for (const dispatch of dispatches) {
    const { name, label, shape } = dispatch.step;
    const key = JSON.stringify([name, label, shape]);
    const group = groups.get(key);
    if (group) group.push(dispatch);
    else groups.set(key, [dispatch]);
  }
  const total = timeOf(dispatches);
  return [...groups.values()]
    .map((group) => ({ group, time: timeOf(group) }))
    .sort((a, b) => b.time - a.time)
    .slice(0, most)
    .map(({ group, time }) => {
      const [{ step }] = group as [Dispatch];
      const { name, label, shape, bytes, flops } = step;
      return {
        ...{ name, label, shape },
        calls: group.length,
        milliseconds: time / 1000,
        share: total > 0 ? time / total : 0,
        gigabytesPerSecond: perNanosecond(bytes * group.length, time),
        gigaflopsPerSecond: perNanosecond(flops * group.length, time),
      };
    });
}

/** Microseconds. */
const timeOf = (dispatches: readonly Dispatch[]): number =>
  dispatches.reduce((sum, dispatch) => sum + dispatch.duration, 0);

/** What steps and dispatches took (on a GPU beside each other), and a line for each of the costliest. */
export function profileTable(recording: Recording, terminal: Terminal): string {
  const { outColors: colors, columns } = terminal;
  const { device, dispatches, kind, steps } = recording;
  const inAll = steps.reduce((sum, step) => sum + step.duration, 0);
  const head =
    `${colors.bold("profile")}: ${steps.length} ${kind}${steps.length === 1 ? "" : "s"} in ${duration(inAll / 1e6)}; ` +
    `${grouped(dispatches.length)} dispatches took ${duration(timeOf(dispatches) / 1e6)} on ${device}`;
  if (dispatches.length === 0) {
    return `${head}\n${colors.dim("nothing ran: --profile-skip takes later steps of a training")}\n`;
  }
  const titles = `${"share".padStart(7)}${"calls".padStart(8)}${"ms".padStart(10)}${"GB/s".padStart(8)}${"GFLOP/s".padStart(9)}  `;
  const lines = costliest(dispatches, 10).map((row) => {
    const figures = [
      `${(row.share * 100).toFixed(1)} %`.padStart(7),
      grouped(row.calls).padStart(8),
      row.milliseconds.toFixed(2).padStart(10),
      row.gigabytesPerSecond.toFixed(1).padStart(8),
      row.gigaflopsPerSecond.toFixed(1).padStart(9),
    ].join("");
    const room = columns - titles.length;
    const name = cut(row.name, room);
    const place = cut(`${row.label ? ` ${row.label}` : ""} ${row.shape}`, room - name.length);
    return `${figures}  ${name}${colors.dim(place)}`;
  });
  return `${head}\n${[colors.dim(`${titles}dispatch`), ...lines].join("\n")}\n`;
}

const cut = (text: string, width: number): string =>
  text.length <= width ? text : width < 2 ? "" : `${text.slice(0, width - 1)}…`;
