import { DataError } from "@hekla/tensor/errors";
import { readNpy } from "../files/npy.js";
import { findFile } from "../find-file.js";
import { minutesOf } from "./clock.js";
import { readTimeSeries } from "./read-time-series.js";
import { columnsOf, type TimeSeries } from "./time-series.js";

/** Where the files of the electricity data are. */
export interface PowerDataOptions {
  /** Folder with the files, themselves or in `power/`. Default: the variable HEKLA_DATA_DIR. */
  readonly dataDir?: string;
}

/** Names of the columns of `tetouanPower`, as the file has them; the last one is what is forecast. */
export const TETOUAN_COLUMNS = [
  "temperature",
  "humidity",
  "wind speed",
  "General diffuse flow",
  "Diffuse flow",
  "Total electricity",
] as const;

/** Names of the columns of `householdPower`, as the file has them; the first one is what is forecast. */
export const HOUSEHOLD_COLUMNS = [
  "Global_active_power",
  "Global_reactive_power",
  "Voltage",
  "Global_intensity",
  "Sub_metering_1",
  "Sub_metering_2",
  "Sub_metering_3",
  "sub_metering_4",
] as const;

/**
 * Weather and electricity use of the city of Tetouan in 2017: 52 416 rows, one each ten minutes, without a
 * gap.
 *
 * Columns: degrees Celsius, percent, metres per second, two radiation flows, and the use of all three zones
 * together, kW. File: `Tetuan City power consumption.csv`.
 *
 * @throws DataNotFoundError if it is not there, DataError that names file and line if it is broken or rows
 * are missing
 *
 * Source: A. Salam, A. El Hibaoui, "Comparison of machine learning algorithms for the power consumption
 * prediction: case study of Tetouan city", 2018; UCI Machine Learning Repository, CC BY 4.0.
 */
export function tetouanPower(options: PowerDataOptions = {}): Promise<TimeSeries> {
  const file = "Tetuan City power consumption.csv";
  return readSeries(
    "tetouanPower",
    file,
    "DateTime",
    TETOUAN_COLUMNS,
    10,
    options,
    "syntheticTetouanPower()",
  );
}

/** Where the files are, and which days count. */
export interface HouseholdPowerOptions extends PowerDataOptions {
  /** Whether the first and the last day, which were measured in part only, are kept. Default false. */
  readonly partialDays?: boolean;
}

/**
 * Electricity use of one household in Sceaux near Paris by day, 2006-12-17 to 2010-11-25: 1 440 rows of sums
 * over the minutes of each day.
 *
 * Columns: active power (kW), reactive power (kW), voltage (V), current (A), three sub-meters (Wh) and what
 * is left of the active energy (Wh). File: `household_power_consumption_days.csv`.
 *
 * @throws DataNotFoundError if it is not there, DataError that names file and line if it is broken or days
 * are missing
 *
 * Source: G. Hebrail, A. Berard, "Individual household electric power consumption", 2012; UCI Machine
 * Learning Repository, CC BY 4.0; sums by day: J. Brownlee, "Deep Learning for Time Series Forecasting",
 * 2018.
 */
export async function householdPower(options: HouseholdPowerOptions = {}): Promise<TimeSeries> {
  const file = "household_power_consumption_days.csv";
  const twin = "syntheticHouseholdPower()";
  const owner = "householdPower";
  const series = await readSeries(owner, file, "datetime", HOUSEHOLD_COLUMNS, DAY, options, twin);
  if (options.partialDays) return series;
  const width = series.columns.length;
  const data = series.values.data.subarray(width, -width);
  return {
    ...series,
    minutes: series.minutes.subarray(1, -1),
    values: { data, shape: [data.length / width, width] },
  };
}

/**
 * The first 1 000 quarter-hour readings (kW) of one of 370 customers, a little over ten days; 96 readings
 * make a day.
 *
 * The file holds no times; they are counted from 2011-01-01 00:15, where the published table begins. Column:
 * `power`. File: `LD_250.npy`.
 *
 * @throws DataNotFoundError if it is not there, DataError if it is no NPY file of numbers `[time]`
 *
 * Source: A. Trindade, "ElectricityLoadDiagrams20112014", 2015; UCI Machine Learning Repository, CC BY 4.0.
 */
export async function electricityLD250(options: PowerDataOptions = {}): Promise<TimeSeries> {
  const { bytes, path } = await find("electricityLD250", "LD_250.npy", options, "syntheticElectricity()");
  const { data, shape, dtype } = readNpy(bytes, { name: path });
  if (
    data instanceof BigInt64Array ||
    data instanceof BigUint64Array ||
    shape.length !== 1 ||
    data.length === 0
  ) {
    throw new DataError(`electricityLD250: ${path}: got ${dtype} [${shape}], expected numbers [time]`);
  }
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new DataError(
      `electricityLD250: ${path}: element ${bad} is not finite, got ${data[bad]}, expected numbers`,
    );
  }
  return quarterHours(Float64Array.from(data as ArrayLike<number>), path);
}

const DAY = 24 * 60;

/** Readings of one customer as a series, from 2011-01-01 00:15 on. */
export function quarterHours(power: Float64Array, source: string): TimeSeries {
  const start = minutesOf("2011-01-01 00:15");
  return {
    minutes: Float64Array.from(power, (_, row) => start + 15 * row),
    columns: ["power"],
    values: columnsOf([power]),
    source,
  };
}

function find(dataset: string, file: string, { dataDir }: PowerDataOptions, twin: string) {
  const folder = dataDir === undefined ? {} : { dataDir };
  return findFile([`power/${file}`, file], { dataset, twin, ...folder });
}

async function readSeries(
  owner: string,
  file: string,
  timeColumn: string,
  columns: readonly string[],
  stepMinutes: number,
  options: PowerDataOptions,
  twin: string,
): Promise<TimeSeries> {
  const { bytes, path } = await find(owner, file, options, twin);
  const series = readTimeSeries(bytes, { name: path, timeColumn, columns, stepMinutes, owner });
  const rows = series.minutes.length;
  if (rows < 3) throw new DataError(`${owner}: ${path}: got ${rows} rows, expected at least 3`);
  return series;
}
