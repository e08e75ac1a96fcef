import { DataNotFoundError, type DownloadProgress, environmentDataDir } from "@hekla/datasets";

/** Where a model's data may come from; an app says. */
export interface DataOptions {
  /** Folder with the data sets. Default: the environment variable HEKLA_DATA_DIR. */
  readonly dataDir?: string;
  /**
   * Whether made-up data take the place of real ones: `"always"`, `"standIn"` (where no folder is named and nothing is at
   * hand), or `"never"` (default).
   */
  readonly synthetic?: "always" | "standIn" | "never";
  /** Whether what may be fetched from the net (MNIST) is. Default true, but never where made-up data may stand in. */
  readonly download?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** What a loader of real data is given. */
export type LoaderOptions = Pick<DataOptions, "dataDir" | "download" | "signal" | "onProgress">;

/** Gives models their data: real ones, or the synthetic twin that each data set has. What was loaded is kept. */
export class DataSource {
  readonly #kept = new Map<string, Promise<unknown>>();

  constructor(readonly options: DataOptions = {}) {}

  /**
   * The data set `name`: what `real` loads, or `twin` makes where the options ask for that. One name is loaded once.
   * @throws DataNotFoundError where there are no real data and no twin may stand in
   */
  load<T>(
    name: string,
    real: (options: LoaderOptions) => Promise<T>,
    twin: () => T | Promise<T>,
  ): Promise<T> {
    const kept = this.#kept.get(name) ?? this.#load(real, twin);
    this.#kept.set(name, kept);
    return kept as Promise<T>; // cast: whoever names a data set says what it is
  }

  async #load<T>(real: (options: LoaderOptions) => Promise<T>, twin: () => T | Promise<T>): Promise<T> {
    const { synthetic = "never", ...options } = this.options;
    if (synthetic === "always") return twin();
    const mayStandIn = synthetic === "standIn";
    try {
      return await real(mayStandIn ? { ...options, download: false } : options);
    } catch (error) {
      if (!(error instanceof DataNotFoundError)) throw error;
      // A folder that was named but does not serve is a mistake to be told, not to be papered over.
      const named = options.dataDir !== undefined || environmentDataDir() !== undefined;
      if (mayStandIn && !named) return twin();
      throw error;
    }
  }
}
