import { type BackendName, backendNames } from "../../backends.js";
import { Curves } from "./curves.js";
import type {
  BeginReport,
  EndReport,
  ModelId,
  Settings,
  StepReport,
  TrainerReport,
  TrainerRequest,
  UnseenReport,
} from "./messages.js";

/** Whether a backend runs here: on what, or why not. */
export type Availability = { readonly hardware: string } | { readonly reason: string };

/** Measured time of a training step. */
export interface StepTime {
  readonly model: ModelId;
  readonly batchSize: number;
  readonly backend: BackendName;
  readonly milliseconds: number;
}

type Work = Exclude<TrainerRequest, { kind: "stop" }>;

/** The page's side of the workers that train: what is under way, and what came of it. */
export class Trainer {
  phase = $state<"idle" | "training" | "timing">("idle");
  backends = $state.raw<Readonly<Partial<Record<BackendName, Availability>>>>({});
  stepTimes = $state.raw<readonly StepTime[]>([]);
  curves = $state.raw(new Curves(10, 1));
  begun = $state.raw<BeginReport>();
  step = $state.raw<StepReport>();
  unseen = $state.raw<UnseenReport>();
  /** Set once a training has ended. */
  outcome = $state.raw<EndReport>();
  /** The backend being timed. */
  timed = $state<BackendName>();
  problem = $state<string>();
  #worker: Worker | undefined;
  #stopped = false;

  /** @param connect gives a port to the reader, who takes over what is trained */
  constructor(private readonly connect: () => MessagePort) {}

  /** Finds out which backends run here, one after the other. */
  async probe(): Promise<void> {
    for (const backend of backendNames) await this.#run({ kind: "probe", backend });
  }

  async train(model: ModelId, backend: BackendName, config: Settings): Promise<void> {
    this.begun = this.step = this.outcome = this.problem = undefined;
    this.phase = "training";
    await this.#run({ kind: "train", model, backend, config, reader: this.connect() });
    this.phase = "idle";
  }

  /** Takes the time of a step on every backend there is. */
  async timeAll(model: ModelId, config: Settings): Promise<void> {
    this.problem = undefined;
    this.phase = "timing";
    this.#stopped = false;
    for (const backend of backendNames) {
      if (this.#stopped || !this.runs(backend)) continue;
      this.timed = backend;
      await this.#run({ kind: "time", model, backend, config });
    }
    this.timed = undefined;
    this.phase = "idle";
  }

  /** Whether the backend is known to run here. */
  runs(backend: BackendName): boolean {
    const found = this.backends[backend];
    return found !== undefined && "hardware" in found;
  }

  stop(): void {
    this.#stopped = true;
    this.#worker?.postMessage({ kind: "stop" } satisfies TrainerRequest);
  }

  close(): void {
    this.#worker?.terminate();
  }

  /** Has a new worker do it; resolves when it is done, one way or the other. */
  #run(work: Work): Promise<void> {
    const worker = new Worker(new URL("./trainer-worker.ts", import.meta.url), { type: "module" });
    if (work.kind !== "probe") this.#worker = worker;
    return new Promise<void>((resolve) => {
      worker.addEventListener("message", ({ data }: MessageEvent<TrainerReport>) => {
        this.#hear(data, work);
        if (data.kind === "done" || data.kind === "failure") resolve();
      });
      worker.addEventListener("error", ({ message }) => {
        this.problem = message || "The worker that trains did not start.";
        resolve();
      });
      worker.postMessage(work, "reader" in work && work.reader ? [work.reader] : []);
    }).finally(() => worker.terminate());
  }

  #hear(report: TrainerReport, work: Work): void {
    const { backend } = work;
    switch (report.kind) {
      case "backend":
        this.backends = { ...this.backends, [backend]: { hardware: report.hardware } };
        return;
      case "refused":
        this.backends = { ...this.backends, [backend]: { reason: report.reason } };
        if (work.kind !== "probe") this.problem = report.reason;
        return;
      case "begin":
        this.begun = report;
        this.curves = new Curves(report.epochs, report.stepsPerEpoch);
        return;
      case "step":
        this.step = report;
        this.curves = this.curves.withStep(report);
        return;
      case "epoch":
        this.curves = this.curves.withEpoch(report.epoch, report.figures);
        return;
      case "unseen":
        this.unseen = report.digits;
        return;
      case "stepTime":
        if (work.kind !== "probe") this.#keepTime(work, report.milliseconds);
        return;
      case "end":
        this.outcome = report;
        return;
      case "failure":
        this.problem = report.message;
    }
  }

  #keepTime({ model, backend, config }: Exclude<Work, { kind: "probe" }>, milliseconds: number): void {
    const batchSize = Number(config["batchSize"]);
    const others = this.stepTimes.filter(
      (time) => time.model !== model || time.batchSize !== batchSize || time.backend !== backend,
    );
    this.stepTimes = [...others, { model, batchSize, backend, milliseconds }];
  }
}
