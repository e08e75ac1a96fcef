import { describe, expect, it } from "vitest";
import type { Command } from "./commands.js";
import type { Chunk } from "./heap.js";
import { Journal } from "./journal.js";

const chunk = { bytes: 256 } as Chunk; // cast: no test looks at its buffer
const write = (value: number): Command => ({
  kind: "write",
  to: { region: { chunk, offset: 0, bytes: 256 }, size: 1, dtype: "float32" },
  data: Float32Array.of(value),
});
const values = (journal: Journal): number[] =>
  journal.commands.map((command) => (command.kind === "write" ? command.data[0]! : Number.NaN));
const snapshot = { contents: new Map() };

describe("a journal", () => {
  it("goes on from a snapshot with what came while that was made", () => {
    const journal = new Journal();
    journal.add(write(1));
    const begun = journal.begin();
    journal.add(write(2));
    journal.restart(snapshot, begun);
    expect(values(journal)).toEqual([2]);
    expect(journal.complete).toBe(true);
  });

  it("that had to forget is complete again only from a snapshot on, with nothing left out since", () => {
    const journal = new Journal(8);
    for (const value of [1, 2, 3]) journal.add(write(value));
    expect(journal.complete).toBe(false);
    journal.add(write(4));
    expect(values(journal)).toEqual([]);
    const begun = journal.begin();
    journal.add(write(5));
    expect(journal.complete).toBe(false);
    journal.restart(snapshot, begun);
    expect(journal.complete).toBe(true);
    expect(values(journal)).toEqual([5]);
  });

  it("that forgets while a snapshot is made stays incomplete", () => {
    const journal = new Journal(8);
    const begun = journal.begin();
    for (const value of [1, 2, 3]) journal.add(write(value));
    journal.restart(snapshot, begun);
    expect(journal.complete).toBe(false);
  });
});
