import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { OhlcCandle } from "@/api/client";
import type { Candle } from "@/contract/socket";
import { candle, MINUTE_MS } from "./candle.fixture";
import { fold, foldWindows, putFolds } from "./fold";

interface Example {
  readonly minutes: readonly Candle[];
  readonly newest: number;
  readonly candle: OhlcCandle;
}

const published = new URL("../../../backend_fastapi/contract/fold.examples.json", import.meta.url);
const examples = JSON.parse(readFileSync(published, "utf8")) as readonly Example[];
const LIMIT = 100;

describe("a candle folded from minutes", () => {
  it.each(examples.map((example, number) => ({ number, interval: example.candle.interval, example })))(
    "is the platform's own: example $number, $interval",
    ({ example: { minutes, newest, candle: expected } }) => {
      expect(fold(minutes, expected.interval, newest)).toEqual(expected);
    },
  );

  it("has been shown every kind of example", () => {
    expect(new Set(examples.map(({ candle: { interval } }) => interval))).toEqual(
      new Set(["5m", "1h", "4h", "1d"]),
    );
    for (const kind of [true, false]) {
      expect(examples.some(({ candle: { closed } }) => closed === kind)).toBe(true);
      expect(examples.some(({ candle: { trades } }) => trades > 0 === kind)).toBe(true);
      expect(examples.some(({ candle: { completeness } }) => (completeness === "partial") === kind)).toBe(
        true,
      );
    }
  });
});

describe("the windows that are folded", () => {
  const minutes = [7, 8, 9, 10, 11].map((minute) => candle(minute, { trades: 1, volume: "1" }));
  const opens = [5 * MINUTE_MS, 10 * MINUTE_MS];

  it("are those whose beginning the minutes reach", () => {
    const folded = foldWindows(minutes, "5m", opens, false);
    expect(folded.map(({ open_time, volume, closed }) => [open_time, volume, closed])).toEqual([
      [10 * MINUTE_MS, "2", false],
    ]);
  });

  it("are all, where nothing older exists", () => {
    const [first] = foldWindows(minutes, "5m", opens, true);
    expect(first).toMatchObject({ closed: true, completeness: "partial", children: 3, expected_children: 5 });
  });
});

describe("folds among known candles", () => {
  const known = (given: Partial<OhlcCandle> = {}): OhlcCandle => ({
    ...candle(5, { version: 4 }),
    interval: "5m",
    close_time: 10 * MINUTE_MS - 1,
    ...given,
  });

  it("change nothing where they say the same", () => {
    const series = [known()];
    expect(putFolds(series, [known()], LIMIT)).toBe(series);
    expect(putFolds(series, [], LIMIT)).toBe(series);
  });

  it("win by a higher version, and by being closed", () => {
    expect(putFolds([known()], [known({ version: 5, close: "7" })], LIMIT)[0]?.close).toBe("7");
    expect(putFolds([known()], [known({ version: 3, close: "7" })], LIMIT)[0]?.close).toBe("100");
    const forming = known({ version: 9, closed: false });
    expect(putFolds([forming], [known()], LIMIT)[0]?.closed).toBe(true);
    expect(putFolds([known()], [forming], LIMIT)[0]?.closed).toBe(true);
  });

  it("of equal version win unless they lack minutes that are known", () => {
    const partial = known({ completeness: "partial", children: 3, expected_children: 5, volume: "3" });
    expect(putFolds([known()], [partial], LIMIT)[0]?.volume).toBe("0");
    expect(putFolds([partial], [known()], LIMIT)[0]?.volume).toBe("0");
  });

  it("come in where they belong, and the oldest go", () => {
    const at = (minute: number): OhlcCandle => known({ open_time: minute * MINUTE_MS });
    const put = putFolds([at(0), at(5), at(15)], [at(20), at(10)], 4);
    expect(put.map(({ open_time }) => open_time / MINUTE_MS)).toEqual([5, 10, 15, 20]);
  });
});
