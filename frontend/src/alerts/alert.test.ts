import { describe, expect, it } from "vitest";
import { candle } from "@/candles/candle.fixture";
import { NO_QUOTE, type Quote } from "@/feed/quotes";
import { judged, readAlerts, readPrice, verdict, type Alert, type Condition } from "./alert";

const NOW = 600_000;
const open = { link: { phase: "open" }, feed: { state: "live", reason: null }, resynchronised: 0 } as const;

function alert(condition: Condition): Alert {
  return { id: "1", symbol: "BTCUSDT", condition, madeAt: NOW - 1000, fired: null };
}

function quote(close: string, given: Partial<Quote> = {}): Quote {
  const stream = { ...open, freshness: { ageWhenSent: 100, receivedAt: NOW } };
  return { ...NO_QUOTE, candle: candle(9, { close }), stream, ...given };
}

describe("an alert", () => {
  it("of a price goes off once the price is there, and not before", () => {
    const above = alert({ kind: "above", price: "100.5" });
    expect(["100.49", "100.5", "101"].map((price) => verdict(above, quote(price), NOW))).toEqual([
      null,
      "price",
      "price",
    ]);
    expect(verdict(alert({ kind: "below", price: "100.5" }), quote("100.5"), NOW)).toBe("price");
    expect(verdict(above, NO_QUOTE, NOW)).toBeNull();
  });

  it("of quality goes off when data is old, lost, or incomplete since it was made", () => {
    const quality = alert({ kind: "quality" });
    expect(verdict(quality, quote("1"), NOW)).toBeNull();
    expect(verdict(quality, quote("1"), NOW + 61_000)).toBeNull();
    expect(verdict(quality, quote("1"), NOW + 71_000)).toBe("stale");
    const away = { ...quote("1").stream, feed: { state: "away", reason: "kafka" } } as const;
    expect(verdict(quality, quote("1", { stream: away }), NOW)).toBe("away");
    expect(verdict(quality, quote("1", { partialAt: NOW - 60_000 }), NOW)).toBeNull();
    expect(verdict(quality, quote("1", { partialAt: NOW }), NOW)).toBe("partial");
  });

  it("goes off once", () => {
    const alerts = [alert({ kind: "above", price: "5" })];
    const fired = judged(alerts, { BTCUSDT: quote("6") }, NOW);
    expect(fired[0]?.fired).toEqual({ at: NOW, reason: "price" });
    expect(judged(fired, { BTCUSDT: quote("7") }, NOW + 1)).toBe(fired);
    expect(judged(alerts, { ETHUSDT: quote("7") }, NOW)).toBe(alerts);
  });
});

describe("alerts that a browser keeps", () => {
  it("are read as they were written, and what is broken is left out", () => {
    const kept = [alert({ kind: "quality" }), alert({ kind: "below", price: "0.5" })];
    expect(readAlerts(JSON.stringify([...kept, { id: 7 }, null, "x"]))).toEqual(kept);
    expect(readAlerts("{")).toEqual([]);
    expect(readAlerts(null)).toEqual([]);
  });

  it("have a price as the platform writes it", () => {
    expect(["36,000.50", " 0.10 ", "007", "-1", "0.0", "1e5", ""].map(readPrice)).toEqual([
      "36000.5",
      "0.1",
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it("have no price made of one that may be meant otherwise", () => {
    const doubtful = ["35600,5", "35.600,50", "1,2,3", "0,5", "1,234"];
    expect(doubtful.map(readPrice)).toEqual(doubtful.map(() => null));
    expect(["1,234,567", "35,600.5"].map(readPrice)).toEqual(["1234567", "35600.5"]);
  });
});
