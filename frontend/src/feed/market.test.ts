import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { book } from "@/book/book.fixture";
import { candle, MINUTE_MS } from "@/candles/candle.fixture";
import type { Candle } from "@/contract/socket";
import { trade } from "@/trades/trade.fixture";
import { Feed } from "./feed";
import {
  bookSnapshot,
  bookUpdate,
  gainers,
  klineSnapshot,
  klineUpdate,
  status,
  tradesSnapshot,
  tradesUpdate,
} from "./message.fixture";
import { ManualSurroundings } from "./surroundings.fixture";

/** What is awaited comes at once, unless the machine lets this process stand still. */
const PATIENCE_MS = 60_000;

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
  }, PATIENCE_MS);
  await new Promise((resolve) => setTimeout(resolve));
}

const opened = (minutes: readonly Candle[]) =>
  minutes.map(({ open_time }) => open_time / MINUTE_MS - thisMinute);

describe("the feed of a pair", () => {
  it("asks once for each of its parts on one socket, however many look, and lets them go with the last", () => {
    const { market, stopLooking } = looking();
    const stopToo = market.look();
    const socket = surroundings.socket();
    socket.accept();
    expect(socket.url).toBe("ws://api:8000/ws");
    expect(socket.subscribed).toEqual([
      "status",
      "kline BTCUSDT 1m",
      "trades BTCUSDT",
      "orderbook BTCUSDT spot 20 100",
    ]);
    stopLooking();
    stopLooking();
    expect(socket.subscribed).toHaveLength(4);
    stopToo();
    expect(socket.subscribed).toEqual(["status"]);
    surroundings.pass(5000);
    expect(surroundings.sockets.map(({ closed }) => closed)).toEqual([true]);
    expect(surroundings.pendingTimers).toBe(0);
  });

  it("shares the socket of the tab with every other pair, through a change of pairs too", () => {
    const feed = new Feed("http://api:8000", surroundings);
    const stopLooking = feed.market("BTCUSDT").look(["trades"]);
    const socket = surroundings.socket();
    socket.accept();
    stopLooking();
    feed.market("ETHUSDT").look(["trades", "candles"]);
    feed.quotes.look("ETHUSDT");
    surroundings.pass(10_000);
    expect(surroundings.sockets).toHaveLength(1);
    expect(socket.subscribed).toEqual(["status", "trades ETHUSDT", "kline ETHUSDT 1m"]);
    expect(socket.closed).toBe(false);
  });

  it("joins what was before with what happens now", async () => {
    history(candle(thisMinute - 2), candle(thisMinute - 1, { closed: false }));
    const { state } = looking();
    surroundings.socket().accept();
    surroundings
      .socket()
      .tell(klineSnapshot([candle(thisMinute - 1), candle(thisMinute, { closed: false })], { seq: 10 }));
    await answered();
    expect(opened(state.draft.candles)).toEqual([-2, -1, 0]);
    expect(state.draft.candles[1]?.closed).toBe(true);
    expect(state.draft.history.phase).toBe("ready");
  });

  it("paints once a frame, however much comes", () => {
    const { state } = looking();
    let painted = 0;
    state.subscribe(() => (painted += 1));
    const socket = surroundings.socket();
    socket.accept();
    socket.tell(tradesSnapshot([trade(1)], { seq: 1 }));
    for (let seq = 2; seq <= 50; seq += 1) socket.tell(tradesUpdate([trade(seq)], { seq, prev: seq - 1 }));
    expect(state.get().trades).toEqual([]);
    surroundings.paint();
    expect(painted).toBe(1);
    expect(state.get().trades).toHaveLength(50);
    expect(surroundings.paint()).toBe(0);
  });

  it("replaces the tape by a snapshot, so that no hole in it is believed, and counts what was dropped", () => {
    const { state } = looking();
    const socket = surroundings.socket();
    socket.accept();
    socket.tell(tradesSnapshot([trade(1), trade(2)], { seq: 2 }));
    socket.tell(tradesUpdate([trade(9)], { seq: 9, prev: 2 }, 6));
    expect(state.draft.droppedTrades).toBe(6);
    socket.tell(tradesSnapshot([trade(20)], { seq: 20 }));
    expect(state.draft.trades.map(({ trade_id }) => trade_id)).toEqual([20]);
  });

  it("loads what it missed while it was away, and only that", async () => {
    history(candle(thisMinute - 1), candle(thisMinute, { closed: false }));
    const { state } = looking();
    await answered();
    expect(asked.at(-1)?.searchParams.get("limit")).toBe("1500");
    surroundings.pass(7 * MINUTE_MS);
    // Whatever pause is going on: until the next attempt.
    while (surroundings.socket().closed) surroundings.pass(100);
    history(...[1, 2, 3, 4, 5, 6].map((minute) => candle(thisMinute + minute)));
    surroundings.socket().accept();
    surroundings.socket().tell(klineSnapshot([candle(thisMinute + 7)], { seq: 90 }));
    await answered();
    await vi.waitFor(() => {
      expect(opened(state.draft.candles)).toEqual([-1, 0, 1, 2, 3, 4, 5, 6, 7]);
    }, PATIENCE_MS);
    expect(Number(asked.at(-1)?.searchParams.get("limit"))).toBeLessThan(12);
  });

  it("shows live candles while the store is away, and the history once it is back", async () => {
    answers.set("/ohlc", 503);
    const { state } = looking();
    surroundings.socket().accept();
    surroundings.socket().tell(klineSnapshot([candle(thisMinute, { closed: false })], { seq: 1 }));
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
    await answered();
    expect(state.draft.history.phase).toBe("failed");
    history(candle(thisMinute - 1));
    surroundings.socket().accept();
    surroundings.socket().tell(status());
    await answered();
    expect(state.draft.history.phase).toBe("ready");
  });

  it("forgets what came from another source, when the platform was started anew on one", async () => {
    history(candle(thisMinute - 1), candle(thisMinute));
    const { state } = looking();
    await answered();
    const replayed = candle(thisMinute, { source: "replay", close: "7" });
    history(replayed);
    surroundings.socket().accept();
    surroundings.socket().tell(klineSnapshot([replayed], { seq: 1 }));
    await answered();
    expect(state.draft.candles).toEqual([replayed]);
    expect(asked.at(-1)?.searchParams.get("limit")).toBe("1500");
  });

  it("forgets what came from another source also where the stream seemed to go on", async () => {
    history(candle(thisMinute - 1), candle(thisMinute));
    const { state } = looking();
    const socket = surroundings.socket();
    socket.accept();
    socket.serve();
    socket.tell(klineSnapshot([candle(thisMinute)], { seq: 1 }));
    await answered();
    const replayed = candle(thisMinute, { source: "replay", close: "7" });
    history(replayed);
    socket.tell(klineUpdate(replayed, { seq: 2, prev: 1 }));
    expect(state.draft.candles).toEqual([]);
    surroundings.pass(500);
    socket.tell(klineSnapshot([replayed], { seq: 2 }));
    await answered();
    expect(state.draft.candles).toEqual([replayed]);
    expect(state.draft.klineStream.resynchronised).toBe(1);
  });

  it("lets the better account of a candle win, whichever way it came", () => {
    const { state } = looking();
    const socket = surroundings.socket();
    socket.accept();
    socket.tell(klineSnapshot([candle(thisMinute, { closed: true, version: 5 })], { seq: 1 }));
    socket.tell(klineUpdate(candle(thisMinute, { closed: false, version: 9 }), { seq: 2, prev: 1 }));
    expect(state.draft.candles[0]?.version).toBe(5);
    socket.tell(klineUpdate(candle(thisMinute, { closed: true, version: 6 }), { seq: 3, prev: 2 }));
    expect(state.draft.candles[0]?.version).toBe(6);
  });
});

