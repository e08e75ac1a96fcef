import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataError } from "@hekla/tensor/errors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataNotFoundError } from "../data-not-found-error.js";
import { toNpy } from "../files/npy.js";
import { isoTime } from "./clock.js";
import { dampedSine } from "./damped-sine.js";
import { electricityLD250, householdPower, tetouanPower } from "./power-data.js";
import { syntheticElectricity, syntheticHouseholdPower, syntheticTetouanPower } from "./synthetic-power.js";
import type { TimeSeries } from "./time-series.js";

let dataDir: string;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "hekla-power-"));
  await mkdir(join(dataDir, "power"));
});
afterAll(() => rm(dataDir, { recursive: true }));
const put = (file: string, content: string | Uint8Array) => writeFile(join(dataDir, "power", file), content);

const tetouan = "Tetuan City power consumption.csv";
const tetouanHead =
  "DateTime,temperature,humidity,wind speed,General diffuse flow,Diffuse flow,Total electricity";
const tetouanRows = [
  "1/1/2017 0:00,6,70,1,0.1,0.2,5",
  "1/1/2017 0:10,7,71,2,0.3,0.4,6",
  "1/1/2017 0:20,8,72,3,1,2,7",
];
const household = "household_power_consumption_days.csv";
const householdHead =
  "datetime,Global_active_power,Global_reactive_power,Voltage,Global_intensity,Sub_metering_1," +
  "Sub_metering_2,Sub_metering_3,sub_metering_4";

describe("files of electricity data", () => {
  test("Tetouan, with Windows line ends", async () => {
    await put(tetouan, [tetouanHead, ...tetouanRows, ""].join("\r\n"));
    const { minutes, columns, values, source } = await tetouanPower({ dataDir });
    expect([...minutes].map(isoTime)).toEqual(["2017-01-01T00:00", "2017-01-01T00:10", "2017-01-01T00:20"]);
    expect([columns.at(-1), values.shape]).toEqual(["Total electricity", [3, 6]]);
    expect([...values.data.subarray(6, 12)]).toEqual([7, 71, 2, 0.3, 0.4, 6]);
    expect(source).toBe(join(dataDir, "power", tetouan));
  });

  test("a household, without the first and the last day unless they are asked for", async () => {
    const days = [16, 17, 18, 19].map((day) => `2006-12-${day},${day},1,2,3,4,5,6,7`);
    await put(household, [householdHead, ...days].join("\n"));
    const whole = await householdPower({ dataDir });
    expect([...whole.minutes].map(isoTime)).toEqual(["2006-12-17T00:00", "2006-12-18T00:00"]);
    expect([...whole.values.data]).toEqual([17, 1, 2, 3, 4, 5, 6, 7, 18, 1, 2, 3, 4, 5, 6, 7]);
    expect((await householdPower({ dataDir, partialDays: true })).values.shape).toEqual([4, 8]);
  });

  test("a customer", async () => {
    await put("LD_250.npy", toNpy({ data: Float64Array.of(4, 5), shape: [2] }));
    const { minutes, values } = await electricityLD250({ dataDir });
    expect([isoTime(minutes[1]!), values]).toEqual([
      "2011-01-01T00:30",
      { data: Float64Array.of(4, 5), shape: [2, 1] },
    ]);
  });

  test.each<[string, readonly string[], string]>([
    [
      "a missing row",
      [tetouanRows[0]!, tetouanRows[2]!, tetouanRows[1]!],
      'line 3 column "DateTime": rows are missing',
    ],
    ["a gap", [...tetouanRows, "1/1/2017 0:30,8,,3,1,2,7"], 'line 5 column "humidity": a gap'],
    [
      "text",
      [...tetouanRows, "1/1/2017 0:30,8,1,3,1,2,x"],
      'line 5 column "Total electricity": no number, got "x"',
    ],
    [
      "no date",
      ["13/1/2017 0:00,6,70,1,0.1,0.2,5", ...tetouanRows],
      'line 2 column "DateTime": got "13/1/2017 0:00"',
    ],
    ["too few rows", tetouanRows.slice(1), "got 2 rows, expected at least 3"],
  ])("with %s are refused", async (_, rows, message) => {
    await put(tetouan, [tetouanHead, ...rows].join("\n"));
    await expect(tetouanPower({ dataDir })).rejects.toThrow(DataError);
    await expect(tetouanPower({ dataDir })).rejects.toThrow(`${tetouan} `.trim());
    await expect(tetouanPower({ dataDir })).rejects.toThrow(message);
  });

  test("with a missing column, of another shape or not there are refused", async () => {
    await put(household, "datetime,Voltage\n2006-12-16,1\n");
    await expect(householdPower({ dataDir })).rejects.toThrow(
      'line 1: a column is missing, got "datetime", "Voltage"',
    );
    await put("LD_250.npy", toNpy({ data: new Float64Array(4), shape: [2, 2] }));
    await expect(electricityLD250({ dataDir })).rejects.toThrow(
      "LD_250.npy: got float64 [2,2], expected numbers [time]",
    );
    await put("LD_250.npy", toNpy({ data: Float32Array.of(1, Number.NaN), shape: [2] }));
    await expect(electricityLD250({ dataDir })).rejects.toThrow("element 1 is not finite, got NaN");
    const missing = tetouanPower({ dataDir: join(dataDir, "nowhere") });
    await expect(missing).rejects.toThrow(DataNotFoundError);
    await expect(missing).rejects.toThrow("syntheticTetouanPower() needs no file");
  });
});

