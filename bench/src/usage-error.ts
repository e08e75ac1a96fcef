/** The command line is wrong: shown with the usage, exit code 2. */
export class UsageError extends Error {}
