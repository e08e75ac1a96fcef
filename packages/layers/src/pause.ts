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
