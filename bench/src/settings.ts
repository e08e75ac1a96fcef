/** How something is to be measured, as the command line says; undefined is the work's own number. */
export interface Settings {
  /** The folder bench/. */
  bench: string;
  threads: number;
  rounds: number | undefined;
  steps: number | undefined;
  warmup: number;
  batch: number | undefined;
  sizes: readonly number[] | undefined;
  only: readonly string[] | undefined;
  slow: boolean;
  pytorch: boolean;
  python: string;
  progress: (line: string) => void;
}
