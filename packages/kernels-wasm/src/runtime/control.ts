import type { FunctionBuilder, Local, ModuleBuilder } from "../assembler/index.js";

/**
 * Words that threads talk through, each on its own cache line, in the first bytes of the memory. `epoch`
 * counts commands; `arrived` and `generation` make the barrier; sleepers are counted so that nobody wakes
 * nobody.
 */
export const control = {
  epoch: 64,
  epochSleepers: 128,
  arrived: 192,
  generation: 256,
  generationSleepers: 320,
  /** Not 0: a thread has trapped, and the others must not wait for it. */
  failed: 384,
  /** The command: its kind and four numbers. */
  command: 448,
  /** Workers that have started; each takes the count before it as its number. */
  started: 512,
  /** Threads that take part; workers with higher numbers wait for it to grow. */
  admitted: 576,
  /** The epoch in which `admitted` grew last: the first command of who was admitted then is the next one. */
  admittedAt: 640,
} as const;

/** Bytes at the start of the memory that are not given out. */
export const controlBytes = 1024;

/**
 * Turns (0.5 ns each) that a thread waits before it goes to sleep. Waking it costs 10 to 70 us, so on an
 * idle machine spinning longer than that pays; where cores are fewer than threads it only keeps the others
 * from their work. So the limit adapts: halved when it did not suffice, raised by a quarter when it did.
 */
const spinTurns = { least: 2_000, most: 200_000 } as const;

/**
 * Index of `barrier(threads)`: returns when that many threads have called it; traps when one of them failed.
 */
export const barrier = (module: ModuleBuilder): number =>
  module.once("barrier", () => {
    const spinLimit = module.global("i32", spinTurns.most, true);
    return module.function("barrier", ["i32"], [], (f) => {
      const threads = f.params[0]!;
      const generation = f.local("i32");
      load(f, control.generation).set(generation);
      f.i32(0).i32(1).memory("i32.atomic.rmw.add", control.arrived).i32(1).emit("i32.add").get(threads);
      f.emit("i32.eq").if(
        () => {
          // Last to arrive: nobody counts before the generation changes.
          f.i32(0).i32(0).memory("i32.atomic.store", control.arrived);
          f.i32(0).i32(1).memory("i32.atomic.rmw.add", control.generation).emit("drop");
          wake(f, control.generation, control.generationSleepers);
        },
        () => waitWhileEqual(f, spinLimit, control.generation, control.generationSleepers, generation),
      );
      trapIfFailed(f);
    });
  });

/** Index of `nextCommand(seen)`: waits until the epoch is not `seen` and returns it. */
export const nextCommand = (module: ModuleBuilder): number =>
  module.once("nextCommand", () => {
    const spinLimit = module.global("i32", spinTurns.most, true);
    return module.function("nextCommand", ["i32"], ["i32"], (f) => {
      waitWhileEqual(f, spinLimit, control.epoch, control.epochSleepers, f.params[0]!, false);
      load(f, control.epoch);
    });
  });

/** Index of `announce()`: starts a new epoch. */
export const announce = (module: ModuleBuilder): number =>
  module.once("announce", () =>
    module.function("announce", [], [], (f) => {
      f.i32(0).i32(1).memory("i32.atomic.rmw.add", control.epoch).emit("drop");
      wake(f, control.epoch, control.epochSleepers);
    }),
  );

/** Index of `fail()`: marks the pool as failed and frees everybody who waits at a barrier. */
export const fail = (module: ModuleBuilder): number =>
  module.once("fail", () =>
    module.function("fail", [], [], (f) => {
      f.i32(0).i32(1).memory("i32.atomic.store", control.failed);
      f.i32(0).i32(1).memory("i32.atomic.rmw.add", control.generation).emit("drop");
      f.i32(0).i32(-1).memory("memory.atomic.notify", control.generation).emit("drop");
    }),
  );

const load = (f: FunctionBuilder, word: number): FunctionBuilder => f.i32(0).memory("i32.atomic.load", word);

function wake(f: FunctionBuilder, word: number, sleepers: number): void {
  load(f, sleepers).if(() => f.i32(0).i32(-1).memory("memory.atomic.notify", word).emit("drop"));
}

function trapIfFailed(f: FunctionBuilder): void {
  load(f, control.failed).if(() => f.emit("unreachable"));
}

/**
 * Spins for some turns, then sleeps: the sleeper is counted first, and `wait32` looks at the word once more.
 */
function waitWhileEqual(
  f: FunctionBuilder,
  spinLimit: number,
  word: number,
  sleepers: number,
  value: Local,
  mayFail = true,
): void {
  const left = f.local("i32");
  const count = (op: "i32.atomic.rmw.add" | "i32.atomic.rmw.sub") =>
    f.i32(0).i32(1).memory(op, sleepers).emit("drop");
  const adapt = (change: () => void) => {
    f.getGlobal(spinLimit);
    change();
    f.tee(left).i32(spinTurns.least).get(left).i32(spinTurns.least).emit("i32.gt_s", "select").tee(left);
    f.i32(spinTurns.most).get(left).i32(spinTurns.most).emit("i32.lt_s", "select").setGlobal(spinLimit);
  };
  f.block((changed) => {
    f.getGlobal(spinLimit).set(left);
    f.loop((again) => {
      load(f, word)
        .get(value)
        .emit("i32.ne")
        .if(() => {
          adapt(() => f.getGlobal(spinLimit).i32(2).emit("i32.shr_s", "i32.add"));
          f.br(changed);
        });
      f.get(left).i32(1).emit("i32.sub").tee(left).brIf(again);
    });
    adapt(() => f.i32(1).emit("i32.shr_s"));
    f.loop((again) => {
      if (mayFail) trapIfFailed(f);
      count("i32.atomic.rmw.add");
      f.i32(0).get(value).i64(-1n).memory("memory.atomic.wait32", word).emit("drop");
      count("i32.atomic.rmw.sub");
      load(f, word).get(value).emit("i32.eq").brIf(again);
    });
  });
}
