import { DataError } from "@hekla/tensor/errors";

/**
 * How the files of data sets write times: `2006-12-16`, `2006-12-16 17:24`, `2006-12-16T17:24`; or month
 * first.
 */
const ISO = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2}))?$/;
const AMERICAN = /^(\d{1,2})\/(\d{1,2})\/(\d{4})(?:[T ](\d{1,2}):(\d{2}))?$/;

/**
 * Minutes since 1970-01-01 00:00 of a date or time, `YYYY-MM-DD[ HH:MM]` or `M/D/YYYY[ H:MM]`; undefined
 * where it is none. There are no time zones here: it is the clock of the place.
 */
export function readMinutes(text: string): number | undefined {
  const iso = ISO.exec(text);
  const american = iso ? null : AMERICAN.exec(text);
  const match = iso ?? american;
  if (!match) return undefined;
  const [a, b, c, hour, minute] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const [year, month, day] = iso ? [a, b, c] : [c, a, b];
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute));
  // A day or an hour that is not on the calendar turns into another one.
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour;
  return same && minute < 60 ? date.getTime() / 60_000 : undefined;
}

/**
 * As `readMinutes`.
 * @throws DataError where the text is no date or time
 */
export function minutesOf(text: string, owner = "minutesOf"): number {
  const minutes = readMinutes(text);
  if (minutes !== undefined) return minutes;
  throw new DataError(
    `${owner}: got ${JSON.stringify(text)}, expected a date or time such as "2017-12-30 23:50"`,
  );
}

/** `2017-12-30T23:50` of the minutes since 1970-01-01 00:00. */
export function isoTime(minutes: number): string {
  return new Date(minutes * 60_000).toISOString().slice(0, 16);
}
