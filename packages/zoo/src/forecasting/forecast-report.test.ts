import { minutesOf } from "@hekla/datasets";
import { describe, expect, it } from "vitest";
import { forecastPage } from "./forecast-page.js";
import { reportForecast, timeAxis } from "./forecast-report.js";

/** Two days by hours, a peak of 10 at noon; the network sees 9 on the second day, "as yesterday" nothing at first. */
const start = minutesOf("2017-01-01");
const hours = Array.from({ length: 48 }, (_, hour) => hour);
const comparison = {
  title: "Use & more",
  unit: "kW",
  minutes: hours.map((hour) => start + 60 * hour),
  truth: Float64Array.from(hours, (hour) => (hour % 24 === 12 ? 10 : 0)),
  network: Float64Array.from(hours, (hour) => (hour === 12 ? 10 : hour === 36 ? 9 : 0)),
  rivals: [
    { name: "last", forecast: Float64Array.from(hours, (hour) => (hour % 24 === 13 ? 10 : 0)) },
    { name: "day", forecast: Float64Array.from(hours, (hour) => (hour === 36 ? 10 : 0)) },
  ],
  neighbours: 12,
};

describe("reportForecast", () => {
  const report = reportForecast(comparison);
  const artifact = (name: string) => String(report.artifacts.find((one) => one.name === name)?.content);

  it("has the errors of all forecasts, and the share below the best trivial one", () => {
    const { metrics } = report;
    expect(metrics["rmse"]).toBeCloseTo(Math.sqrt(1 / 48), 12);
    expect(metrics["mae"]).toBeCloseTo(1 / 48, 12);
    expect(metrics["bias"]).toBeCloseTo(-1 / 48, 12);
    expect(metrics["lastRmse"]).toBeCloseTo(Math.sqrt(400 / 48), 12);
    expect(metrics["dayRmse"]).toBeCloseTo(Math.sqrt(100 / 48), 12);
    expect(metrics["skill"]).toBeCloseTo(0.9, 12);
    expect([metrics["peaks"], metrics["missedPeaks"]]).toEqual([2, 1]);
    expect(report.text).toContain("RMSE 90.0 % below that of the best trivial forecast (a day before)");
    expect(report.text).toContain("1 of 2 peaks missed");
  });

  it("says so where a trivial forecast is better", () => {
    const worse = reportForecast({ ...comparison, network: comparison.truth.map((value) => value + 5) });
    expect(worse.metrics["skill"]).toBeLessThan(0);
    expect(worse.text).toContain("% above that of the best trivial forecast (a day before)");
  });

  it("draws the forecast, marks what was missed, and tells every value", () => {
    expect(artifact("forecast.svg")).toContain("missed peaks (1)");
    expect(artifact("forecast.svg")).toContain(">01-02<");
    expect(artifact("forecast.svg")).toContain(">06:00<");
    expect(artifact("error-by-time.svg")).toContain("hour of the day");
    const rows = artifact("forecast.csv").split("\n");
    expect(rows[0]).toBe("time,true,network,last,day");
    expect(rows[37]).toBe("2017-01-02T12:00,10,9,0,10");
  });

  it("makes a page of its own whose script is sound", () => {
    const page = artifact("forecast.html");
    expect(page).toContain("<h1>Use &amp; more</h1>");
    expect(page).not.toMatch(/https?:|src=/);
    const script = /<script>(.*)<\/script>/s.exec(page)![1]!;
    expect(() => new Function(script)).not.toThrow();
    const { lines, missed, stepMinutes } = new Function(`${script.split("\n")[0]} return page;`)();
    expect(lines.map(({ name }: { name: string }) => name)).toEqual([
      "true",
      "network",
      "last value",
      "a day before",
    ]);
    expect(lines[1].values[36]).toBe(9);
    expect([missed, stepMinutes]).toEqual([[36], 60]);
  });

  it("keeps names from ending the script", () => {
    const lines = [{ name: "</script>", values: [1] }];
    const page = forecastPage({ title: "<b>", unit: "", firstMinute: 0, stepMinutes: 1, lines, missed: [] });
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(page).not.toContain("<b>");
  });
});

describe("timeAxis", () => {
  it("has round numbers at days of a long time, at quarters of a day of a short one", () => {
    const long = timeAxis(start, start + 30 * 1440);
    expect(long.place(start + 1440) - long.place(start)).toBe(1);
    expect(long.write(long.place(start))).toBe("01-01");
    const short = timeAxis(start, start + 1440);
    expect(short.place(start + 1440) - short.place(start)).toBe(4);
    expect([0, 1, 2].map((quarter) => short.write(short.place(start) + quarter))).toEqual([
      "01-01",
      "06:00",
      "12:00",
    ]);
  });
});