describe("the book of a pair", () => {
  it("is the newest that came, whole, and the same object while nothing comes", () => {
    const { state } = looking();
    const socket = surroundings.socket();
    socket.accept();
    socket.tell(bookSnapshot(null, { epoch: null, seq: null, exchange_time: null }));
    expect(state.draft.book).toBeNull();
    socket.tell(bookUpdate(book(1), { seq: 1, prev: null }));
    socket.tell(bookUpdate(book(2, { state: "resyncing" }), { seq: 9, prev: 1 }, 7));
    surroundings.paint();
    const shown = state.get();
    expect(shown.book).toEqual(book(2, { state: "resyncing" }));
    expect(shown.bookDecimals).toEqual({ price: 1, quantity: 0 });
    surroundings.socket().accept();
    surroundings.socket().tell(tradesSnapshot([trade(1)], { seq: 1 }));
    surroundings.paint();
    expect(state.get().book).toBe(shown.book);
    expect(state.get().bookDecimals).toBe(shown.bookDecimals);
  });

  it("is that of the chosen market alone", () => {
    const { market, state, stopLooking } = looking();
    const socket = surroundings.socket();
    const books = () => socket.subscribed.filter((key) => key.startsWith("orderbook"));
    socket.accept();
    socket.tell(bookSnapshot(book(1), { seq: 1 }));
    market.chooseBook("usdm");
    expect(books()).toEqual(["orderbook BTCUSDT usdm 20 100"]);
    expect(state.draft).toMatchObject({ bookMarket: "usdm", book: null, bookDecimals: null });
    socket.tell(bookUpdate(book(2), { seq: 2, prev: 1 }));
    expect(state.draft.book).toBeNull();
    expect(state.draft.bookStream.link.phase).toBe("open");
    socket.tell(bookSnapshot(book(7, { market: "usdm" }), { seq: 5 }));
    expect(state.draft.book).toEqual(book(7, { market: "usdm" }));
    const { length } = socket.requests;
    market.chooseBook("usdm");
    expect(socket.requests).toHaveLength(length);
    stopLooking();
    market.chooseBook("spot");
    expect(socket.subscribed).toEqual(["status"]);
  });

  it("that is replayed is as old as its telling", () => {
    const { state } = looking();
    const socket = surroundings.socket();
    socket.accept();
    const replayed = book(1, { source: "replay" });
    socket.tell(bookSnapshot(replayed, { seq: 1, exchange_time: 5, arrival_time: null, send_time: 9000 }));
    expect(state.draft.bookStream.freshness).toBeNull();
    socket.tell(
      bookUpdate(replayed, { seq: 2, prev: 1, exchange_time: 6, arrival_time: null, send_time: 9100 }),
    );
    expect(state.draft.bookStream.freshness?.ageWhenSent).toBe(0);
  });
});

