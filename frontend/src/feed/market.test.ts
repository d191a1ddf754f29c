import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { book } from "@/book/book.fixture";
import { candle, MINUTE_MS } from "@/candles/candle.fixture";
import type { Candle } from "@/contract/socket";
import { trade } from "@/trades/trade.fixture";
import { Feed } from "./feed";
import {
  bookSnapshot,
  bookUpdate,
  klineSnapshot,
  klineUpdate,
  tradesSnapshot,
  tradesUpdate,
} from "./message.fixture";
import { ManualSurroundings } from "./surroundings.fixture";

/** What the REST side answers, by path; a number is the status of a problem document. */
const answers = new Map<string, unknown>();
const asked: URL[] = [];
let surroundings: ManualSurroundings;
let thisMinute: number;

beforeEach(() => {
  answers.clear();
  asked.length = 0;
  surroundings = new ManualSurroundings();
  thisMinute = Math.floor(surroundings.now() / MINUTE_MS);
  vi.stubGlobal("fetch", (url: URL) => {
    asked.push(url);
    const answer = answers.get(url.pathname);
    if (answer === undefined) return Promise.reject(new TypeError("Failed to fetch"));
    return Promise.resolve(
      typeof answer === "number"
        ? Response.json({ status: answer, detail: "mongodb is away" }, { status: answer })
        : Response.json(answer),
    );
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function history(...candles: Candle[]) {
  answers.set("/ohlc", { symbol: "BTCUSDT", interval: "1m", candles });
}

function looking() {
  const market = new Feed("http://api:8000", surroundings).market("BTCUSDT");
  return { market, state: market.state, stopLooking: market.look() };
}

/** Let the open REST questions be answered. */
async function answered() {
  await vi.waitFor(() => {
    surroundings.paint();
    expect(asked.length).toBeGreaterThan(0);
  });
  await new Promise((resolve) => setTimeout(resolve));
}

const opened = (minutes: readonly Candle[]) =>
  minutes.map(({ open_time }) => open_time / MINUTE_MS - thisMinute);

describe("the feed of a pair", () => {
  it("opens one socket a channel, however many look, and closes them with the last", () => {
    const { market, stopLooking } = looking();
    const stopToo = market.look();
    expect(surroundings.sockets.map(({ url }) => url)).toEqual([
      "ws://api:8000/ws/kline?symbol=BTCUSDT",
      "ws://api:8000/ws/trades?symbol=BTCUSDT",
      "ws://api:8000/ws/orderbook?symbol=BTCUSDT&market=spot",
    ]);
    stopLooking();
    stopLooking();
    expect(surroundings.sockets.some(({ closed }) => closed)).toBe(false);
    stopToo();
    expect(surroundings.sockets.every(({ closed }) => closed)).toBe(true);
    expect(surroundings.pendingTimers).toBe(0);
  });

  it("joins what was before with what happens now", async () => {
    history(candle(thisMinute - 2), candle(thisMinute - 1, { closed: false }));
    const { state } = looking();
    surroundings.socket("kline").accept();
    surroundings
      .socket("kline")
      .send(klineSnapshot([candle(thisMinute - 1), candle(thisMinute, { closed: false })], { seq: 10 }));
    await answered();
    expect(opened(state.draft.candles)).toEqual([-2, -1, 0]);
    expect(state.draft.candles[1]?.closed).toBe(true);
    expect(state.draft.history.phase).toBe("ready");
  });

  it("paints once a frame, however much comes", () => {
    const { state } = looking();
    let painted = 0;
    state.subscribe(() => (painted += 1));
    const socket = surroundings.socket("trades");
    socket.accept();
    socket.send(tradesSnapshot([trade(1)], { seq: 1 }));
    for (let seq = 2; seq <= 50; seq += 1) socket.send(tradesUpdate([trade(seq)], { seq, prev: seq - 1 }));
    expect(state.get().trades).toEqual([]);
    surroundings.paint();
    expect(painted).toBe(1);
    expect(state.get().trades).toHaveLength(50);
    expect(surroundings.paint()).toBe(0);
  });

  it("replaces the tape by a snapshot, so that no hole in it is believed, and counts what was dropped", () => {
    const { state } = looking();
    const socket = surroundings.socket("trades");
    socket.accept();
    socket.send(tradesSnapshot([trade(1), trade(2)], { seq: 2 }));
    socket.send(tradesUpdate([trade(9)], { seq: 9, prev: 2 }, 6));
    expect(state.draft.droppedTrades).toBe(6);
    socket.send(tradesSnapshot([trade(20)], { seq: 20 }));
    expect(state.draft.trades.map(({ trade_id }) => trade_id)).toEqual([20]);
  });

  it("loads what it missed while it was away, and only that", async () => {
    history(candle(thisMinute - 1), candle(thisMinute, { closed: false }));
    const { state } = looking();
    await answered();
    expect(asked.at(-1)?.searchParams.get("limit")).toBe("1500");
    surroundings.pass(7 * MINUTE_MS);
    // Whatever pause is going on: until the next attempt.
    while (surroundings.socket("kline").closed) surroundings.pass(100);
    history(...[1, 2, 3, 4, 5, 6].map((minute) => candle(thisMinute + minute)));
    surroundings.socket("kline").accept();
    surroundings.socket("kline").send(klineSnapshot([candle(thisMinute + 7)], { seq: 90 }));
    await answered();
    await vi.waitFor(() => {
      expect(opened(state.draft.candles)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7]);
    });
    expect(Number(asked.at(-1)?.searchParams.get("limit"))).toBeLessThan(12);
  });

  it("shows live candles while the store is away, and the history once it is back", async () => {
    answers.set("/ohlc", 503);
    const { state } = looking();
    surroundings.socket("kline").accept();
    surroundings.socket("kline").send(klineSnapshot([candle(thisMinute, { closed: false })], { seq: 1 }));
    await answered();
    const { history: failed } = state.draft;
    expect(failed.phase === "failed" && failed.failure.message).toBe("mongodb is away");
    expect(opened(state.draft.candles)).toEqual([0]);
    history(candle(thisMinute - 1));
    surroundings.pass(1000);
    await answered();
    expect(opened(state.draft.candles)).toEqual([-1, 0]);
  });

  it("asks for what it is owed as soon as the API is heard again", async () => {
    const { state } = looking();
    surroundings.socket("trades").end();
    await answered();
    expect(state.draft.history.phase).toBe("failed");
    history(candle(thisMinute - 1));
    surroundings.socket("kline").accept();
    surroundings.socket("kline").send(klineSnapshot([candle(thisMinute)], { seq: 1 }));
    await answered();
    expect(state.draft.history.phase).toBe("ready");
    expect(surroundings.sockets.filter(({ url }) => url.includes("trades"))).toHaveLength(2);
  });

  it("forgets what came from another source, when the platform was started anew on one", async () => {
    history(candle(thisMinute - 1), candle(thisMinute));
    const { state } = looking();
    await answered();
    const replayed = candle(thisMinute, { source: "replay", close: "7" });
    history(replayed);
    surroundings.socket("kline").accept();
    surroundings.socket("kline").send(klineSnapshot([replayed], { seq: 1 }));
    await answered();
    expect(state.draft.candles).toEqual([replayed]);
    expect(asked.at(-1)?.searchParams.get("limit")).toBe("1500");
  });

  it("lets the better account of a candle win, whichever way it came", () => {
    const { state } = looking();
    const socket = surroundings.socket("kline");
    socket.accept();
    socket.send(klineSnapshot([candle(thisMinute, { closed: true, version: 5 })], { seq: 1 }));
    socket.send(klineUpdate(candle(thisMinute, { closed: false, version: 9 }), { seq: 2, prev: 1 }));
    expect(state.draft.candles[0]?.version).toBe(5);
    socket.send(klineUpdate(candle(thisMinute, { closed: true, version: 6 }), { seq: 3, prev: 2 }));
    expect(state.draft.candles[0]?.version).toBe(6);
  });
});

describe("the book of a pair", () => {
  it("is the newest that came, whole, and the same object while nothing comes", () => {
    const { state } = looking();
    const socket = surroundings.socket("orderbook");
    socket.accept();
    socket.send(bookSnapshot(null, { epoch: null, seq: null, exchange_time: null }));
    expect(state.draft.book).toBeNull();
    socket.send(bookUpdate(book(1), { seq: 1, prev: null }));
    socket.send(bookUpdate(book(2, { state: "resyncing" }), { seq: 9, prev: 1 }, 7));
    surroundings.paint();
    const shown = state.get();
    expect(shown.book).toEqual(book(2, { state: "resyncing" }));
    expect(shown.bookDecimals).toEqual({ price: 1, quantity: 0 });
    surroundings.socket("trades").accept();
    surroundings.socket("trades").send(tradesSnapshot([trade(1)], { seq: 1 }));
    surroundings.paint();
    expect(state.get().book).toBe(shown.book);
    expect(state.get().bookDecimals).toBe(shown.bookDecimals);
  });

  it("is that of the chosen market alone, over one socket", () => {
    const { market, state, stopLooking } = looking();
    const spot = surroundings.socket("market=spot");
    spot.accept();
    spot.send(bookSnapshot(book(1), { seq: 1 }));
    market.chooseBook("usdm");
    expect(spot.closed).toBe(true);
    expect(state.draft).toMatchObject({ bookMarket: "usdm", book: null, bookDecimals: null });
    spot.send(bookUpdate(book(2), { seq: 2, prev: 1 }));
    spot.end();
    expect(state.draft.book).toBeNull();
    expect(state.draft.bookStream.link.phase).not.toBe("waiting");
    const futures = surroundings.socket("market=usdm");
    futures.accept();
    futures.send(bookSnapshot(book(7, { market: "usdm" }), { seq: 5 }));
    expect(state.draft.book).toEqual(book(7, { market: "usdm" }));
    market.chooseBook("usdm");
    expect(surroundings.sockets).toHaveLength(4);
    stopLooking();
    market.chooseBook("spot");
    expect(surroundings.sockets).toHaveLength(4);
    expect(surroundings.sockets.every(({ closed }) => closed)).toBe(true);
  });

  it("that is replayed is as old as its telling", () => {
    const { state } = looking();
    const socket = surroundings.socket("orderbook");
    socket.accept();
    const replayed = book(1, { source: "replay" });
    socket.send(bookSnapshot(replayed, { seq: 1, exchange_time: 5, arrival_time: null, send_time: 9000 }));
    expect(state.draft.bookStream.freshness).toBeNull();
    socket.send(
      bookUpdate(replayed, { seq: 2, prev: 1, exchange_time: 6, arrival_time: null, send_time: 9100 }),
    );
    expect(state.draft.bookStream.freshness?.ageWhenSent).toBe(0);
  });
});

describe("the known pairs", () => {
  it("are asked for until they come, and kept fresh while somebody looks", async () => {
    const feed = new Feed("http://api:8000", surroundings);
    const stopLooking = feed.symbols.look();
    await answered();
    expect(feed.symbols.state.draft.loading.phase).toBe("failed");
    answers.set("/symbols", { source: "simulator", simulated: true, symbols: [] });
    feed.retryNow();
    await answered();
    expect(feed.symbols.state.draft.answer?.source).toBe("simulator");
    surroundings.pass(60_000);
    expect(asked).toHaveLength(3);
    stopLooking();
    expect(surroundings.pendingTimers).toBe(0);
  });
});

describe("the parts of the API", () => {
  const up = { state: "up", reason: null };

  it("are known also while it can serve nothing", async () => {
    const feed = new Feed("http://api:8000", surroundings);
    const components = { kafka: up, redis: up, mongodb: { state: "away", reason: "refused" } };
    const readiness = { status: "not ready", source: null, simulated: null, components, reasons: {} };
    vi.stubGlobal("fetch", () => Promise.resolve(Response.json(readiness, { status: 503 })));
    const stopLooking = feed.readiness.look();
    await vi.waitFor(() => {
      expect(feed.readiness.state.draft.loading.phase).toBe("ready");
    });
    expect(feed.readiness.state.draft.answer?.components.mongodb.state).toBe("away");
    stopLooking();
  });
});
