import { DataError } from "@hekla/tensor/errors";
import { itemRandom } from "../counter-random.js";
import { calendarFeatures } from "./calendar-features.js";
import { minutesOf } from "./clock.js";
import { HOUSEHOLD_COLUMNS, quarterHours, TETOUAN_COLUMNS } from "./power-data.js";
import { columnsOf, type TimeSeries } from "./time-series.js";

/** Length and seed of a synthetic twin. */
export interface SyntheticPowerOptions {
  /** Days from the first day of the real data on. */
  readonly days?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** The random stream of power, "powr", and the numbers of what is drawn from it. */
const STREAM = 0x706f7772;
const DAY = 24 * 60;

/**
 * Weather-like noise: each value is `memory` times the one before it and something new; standard deviation 1.
 */
function drift(rows: number, memory: number, seed: number, item: number): Float64Array {
  const random = itemRandom(seed, STREAM);
  random.seek(item);
  const fresh = Math.sqrt(1 - memory * memory);
  let value = random.bell();
  return Float64Array.from({ length: rows }, () => {
    value = memory * value + fresh * random.bell();
    return value;
  });
}

/** Times, and sine and cosine of each at the time of day, in the week and in the year. */
function clockOf(owner: string, start: string, step: number, options: SyntheticPowerOptions, days: number) {
  const { days: wanted = days, seed = 0 } = options;
  if (!Number.isSafeInteger(wanted) || wanted < 1 || !Number.isSafeInteger(seed)) {
    throw new DataError(
      `${owner}: got ${wanted} days, seed ${seed}, expected a number of days from 1 and an integer`,
    );
  }
  const rows = Math.floor((wanted * DAY) / step);
  const first = minutesOf(start);
  const minutes = Float64Array.from({ length: rows }, (_, row) => first + step * row);
  const { values } = calendarFeatures(minutes);
  const phase = (row: number): readonly number[] => [...values.data.subarray(6 * row, 6 * row + 6)];
  const columns = (count: number, at: (row: number, phase: readonly number[]) => number[]) => {
    const parts = Array.from({ length: count }, () => new Float64Array(rows));
    for (let row = 0; row < rows; row += 1) {
      for (const [column, value] of at(row, phase(row)).entries()) parts[column]![row] = value;
    }
    return parts;
  };
  // Saturday and Sunday; 1970-01-01 was a Thursday.
  const weekend = (row: number): boolean => (Math.floor(minutes[row]! / DAY) + 3) % 7 > 4;
  return { minutes, rows, seed, columns, weekend };
}

/**
 * A stand-in for `tetouanPower()`: the same columns, step and rough size, made of a yearly, weekly and daily
 * rhythm, a trend, and weather that wanders; use follows the weather, warm evenings most of all.
 *
 * @param options.days default 364, as the real data have.
 */
export function syntheticTetouanPower(options: SyntheticPowerOptions = {}): TimeSeries {
  const clock = clockOf("syntheticTetouanPower", "2017-01-01", 10, options, 364);
  const { minutes, rows, seed, weekend } = clock;
  const noise = [0.998, 0.99, 0.95, 0.9, 0.985, 0.5].map((memory, item) => drift(rows, memory, seed, item));
  const parts = clock.columns(
    TETOUAN_COLUMNS.length,
    (row, [daySin = 0, dayCos = 0, , , yearSin = 0, yearCos = 0]) => {
      const [warmth, damp, gusts, clouds, mood, jitter] = noise.map((values) => values[row]!) as [
        number,
        number,
        number,
        number,
        number,
        number,
      ];
      const temperature = 18.5 - 6 * yearCos - 2.5 * yearSin - 3 * dayCos - 1.5 * daySin + 2 * warmth;
      const humidity = Math.min(Math.max(68 - 1.5 * (temperature - 18) + 9 * damp, 10), 100);
      const wind = 0.08 + 4.8 / (1 + Math.exp(-4 * (gusts - yearCos - 0.4)));
      const sun = Math.max(-dayCos - 0.15 + 0.25 * -yearCos, 0);
      const general = 0.06 + 800 * sun * Math.min(Math.max(0.75 + 0.25 * clouds, 0.1), 1);
      const diffuse = 0.1 + general * Math.min(Math.max(0.4 - 0.2 * clouds, 0.1), 0.9);
      // The second harmonic of the day makes the peak of the evening: sin 2a = 2 sin a cos a.
      const day =
        -11_000 * daySin - 9_000 * dayCos - 9_000 * 2 * daySin * dayCos + 3_000 * (2 * dayCos * dayCos - 1);
      const heat = 900 * Math.max(temperature - 20, 0) + 150 * Math.max(14 - temperature, 0);
      const trend = (6 * row) / 144;
      const use = 66_000 + day - 4_000 * yearCos + heat + trend - (weekend(row) ? 3_500 : 0);
      return [temperature, humidity, wind, general, diffuse, use + 1_800 * mood + 250 * jitter];
    },
  );
  const source = `synthetic Tetouan power, seed ${seed}`;
  return { minutes, columns: TETOUAN_COLUMNS, values: columnsOf(parts), source };
}

/**
 * A stand-in for `householdPower()`: the same columns, daily sums with a winter peak, busier weekends and
 * days that resemble the day before.
 *
 * @param options.days default 1 440, as the real data have.
 */
export function syntheticHouseholdPower(options: SyntheticPowerOptions = {}): TimeSeries {
  const clock = clockOf("syntheticHouseholdPower", "2006-12-17", DAY, options, 1440);
  const { minutes, rows, seed, weekend } = clock;
  const noise = [0.6, 0.5, 0.8, 0.1, 0.1, 0.3].map((memory, item) => drift(rows, memory, seed, 8 + item));
  const parts = clock.columns(HOUSEHOLD_COLUMNS.length, (row, [, , , , yearSin = 0, yearCos = 0]) => {
    const [mood, reactive, grid, kitchen, laundry, heater] = noise.map((values) => values[row]!) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const season = 1 + 0.38 * yearCos + 0.05 * yearSin - 0.00003 * row;
    const active = Math.max(1_540 * season * (1 + (weekend(row) ? 0.22 : -0.05) + 0.24 * mood), 250);
    const voltage = 1440 * (240.8 + 1.5 * grid);
    const current = (active / voltage) * 1440 * 1000 * 1.02;
    const meters = [
      1_600 * (1 + 0.8 * kitchen),
      1_850 * (1 + 0.9 * laundry),
      9_200 * season * (1 + 0.3 * heater),
    ];
    const [first, second, third] = meters.map((meter) => Math.max(meter, 0)) as [number, number, number];
    // Sums of kW over minutes are kW minutes; a thousand of them in 60 are watt hours.
    const rest = Math.max((active * 1000) / 60 - first - second - third, 0);
    return [active, 178 + 25 * reactive, voltage, current, first, second, third, rest];
  });
  const source = `synthetic household power, seed ${seed}`;
  return { minutes, columns: HOUSEHOLD_COLUMNS, values: columnsOf(parts), source };
}

/**
 * A stand-in for `electricityLD250()`: quarter-hour readings with a day's rhythm, quieter weekends and noise
 * that wanders.
 *
 * @param options.days default 10; the real data have ten and a half.
 */
export function syntheticElectricity(options: SyntheticPowerOptions = {}): TimeSeries {
  const clock = clockOf("syntheticElectricity", "2011-01-01", 15, options, 10);
  const { rows, seed, weekend } = clock;
  const [slow, fast] = [drift(rows, 0.97, seed, 16), drift(rows, 0.3, seed, 17)];
  const [power] = clock.columns(1, (row, [daySin = 0, dayCos = 0]) => {
    const day = -16 * daySin - 12 * dayCos - 14 * daySin * dayCos;
    return [Math.max(80 + day - (weekend(row) ? 6 : 0) + 4.5 * slow[row]! + 2 * fast[row]!, 0)];
  });
  return quarterHours(power!, `synthetic electricity, seed ${seed}`);
}
