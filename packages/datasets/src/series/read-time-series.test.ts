import { DataError } from "@hekla/tensor/errors";
import { describe, expect, it } from "vitest";
import { isoTime } from "./clock.js";
import { readTimeSeries } from "./read-time-series.js";

const read = (text: string, stepMinutes = 60) =>
  readTimeSeries(new TextEncoder().encode(text), {
    name: "use.csv",
    timeColumn: "time",
    columns: ["power", "heat"],
    stepMinutes,
  });

describe("readTimeSeries", () => {
  it("reads the wanted columns in the wanted order", () => {
    const series = read("heat,time,other,power\n1,2017-01-01 23:00,x,2\n3,1/2/2017 0:00,y,4\n");
    expect(series.columns).toEqual(["power", "heat"]);
    expect([...series.values.data]).toEqual([2, 1, 4, 3]);
    expect(Array.from(series.minutes, isoTime)).toEqual(["2017-01-01T23:00", "2017-01-02T00:00"]);
    expect(series.source).toBe("use.csv");
  });

  it.each<[string, string, string]>([
    ["a missing column", "time,power\n2017-01-01,1\n", '"heat"'],
    ["a gap", "time,power,heat\n2017-01-01,1,\n", "use.csv line 2"],
    ["text among numbers", "time,power,heat\n2017-01-01,1,2\n2017-01-01 1:00,much,2\n", "use.csv line 3"],
    ["no time", "time,power,heat\nsoon,1,2\n", 'use.csv line 2 column "time": got "soon"'],
    [
      "a missing row",
      "time,power,heat\n2017-01-01,1,2\n2017-01-01 2:00,1,2\n",
      'line 3 column "time": rows are missing or out of order, got 2017-01-01T02:00, expected 2017-01-01T01:00',
    ],
  ])("names file and line of %s", (_, text, message) => {
    expect(() => read(text)).toThrow(DataError);
    expect(() => read(text)).toThrow(message);
  });
});
