import { exitCodes } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";

/** First Ctrl-C (or SIGTERM): `signal` aborts and work ends in order. Second: the process ends at once. */
export function onInterrupt(terminal: Terminal): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    const lead = terminal.redraws ? "\n" : "";
    terminal.err(`${lead}stopping after this batch; Ctrl-C again quits at once and saves nothing\n`);
    controller.abort();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
    },
  };
}