describe("the parts of the API", () => {
  it("are told as they are, and are not known while it does not answer", () => {
    const feed = new Feed("http://api:8000", surroundings);
    const stopLooking = feed.readiness.look();
    const { state } = feed.readiness;
    expect(state.draft).toEqual({ answer: null, loading: { phase: "loading" } });
    surroundings.socket().accept();
    surroundings.socket().tell(status("the broker does not answer"));
    expect(state.draft.loading.phase).toBe("ready");
    expect(state.draft.answer?.components.kafka.state).toBe("away");
    surroundings.socket().end();
    expect(state.draft.loading.phase).toBe("failed");
    surroundings.pass(500);
    surroundings.socket().accept();
    surroundings.socket().tell(status());
    expect(state.draft.loading.phase).toBe("ready");
    expect(state.draft.answer?.components.kafka.state).toBe("up");
    stopLooking();
    surroundings.pass(5000);
    expect(surroundings.pendingTimers).toBe(0);
  });
});

describe("a ranking", () => {
  it("is told whenever it was made anew, as a whole", () => {
    const feed = new Feed("http://api:8000", surroundings);
    feed.gainers.look();
    const socket = surroundings.socket();
    socket.accept();
    expect(socket.subscribed).toEqual(["status", "ranking top_gainers 100"]);
    for (const time of [1, 2]) {
      socket.tell(gainers(time));
      expect(feed.gainers.state.draft.answer?.time).toBe(time);
    }
    expect(feed.losers.state.draft.answer).toBeNull();
  });
});
