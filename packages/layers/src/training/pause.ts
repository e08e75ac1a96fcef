type Later = (callback: () => void) => void;

/**
 * Lets the event loop turn once, so that signals, timers and pages stay alive in a long computation. Not `setTimeout`:
 * browsers make it wait 4 ms.
 */
export function pause(): Promise<void> {
  const immediate = (globalThis as { setImmediate?: Later }).setImmediate;
  return new Promise((resolve) => {
    if (immediate) {
      immediate(resolve);
      return;
    }
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      resolve();
    };
    channel.port2.postMessage(undefined);
  });
}

/** How long steps may follow each other before the device is waited for and the event loop gets its turn. */
const pauseMilliseconds = 50;

/** When a long loop, `fit`'s or one by hand, should let others run: every 50 ms. */
export class Pauses {
  #last: number;

  /** @param atOnce whether the first pause is due at once */
  constructor(atOnce = false) {
    this.#last = atOnce ? Number.NEGATIVE_INFINITY : performance.now();
  }

  /** Whether it is time. */
  due(): boolean {
    return performance.now() - this.#last >= pauseMilliseconds;
  }

  /** Lets the event loop turn once. */
  async take(): Promise<void> {
    await pause();
    this.#last = performance.now();
  }
}
