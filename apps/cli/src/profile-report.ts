import type { OpenBackend } from "./backends-text.js";
import { checkProfiles, type Recording, recordWork } from "./profile-recorder.js";
import { costliest, profileTable } from "./profile-table.js";
import { chromeTrace } from "./profile-trace.js";
import type { RunOptions } from "./run-options.js";
import { checkWritable } from "./save-model.js";
import type { Terminal } from "./terminal.js";
import { writeWhole } from "./write-whole.js";

/** What `--json` says of a profile. */
export interface ProfileReport {
  readonly file: string;
  readonly device: string;
  readonly steps: number;
  readonly dispatches: number;
  /** Milliseconds of the steps, and of all dispatches. */
  readonly milliseconds: { readonly steps: number; readonly dispatches: number };
  readonly costliest: ReturnType<typeof costliest>;
}

/** What is said of a profile, for people and for programs. */
export interface WrittenProfile {
  readonly json: ProfileReport;
  text(terminal: Terminal): string;
}

/** Does some work, under a profile if the flags ask for one. */
export async function withProfile<T>(
  { backend }: OpenBackend,
  { profile: file, profileSteps }: RunOptions,
  title: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly profile?: WrittenProfile }> {
  if (file === undefined) return { result: await work() };
  checkProfiles(backend);
  await checkWritable(file, "--profile");
  const { result, recording } = await recordWork(backend, profileSteps, "plan run", work);
  return { result, profile: await reportProfile(recording, file, title) };
}

/** Writes the trace, and gives what there is to say of it. */
export async function reportProfile(
  recording: Recording,
  file: string,
  title: string,
): Promise<WrittenProfile> {
  await writeWhole(file, chromeTrace(recording, title));
  const { device, steps, dispatches } = recording;
  const sum = (spans: readonly { readonly duration: number }[]) =>
    spans.reduce((total, span) => total + span.duration, 0) / 1000;
  return {
    json: {
      file,
      device,
      steps: steps.length,
      dispatches: dispatches.length,
      milliseconds: { steps: sum(steps), dispatches: sum(dispatches) },
      costliest: costliest(dispatches, 10),
    },
    text(terminal) {
      const { outColors: colors } = terminal;
      const open = colors.dim("open it in chrome://tracing or ui.perfetto.dev");
      return `\n${profileTable(recording, terminal)}wrote ${file}  ${open}\n`;
    },
  };
}
