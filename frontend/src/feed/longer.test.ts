import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OhlcCandle } from "@/api/client";
import { candle, MINUTE_MS } from "@/candles/candle.fixture";
import { Feed } from "./feed";
import { klineSnapshot, klineUpdate } from "./message.fixture";
import { ManualSurroundings } from "./surroundings.fixture";

/** What `/ohlc` answers, by interval. */
const answers = new Map<string, readonly OhlcCandle[]>();
const asked: URLSearchParams[] = [];
let surroundings: ManualSurroundings;
/** The minute of the epoch with which the hour began that is going on. */
let thisHour: number;

beforeEach(() => {
  answers.clear();
  asked.length = 0;
  surroundings = new ManualSurroundings();
  thisHour = Math.floor(surroundings.now() / MINUTE_MS / 60) * 60;
  vi.stubGlobal("fetch", ({ searchParams }: URL) => {
    asked.push(searchParams);
    const candles = answers.get(searchParams.get("interval") ?? "") ?? [];
    const end = Number(searchParams.get("endTime") ?? Infinity);
    return Promise.resolve(
      Response.json({
        symbol: "BTCUSDT",
        interval: searchParams.get("interval"),
        candles: candles.filter(({ open_time }) => open_time <= end),
      }),
    );
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const traded = { trades: 1, volume: "1" };

/** Minutes of the hour that is going on, the last of them forming. */
function minutesUntil(minute: number): OhlcCandle[] {
  return Array.from({ length: minute + 61 }, (_, number) =>
    candle(thisHour - 60 + number, { ...traded, closed: number < minute + 60, version: number }),
  );
}

function hour(number: number, given: Partial<OhlcCandle> = {}): OhlcCandle {
  const open_time = (thisHour + number * 60) * MINUTE_MS;
  return { ...candle(0), interval: "1h", open_time, close_time: open_time + 60 * MINUTE_MS - 1, ...given };
}

/** Let the open questions be answered. */
async function answered() {
  await new Promise((resolve) => setTimeout(resolve));
  await new Promise((resolve) => setTimeout(resolve));
  surroundings.paint();
}

function looking() {
  const market = new Feed("http://api:8000", surroundings).market("BTCUSDT");
  market.chooseInterval("1h");
  const stopLooking = market.look();
  const socket = surroundings.socket();
  socket.accept();
  return { market, state: market.state, socket, stopLooking };
}

const shown = (series: readonly OhlcCandle[]) =>
  series.map(({ open_time, closed, volume }) => [
    (open_time / MINUTE_MS - thisHour) / 60,
    closed ? "closed" : "forming",
    volume,
  ]);

describe("candles of a longer interval", () => {
  it("are rolled up by the platform, and the forming one moves with each minute", async () => {
    answers.set("1m", minutesUntil(9));
    answers.set("1h", [hour(-2, { volume: "77" }), hour(-1, { volume: "60", version: 59 })]);
    const { state, socket } = looking();
    socket.tell(klineSnapshot(minutesUntil(9).slice(-3), { seq: 1 }));
    await answered();
    expect(shown(state.draft.series)).toEqual([
      [-2, "closed", "77"],
      [-1, "closed", "60"],
      [0, "forming", "10"],
    ]);
    expect(state.draft.series.at(-1)?.completeness).toBe("complete");
    const moved = candle(thisHour + 9, { ...traded, volume: "2.5", closed: false, version: 500 });
    socket.tell(klineUpdate(moved, { seq: 2, prev: 1 }));
    expect(state.draft.series.at(-1)).toMatchObject({ volume: "11.5", version: 500, closed: false });
  });

  it("begin and close with the live minutes, without asking again", async () => {
    answers.set("1m", minutesUntil(59));
    answers.set("1h", [hour(-1)]);
    const { state, socket } = looking();
    socket.tell(klineSnapshot(minutesUntil(59).slice(-3), { seq: 1 }));
    await answered();
    const before = asked.length;
    socket.tell(klineUpdate(candle(thisHour + 59, { ...traded, version: 900 }), { seq: 2, prev: 1 }));
    expect(shown(state.draft.series).at(-1)).toEqual([0, "closed", "60"]);
    const next = candle(thisHour + 60, { ...traded, closed: false, version: 901 });
    socket.tell(klineUpdate(next, { seq: 3, prev: 2 }));
    expect(shown(state.draft.series).slice(-2)).toEqual([
      [0, "closed", "60"],
      [1, "forming", "1"],
    ]);
    expect(asked).toHaveLength(before);
  });

  it("take over a minute that is filled late, also where they were closed already", async () => {
    const minutes = minutesUntil(9);
    const hole = minutes.splice(30, 1);
    answers.set("1m", minutes);
    answers.set("1h", [hour(-1, { volume: "59", version: 59, completeness: "partial", children: 59 })]);
    const { state, socket } = looking();
    socket.tell(klineSnapshot(minutes.slice(-3), { seq: 1 }));
    await answered();
    const filled = { ...hole[0], version: 700, completeness: "backfilled" } as OhlcCandle;
    socket.tell(klineUpdate(filled, { seq: 2, prev: 1 }));
    expect(state.draft.series[0]).toMatchObject({ volume: "60", completeness: "complete", version: 700 });
  });

  it("are not folded from minutes that lack the beginning of the window", async () => {
    answers.set("1h", [hour(-1), hour(0, { closed: false, volume: "9", version: 3 })]);
    answers.set("1m", []);
    const { state, socket } = looking();
    await answered();
    socket.tell(klineSnapshot(minutesUntil(9).slice(-3), { seq: 1 }));
    expect(shown(state.draft.series).at(-1)).toEqual([0, "forming", "9"]);
  });

  it("are folded from the first minute that there ever was, and say what they lack", async () => {
    answers.set("1m", minutesUntil(9).slice(-7));
    answers.set("1h", []);
    const { state, socket } = looking();
    await answered();
    socket.tell(klineSnapshot(minutesUntil(9).slice(-3), { seq: 1 }));
    expect(shown(state.draft.series)).toEqual([[0, "forming", "7"]]);
    expect(state.draft.series[0]).toMatchObject({
      completeness: "partial",
      children: 7,
      expected_children: 10,
    });
  });

  it("give way to those of another interval, and come back", async () => {
    answers.set("1m", minutesUntil(9));
    answers.set("1h", [hour(-1)]);
    const { market, state, stopLooking } = looking();
    await answered();
    market.chooseInterval("1m");
    expect(state.draft.series).toBe(state.draft.candles);
    market.chooseInterval("4h");
    await answered();
    expect(asked.at(-1)?.get("interval")).toBe("4h");
    expect(new Set(state.draft.series.map(({ interval }) => interval))).not.toContain("1h");
    stopLooking();
    surroundings.pass(5000);
    expect(surroundings.pendingTimers).toBe(0);
  });

  it("are loaded further back as somebody scrolls there, until there are no more", async () => {
    const hours = Array.from({ length: 5 }, (_, number) => hour(number - 5));
    answers.set("1h", hours.slice(3));
    answers.set("1m", minutesUntil(9));
    const { market, state } = looking();
    await answered();
    answers.set("1h", hours);
    market.loadOlder();
    market.loadOlder();
    await answered();
    expect(asked.filter((query) => query.has("endTime"))).toHaveLength(1);
    expect(state.draft.series).toHaveLength(6);
    market.loadOlder();
    await answered();
    market.loadOlder();
    await answered();
    expect(state.draft.older).toBe("all");
    expect(asked.filter((query) => query.has("endTime"))).toHaveLength(2);
  });
});
