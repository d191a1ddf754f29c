import { describe, expect, it, vi } from "vitest";
import {
  formatAge,
  formatCountdown,
  formatDuration,
  formatSpan,
  minuteOf,
  timeOfDay,
  zoneName,
} from "./time";

describe("times", () => {
  it("are told in UTC, whatever the machine's zone", () => {
    const time = Date.UTC(2026, 10, 21, 23, 59, 58, 999);
    expect(timeOfDay(time, "utc")).toBe("23:59:58");
    expect(minuteOf(time, "utc")).toBe("2026-11-21 23:59");
    expect(zoneName(time, "utc")).toBe("UTC");
  });

  it("are told by the reader's own clock too, which says how far it is from UTC", () => {
    const time = Date.UTC(2026, 10, 21, 23, 59, 58);
    const told = [-420, 0, 330].map((offset) => {
      vi.spyOn(Date.prototype, "getTimezoneOffset").mockReturnValue(offset);
      return [timeOfDay(time, "local"), minuteOf(time, "local"), zoneName(time, "local")];
    });
    vi.restoreAllMocks();
    expect(told).toEqual([
      ["06:59:58", "2026-11-22 06:59", "UTC+7"],
      ["23:59:58", "2026-11-21 23:59", "UTC"],
      ["18:29:58", "2026-11-21 18:29", "UTC−5:30"],
    ]);
  });

  it("are told as ages as exactly as matters", () => {
    const told = [449, 9_999, 10_000, 59_999, 60_000, 3_600_000, 172_800_000].map(formatAge);
    expect(told).toEqual(["0.4 s", "9.9 s", "10 s", "59 s", "1 min", "1 h", "2 d"]);
  });

  it("are told as durations in the units that matter", () => {
    const told = [0, 40.7, 999.9, 4_342, 59_999, 60_000, 192_400, 3_600_000, 7_530_000].map(formatDuration);
    expect(told).toEqual([
      "0 ms",
      "40 ms",
      "999 ms",
      "4.3 s",
      "59 s",
      "1 min 0 s",
      "3 min 12 s",
      "1 h 0 min",
      "2 h 5 min",
    ]);
  });

  it("are counted down to, the second that has begun with them", () => {
    const told = [1, 1_000, 59_001, 60_000, 723_000, 11_523_000].map(formatCountdown);
    expect(told).toEqual(["0:01", "0:01", "1:00", "1:00", "12:03", "3:12:03"]);
  });

  it("are told as spans in hours and minutes", () => {
    expect([0, 2_400_000, 11_520_000, 86_400_000].map(formatSpan)).toEqual(["0m", "40m", "3h 12m", "24h"]);
  });
});
