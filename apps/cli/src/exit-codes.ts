import { DataNotFoundError } from "@hekla/datasets";
import { DivergedError } from "@hekla/layers";
import { DataError, HeklaError } from "@hekla/tensor";
import { ConfigError } from "@hekla/zoo";
import { CommanderError } from "commander";

export const exitCodes = { ok: 0, failure: 1, usage: 2, data: 3, diverged: 4, interrupted: 130 } as const;

/** A command line that asks for something that does not exist or does not fit. */
export class UsageError extends Error {}

const fileErrors = new Set(["ENOENT", "EISDIR", "ENOTDIR", "EACCES", "EPERM", "EROFS", "ENOSPC"]);

/** The exit code that belongs to an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (error instanceof UsageError || error instanceof ConfigError) return exitCodes.usage;
  if (error instanceof DataError || isFileError(error)) return exitCodes.data;
  if (isAbort(error)) return exitCodes.interrupted;
  if (error instanceof DivergedError) return exitCodes.diverged;
  return exitCodes.failure;
}

/** One line for errors that are meant for users, the stack for those that are not. */
export function errorText(error: unknown): string {
  if (isAbort(error)) return "interrupted before training began; nothing is saved";
  if (!(error instanceof Error)) return String(error);
  const expected = error instanceof HeklaError || error instanceof UsageError || isFileError(error);
  const twin =
    error instanceof DataNotFoundError
      ? "\n  or use the built-in data, which need no files: --data synthetic"
      : "";
  return expected ? `${error.message}${twin}` : (error.stack ?? error.message);
}

/** A download that Ctrl-C ended. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && fileErrors.has((error as NodeJS.ErrnoException).code ?? "");
}
