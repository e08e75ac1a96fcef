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
  /** The command: its kind, four numbers, the epoch that it is for, and one more number. */
  command: 448,
  /** Workers that have started; each takes the count before it as its number. */
  started: 512,
  /** Threads that take part; workers with higher numbers wait for it to grow. */
  admitted: 576,
  /** The epoch in which `admitted` grew last: the first command of who was admitted then is the next one. */
  admittedAt: 640,
  /** Lanes that threads have taken of those to be run side by side. */
  taken: 704,
} as const;

/**
 * Turns (0.5 ns each) that a thread waits before it goes to sleep. Waking it costs 10 to 70 us, so waiting that long for
 * the others pays, and in front of a command longer, since the JavaScript between two steps of training takes a few
 * tenths of a millisecond. Where cores are fewer than threads, spinning keeps the others from their work: after
 * `patience` vain waits in a row there are short ones only, but every `probe`th, so that what held the others up once
 * (sleep among it) is not taken for lasting.
 */
const spin = { short: 2_000, atBarrier: 200_000, atCommand: 1_000_000, patience: 4, probe: 16 } as const;

/**
 * Index of `barrier(threads)`: returns when that many threads have called it; traps when one of them failed.
 */
export const barrier = (module: ModuleBuilder): number =>
  module.once("barrier", () => {
    const history = historyOf(module);
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
        () => waitWhileEqual(f, history, spin.atBarrier, "generation", generation),
      );
      trapIfFailed(f);
    });
  });

/** Index of `nextCommand(seen)`: waits until the epoch is not `seen` and returns it. */
export const nextCommand = (module: ModuleBuilder): number =>
  module.once("nextCommand", () => {
    const history = historyOf(module);
    return module.function("nextCommand", ["i32"], ["i32"], (f) => {
      waitWhileEqual(f, history, spin.atCommand, "epoch", f.params[0]!);
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

/** Globals that a thread keeps of its waits in one place. */
interface History {
  readonly waits: number;
  /** Long waits in a row that did not suffice. */
  readonly vain: number;
}

const historyOf = (module: ModuleBuilder): History => ({
  waits: module.global("i32", 0, true),
  vain: module.global("i32", 0, true),
});

/**
 * Spins for some turns, then sleeps: the sleeper is counted first, and `wait32` looks at the word once more.
 */
function waitWhileEqual(
  f: FunctionBuilder,
  { waits, vain }: History,
  most: number,
  name: "epoch" | "generation",
  value: Local,
): void {
  const [word, sleepers] = [control[name], control[`${name}Sleepers`]];
  const long = f.local("i32");
  const left = f.local("i32");
  const count = (op: "i32.atomic.rmw.add" | "i32.atomic.rmw.sub") =>
    f.i32(0).i32(1).memory(op, sleepers).emit("drop");
  f.getGlobal(waits).i32(1).emit("i32.add").setGlobal(waits);
  f.getGlobal(waits).i32(spin.probe).emit("i32.rem_u", "i32.eqz");
  f.getGlobal(vain).i32(spin.patience).emit("i32.lt_s", "i32.or").set(long);
  f.i32(most).i32(spin.short).get(long).emit("select").set(left);
  f.block((changed) => {
    f.loop((again) => {
      load(f, word)
        .get(value)
        .emit("i32.ne")
        .if(() => {
          // A change within a short wait says nothing about long ones.
          f.get(long)
            .get(left)
            .i32(most - spin.short)
            .emit("i32.lt_s", "i32.and");
          f.if(() => f.i32(0).setGlobal(vain)).br(changed);
        });
      f.get(left).i32(1).emit("i32.sub").tee(left).brIf(again);
    });
    f.getGlobal(vain).get(long).emit("i32.add").setGlobal(vain);
    f.loop((again) => {
      if (name === "generation") trapIfFailed(f);
      count("i32.atomic.rmw.add");
      f.i32(0).get(value).i64(-1n).memory("memory.atomic.wait32", word).emit("drop");
      count("i32.atomic.rmw.sub");
      load(f, word).get(value).emit("i32.eq").brIf(again);
    });
  });
}