/** Mean squared difference of rows `lag` apart, over twice the variance: 0 where it repeats. */
function change({ columns, values }: TimeSeries, column: number, lag: number): number {
  const width = columns.length;
  const data = Float64Array.from(
    { length: values.data.length / width },
    (_, i) => values.data[i * width + column]!,
  );
  const mean = data.reduce((sum, x) => sum + x, 0) / data.length;
  const variance = data.reduce((sum, x) => sum + (x - mean) ** 2, 0) / data.length;
  const later = data.subarray(lag).reduce((sum, x, i) => sum + (x - data[i]!) ** 2, 0) / (data.length - lag);
  return later / (2 * variance);
}

describe("synthetic twins", () => {
  const twins = { syntheticTetouanPower, syntheticHouseholdPower, syntheticElectricity };
  test.each(Object.entries(twins))("%s: the seed decides, and a longer one begins alike", (_, twin) => {
    const week = twin({ days: 7, seed: 3 });
    expect(twin({ days: 7, seed: 3 })).toEqual(week);
    expect(twin({ days: 7, seed: 4 }).values).not.toEqual(week.values);
    const longer = twin({ days: 9, seed: 3 }).values.data.subarray(0, week.values.data.length);
    expect(longer).toEqual(week.values.data);
    expect(week.values.data.every(Number.isFinite)).toBe(true);
    expect(() => twin({ days: 0 })).toThrow("got 0 days, seed 0, expected a number of days from 1");
  });

  test("have the rows of the real data, and repeat by day and week", () => {
    const city = syntheticTetouanPower();
    expect(city.values.shape).toEqual([52_416, 6]);
    expect(change(city, 5, 144)).toBeLessThan(0.1);
    expect(change(city, 5, 72)).toBeGreaterThan(0.8);
    const home = syntheticHouseholdPower();
    expect(home.values.shape).toEqual([1440, 8]);
    expect(change(home, 0, 7)).toBeLessThan(change(home, 0, 4));
    const customer = syntheticElectricity();
    expect(customer.values.shape).toEqual([960, 1]);
    expect(change(customer, 0, 96)).toBeLessThan(0.3);
  });

  test("a damped sine is what it says, with noise of the seed", () => {
    const { values } = dampedSine({ samples: 201, period: 40, decay: 0.5, amplitude: 2, phase: 0.3 });
    for (const t of [0, 1, 57, 200]) {
      expect(values.data[t]).toBeCloseTo(2 * 0.5 ** (t / 40) * Math.sin((2 * Math.PI * t) / 40 + 0.3), 14);
    }
    const noisy = dampedSine({ noise: 0.1, seed: 5 }).values.data;
    expect(dampedSine({ noise: 0.1, seed: 5 }).values.data).toEqual(noisy);
    const clean = dampedSine().values.data;
    const squares = [...noisy].reduce((sum, value, t) => sum + (value - clean[t]!) ** 2, 0);
    expect(Math.sqrt(squares / 1000)).toBeCloseTo(0.1, 2);
    expect(() => dampedSine({ period: 0 })).toThrow("dampedSine: got samples 1000, period 0");
  });
});

describe.runIf(process.env.HEKLA_DATA_DIR)("the real files", () => {
  test("have the published rows and ranges", async () => {
    const city = await tetouanPower();
    expect([city.values.shape, isoTime(city.minutes.at(-1)!)]).toEqual([[52_416, 6], "2017-12-30T23:50"]);
    const use = [...city.values.data].filter((_, i) => i % 6 === 5);
    expect([Math.min(...use), Math.max(...use)].map((value) => value.toFixed(2))).toEqual([
      "36785.04",
      "134208.15",
    ]);
    const home = await householdPower();
    expect([home.values.shape, isoTime(home.minutes[0]!)]).toEqual([[1440, 8], "2006-12-17T00:00"]);
    const { data } = (await electricityLD250()).values;
    const mean = [...data].reduce((sum, value) => sum + value, 0) / 1000;
    expect([data.length, mean.toFixed(2)]).toEqual([1000, "79.38"]);
  });
});
