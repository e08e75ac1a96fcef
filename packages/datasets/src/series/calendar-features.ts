import type { HostArray } from "@hekla/tensor";

/** Periods of the calendar that a time has a phase in. */
export type CalendarPeriod = "timeOfDay" | "dayOfWeek" | "dayOfYear";

const DAY = 24 * 60;

/** Where in its period a time is, 0 to 1. The week begins on Monday; 1970-01-01 was a Thursday. */
const phases: Readonly<Record<CalendarPeriod, (minutes: number) => number>> = {
  timeOfDay: (minutes) => fraction(minutes / DAY),
  dayOfWeek: (minutes) => fraction((minutes + 3 * DAY) / (7 * DAY)),
  dayOfYear: (minutes) => {
    const year = new Date(minutes * 60_000).getUTCFullYear();
    const [start, end] = [Date.UTC(year, 0) / 60_000, Date.UTC(year + 1, 0) / 60_000];
    return (minutes - start) / (end - start);
  },
};

const fraction = (value: number): number => value - Math.floor(value);

/**
 * Sine and cosine of the phase in each period, so that the end of a day, week or year is next to its
 * beginning: `sin(2 pi p)` and `cos(2 pi p)`, `p` from 0 at midnight, Monday 00:00 and January 1.
 *
 * @param minutes since 1970-01-01 00:00, as in `TimeSeries`.
 * @param periods default: all three.
 * @returns values `[time, 2 * periods]` float64 with their names, for `joinColumns`
 */
export function calendarFeatures(
  minutes: Float64Array,
  periods: readonly CalendarPeriod[] = ["timeOfDay", "dayOfWeek", "dayOfYear"],
): { columns: string[]; values: HostArray } {
  const width = 2 * periods.length;
  const data = new Float64Array(minutes.length * width);
  minutes.forEach((minute, row) => {
    periods.forEach((period, index) => {
      const angle = 2 * Math.PI * phases[period](minute);
      data[row * width + 2 * index] = Math.sin(angle);
      data[row * width + 2 * index + 1] = Math.cos(angle);
    });
  });
  const columns = periods.flatMap((period) => [`${period}Sin`, `${period}Cos`]);
  return { columns, values: { data, shape: [minutes.length, width] } };
}
