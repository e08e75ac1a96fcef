import type {
  Drawing,
  NetworkId,
  NetworkReport,
  ReaderReport,
  ReaderRequest,
  ReadingReport,
} from "./messages.js";

/** The page's side of the worker that reads drawings. */
export class Reader {
  /** Who reads. */
  network = $state<NetworkId>("mnist-cnn");
  networks = $state.raw<Readonly<Partial<Record<NetworkId, NetworkReport>>>>({});
  /** What the network makes of the drawing; nothing for a blank pad. */
  reading = $state.raw<ReadingReport>();
  problem = $state<string>();

  readonly #worker = new Worker(new URL("./reader-worker.ts", import.meta.url), { type: "module" });
  readonly #opening = new Set<NetworkId>();
  #drawing: Drawing | undefined;
  #busy = false;
  #stale = false;

  constructor() {
    this.#worker.addEventListener("message", ({ data }: MessageEvent<ReaderReport>) => this.#hear(data));
    this.#worker.addEventListener("error", ({ message }) => {
      this.problem = message || "The worker that reads digits did not start.";
    });
    this.choose("mnist-cnn");
  }

  choose(network: NetworkId): void {
    this.network = network;
    if (network !== "trained" && !this.#opening.has(network)) {
      this.#opening.add(network);
      this.#ask({ kind: "open", network });
    }
    this.#readAgain();
  }

  /** Has the drawing read; while a reading is under way only the last one waits. */
  show(drawing: Drawing | undefined): void {
    this.#drawing = drawing;
    if (drawing) this.#readAgain();
    else this.reading = undefined;
  }

  /** A port for a trainer: the reader takes over the networks that come through it. */
  connect(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#worker.postMessage({ kind: "listen", port: port1 } satisfies ReaderRequest, [port1]);
    return port2;
  }

  close(): void {
    this.#worker.terminate();
  }

  #ask(request: ReaderRequest): void {
    this.#worker.postMessage(request);
  }

  #readAgain(): void {
    const { network } = this;
    this.#stale = this.#busy;
    if (this.#busy || !this.#drawing || !this.networks[network]) return;
    this.#busy = true;
    this.#ask({ kind: "read", network, drawing: this.#drawing });
  }

  #hear(report: ReaderReport): void {
    switch (report.kind) {
      case "network":
        this.networks = { ...this.networks, [report.network]: report };
        if (report.network === this.network) this.#readAgain();
        return;
      case "reading":
        this.#busy = false;
        // The pad may have been cleared, or another network chosen, meanwhile.
        if (this.#drawing && report.network === this.network) this.reading = report;
        break;
      case "failure":
        this.#busy = false;
        this.problem = report.message;
        break;
    }
    if (this.#stale) this.#readAgain();
  }
}
