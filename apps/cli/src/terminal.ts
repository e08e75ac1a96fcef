import picocolors from "picocolors";

export type Colors = ReturnType<typeof picocolors.createColors>;

/** Where a command writes; real streams in the program, strings in tests. */
export interface Terminal {
  /** Results. */
  out(text: string): void;
  /** Progress and complaints. */
  err(text: string): void;
  /** Whether lines on `err` may be drawn over. */
  readonly redraws: boolean;
  /** Width of `out`. */
  readonly columns: number;
  /** Width of `err`; a file has no end. */
  readonly errColumns: number;
  readonly outColors: Colors;
  readonly errColors: Colors;
}

/** The terminal of this process. Colour only on a TTY and without NO_COLOR; FORCE_COLOR asks for it anyway. */
export function processTerminal(): Terminal {
  const { env, stdout, stderr } = process;
  const colors = (isTTY: boolean) => {
    const wanted = env["FORCE_COLOR"] ? env["FORCE_COLOR"] !== "0" : isTTY && env["TERM"] !== "dumb";
    return picocolors.createColors(wanted && !env["NO_COLOR"]);
  };
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    redraws: stderr.isTTY === true && env["TERM"] !== "dumb",
    columns: stdout.columns ?? 80,
    errColumns: stderr.columns ?? Number.POSITIVE_INFINITY,
    outColors: colors(stdout.isTTY === true),
    errColors: colors(stderr.isTTY === true),
  };
}
