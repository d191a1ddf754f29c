import { describe, expect, it } from "vitest";
import { candle } from "@/candles/candle.fixture";
import { mergeCandles } from "@/candles/merge";
import { newerThan, pointsOf } from "./points";

const COLOURS = { up: "blue", down: "orange", hollow: "white", backfilled: "violet", partial: "rose" };
const LIMIT = 100;

describe("what the chart draws", () => {
  it("is a bar and a column of volume for each candle, coloured by its direction", () => {
    const [up, down] = pointsOf(
      [candle(1, { open: "1.5", close: "2", volume: "3" }), candle(2, { open: "2", close: "1" })],
      COLOURS,
    );
    expect(up).toEqual({
      bar: { time: 60, open: 1.5, high: 100, low: 100, close: 2 },
      volume: { time: 60, value: 3, color: "blue" },
      ribbon: { time: 60 },
    });
    expect(down?.volume).toMatchObject({ color: "orange" });
  });

  it("is hollow where the candle is partial, so that no colour is needed to see it", () => {
    const [whole, partial] = pointsOf([candle(1), candle(2, { completeness: "partial" })], COLOURS);
    expect(whole?.bar).not.toHaveProperty("color");
    expect(partial?.bar).toMatchObject({ color: "white" });
  });

  it("stands on a ribbon where it was filled later or lacks something", () => {
    const ribbons = (["complete", "backfilled", "partial"] as const).map(
      (completeness) => pointsOf([candle(1, { completeness })], COLOURS)[0]?.ribbon,
    );
    expect(ribbons).toEqual([
      { time: 60 },
      { time: 60, value: 1, color: "violet" },
      { time: 60, value: 1, color: "rose" },
    ]);
  });

  it("leaves windows of any interval empty in which there is no candle", () => {
    const hours = [60, 240].map((minute) => candle(minute, { interval: "1h" }));
    expect(pointsOf(hours, COLOURS).map(({ bar }) => bar.time)).toEqual([3600, 7200, 10800, 14400]);
  });

  it("leaves minutes without a candle empty", () => {
    const points = pointsOf([candle(1), candle(4)], COLOURS);
    expect(points.map(({ bar }) => bar.time)).toEqual([60, 120, 180, 240]);
    expect(points[1]?.bar).toEqual({ time: 120 });
  });
});

describe("what has to be drawn anew", () => {
  const painted = mergeCandles([], [candle(1), candle(2), candle(3, { closed: false })], LIMIT);

  it("is the newest candle while it forms, and the next after it", () => {
    const closed = candle(3, { version: 2 });
    const next = candle(4, { closed: false });
    expect(newerThan(painted, mergeCandles(painted, [closed], LIMIT))).toEqual([closed]);
    expect(newerThan(painted, mergeCandles(painted, [closed, next], LIMIT))).toEqual([closed, next]);
  });

  it("is everything where an older candle changed or came, where minutes are missing, and at first", () => {
    expect(newerThan(painted, mergeCandles(painted, [candle(2, { version: 9 })], LIMIT))).toBeNull();
    expect(newerThan(painted, mergeCandles(painted, [candle(0)], LIMIT))).toBeNull();
    expect(newerThan(painted, mergeCandles(painted, [candle(6)], LIMIT))).toBeNull();
    expect(newerThan(painted, [candle(1)])).toBeNull();
    expect(newerThan([], painted)).toBeNull();
  });

  it("is the next candle of a longer interval, an hour after the last", () => {
    const hours = [60, 120, 180].map((minute) => candle(minute, { interval: "1h" }));
    expect(newerThan(hours.slice(0, 2), hours)).toEqual(hours.slice(1));
  });

  it("is everything where the oldest candle has gone", () => {
    expect(newerThan(painted, mergeCandles(painted, [candle(4)], 3))).toBeNull();
  });
});
