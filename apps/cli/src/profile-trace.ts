import type { Recording, Span } from "./profile-recorder.js";

/** Places of the trace's rows, from the top. */
const rows = { steps: 1, runs: 2, dispatches: 3 } as const;

/** 10^9 a second, of a number and microseconds. */
export const perNanosecond = (count: number, microseconds: number): number =>
  microseconds > 0 ? count / microseconds / 1000 : 0;

/**
 * A recording in Chrome's trace format, which chrome://tracing and Perfetto (ui.perfetto.dev) open: a row for steps, one
 * for runs of plans, one for what ran on the device. Times are in microseconds.
 * Source: Trace Event Format (Google, 2016), complete events ("X") and metadata ("M").
 */
export function chromeTrace(recording: Recording, title: string): string {
  const { device, kind, steps, runs, dispatches } = recording;
  const row = (tid: number, name: string) => [
    { ph: "M", pid: 1, tid, name: "thread_name", args: { name } },
    { ph: "M", pid: 1, tid, name: "thread_sort_index", args: { sort_index: tid } },
  ];
  const event = (tid: number, name: string, cat: string, { start, duration }: Span, args: object) => ({
    ...{ ph: "X", pid: 1, tid, name, cat },
    ...{ ts: rounded(start), dur: rounded(duration), args },
  });
  const traceEvents = [
    { ph: "M", pid: 1, tid: 0, name: "process_name", args: { name: title } },
    ...row(rows.steps, `${kind}s`),
    ...row(rows.runs, "plans"),
    ...row(rows.dispatches, device),
    ...steps.map((span, at) => event(rows.steps, `step ${at + 1}`, "step", span, {})),
    ...runs.map((run) => event(rows.runs, `plan of ${run.steps} steps`, "plan", run, { steps: run.steps })),
    ...dispatches.map(({ step, start, duration }) => {
      const { name, label, kind: category, shape, bytes, flops } = step;
      return event(
        rows.dispatches,
        name,
        category,
        { start, duration },
        {
          ...(label && { label }),
          shape,
          bytes,
          flops,
          "GB/s": rounded(perNanosecond(bytes, duration)),
          "GFLOP/s": rounded(perNanosecond(flops, duration)),
        },
      );
    }),
  ];
  const lines = traceEvents.map((one) => JSON.stringify(one)).join(",\n");
  return `{"displayTimeUnit":"ms","traceEvents":[\n${lines}\n]}\n`;
}

/** Nanoseconds are enough. */
const rounded = (value: number): number => Math.round(value * 1000) / 1000;
