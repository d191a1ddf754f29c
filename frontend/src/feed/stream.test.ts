import { describe, expect, it } from "vitest";
import { candle } from "@/candles/candle.fixture";
import { CloseCode, type KlineSnapshot, type KlineUpdate } from "@/contract/socket";
import { parseMessage } from "./message";
import { book } from "@/book/book.fixture";
import {
  bookSnapshot,
  bookUpdate,
  klineSnapshot,
  klineUpdate,
  status,
  tradesSnapshot,
} from "./message.fixture";
import { continues } from "./sequence";
import { statusOf, worst } from "./status";
import { ageOf, INITIAL_STREAM, Stream, type StreamState } from "./stream";
import { ManualSurroundings } from "./surroundings.fixture";

const STALE_AFTER_MS = 10_000;

function streaming() {
  const surroundings = new ManualSurroundings();
  const taken: (KlineSnapshot | KlineUpdate)[] = [];
  let state: StreamState = INITIAL_STREAM;
  const stream = new Stream<KlineSnapshot | KlineUpdate>("ws://api/ws/kline", "kline", surroundings, {
    onData: (message) => taken.push(message),
    onState: (next) => {
      state = next;
    },
  });
  stream.start();
  surroundings.socket().accept();
  return {
    surroundings,
    taken,
    state: () => state,
    status: () => statusOf(state, surroundings.now(), STALE_AFTER_MS),
  };
}

describe("the order of messages", () => {
  const known = { epoch: "crypto_kline_1m/0", seq: 10 };

  it("is kept by an update that names what came last", () => {
    expect(continues(klineUpdate(candle(1), { seq: 12, prev: 10 }), known)).toBe(true);
    expect(continues(klineUpdate(candle(1), { seq: 12, prev: 11 }), known)).toBe(false);
    expect(continues(klineUpdate(candle(1), { seq: 12, prev: 10, epoch: "crypto_kline_1m/1" }), known)).toBe(
      false,
    );
  });

  it("begins with a snapshot, and a snapshot may come at any time", () => {
    expect(continues(klineUpdate(candle(1), { seq: 12, prev: 10 }), null)).toBe(false);
    expect(continues(klineSnapshot([], { seq: 99 }), null)).toBe(true);
    expect(continues(klineSnapshot([], { seq: 99, epoch: "other/0" }), known)).toBe(true);
  });

  it("begins with the first record of a pair that had none", () => {
    expect(continues(klineUpdate(candle(1), { seq: 5, prev: null }), { epoch: null, seq: null })).toBe(true);
  });
});

describe("a stream", () => {
  it("passes on a snapshot and the updates that continue it", () => {
    const { surroundings, taken, status: judged } = streaming();
    expect(judged()).toBe("connecting");
    surroundings.socket().send(klineSnapshot([candle(1)], { seq: 10 }));
    surroundings.socket().send(klineUpdate(candle(2), { seq: 12, prev: 10 }));
    expect(taken.map(({ seq }) => seq)).toEqual([10, 12]);
    expect(judged()).toBe("live");
  });

  it("begins anew with a snapshot when a message is missing", () => {
    const { surroundings, taken, state } = streaming();
    const broken = surroundings.socket();
    broken.send(klineSnapshot([candle(1)], { seq: 10 }));
    broken.send(klineUpdate(candle(3), { seq: 14, prev: 12 }));
    expect(broken.closed).toBe(true);
    expect(state().resynchronised).toBe(1);
    surroundings.pass(500);
    surroundings.socket().accept();
    surroundings.socket().send(klineSnapshot([candle(3)], { seq: 15 }));
    expect(taken.map(({ seq }) => seq)).toEqual([10, 15]);
  });

  it("begins anew at once where the connection had held, and is not called lost meanwhile", () => {
    const { surroundings, status: judged } = streaming();
    surroundings.socket().send(klineSnapshot([candle(1)], { seq: 10 }));
    surroundings.pass(6000);
    surroundings.socket().send(klineUpdate(candle(3), { seq: 14, prev: 12 }));
    expect(surroundings.sockets).toHaveLength(2);
    expect(judged()).toBe("connecting");
  });

  it.each([
    ["no JSON", "{"],
    ["no message", { hello: "world" }],
    ["a message of another channel", tradesSnapshot([])],
    ["a message with no data", { ...klineSnapshot([]), data: null }],
  ])("begins anew where it is sent %s", (_, sent) => {
    const { surroundings, taken, state } = streaming();
    surroundings.socket().send(sent);
    expect(taken).toEqual([]);
    expect(state().resynchronised).toBe(1);
  });

  it("says when what it brought last is old", () => {
    const { surroundings, status: judged } = streaming();
    surroundings.socket().send(klineSnapshot([candle(1)], { exchange_time: 5000, send_time: 8000 }));
    expect(judged()).toBe("live");
    surroundings.pass(7000);
    expect(judged()).toBe("live");
    surroundings.pass(1);
    expect(judged()).toBe("stale");
  });

  it("knows the age of its data from clocks of one side only, and an exchange ahead of them", () => {
    const { surroundings, state } = streaming();
    surroundings.socket().send(klineSnapshot([candle(1)], { exchange_time: 9300, send_time: 8000 }));
    const { freshness } = state();
    expect(freshness && ageOf(freshness, surroundings.now() + 400)).toBe(400);
  });

  it("is not made older by what was filled late", () => {
    const { surroundings, state } = streaming();
    surroundings.socket().send(klineSnapshot([candle(9)], { seq: 10, exchange_time: 8000, send_time: 8000 }));
    surroundings.pass(1000);
    surroundings
      .socket()
      .send(klineUpdate(candle(1), { seq: 11, prev: 10, exchange_time: 1, send_time: 9000 }));
    const { freshness } = state();
    expect(freshness && ageOf(freshness, surroundings.now())).toBe(1000);
  });

  it("counts the age of what is replayed from when it was played", () => {
    const { surroundings, state } = streaming();
    const place = { exchange_time: 1000, arrival_time: 90_000, send_time: 90_020 };
    surroundings.socket().send(klineSnapshot([candle(1, { source: "replay" })], place));
    const { freshness } = state();
    expect(freshness && ageOf(freshness, surroundings.now())).toBe(20);
  });

  it("says that the API's own source is away, and when it is back", () => {
    const { surroundings, state, status: judged } = streaming();
    surroundings.socket().send(klineSnapshot([candle(1)]));
    surroundings.socket().send(status("away", "the broker does not answer"));
    expect(judged()).toBe("away");
    expect(state().feed?.reason).toBe("the broker does not answer");
    surroundings.socket().send(status("live"));
    expect(judged()).toBe("live");
  });

  it("says that it reconnects, and that a pair is refused", () => {
    const { surroundings, status: judged } = streaming();
    surroundings.socket().end(CloseCode.RESTARTING);
    expect(judged()).toBe("reconnecting");
    surroundings.pass(500);
    expect(judged()).toBe("reconnecting");
    surroundings.socket().accept();
    surroundings.socket().end(CloseCode.UNKNOWN_SYMBOL);
    expect(judged()).toBe("refused");
  });
});

describe("the page as a whole", () => {
  it("claims no more than its worst stream", () => {
    expect(worst(["live", "stale"])).toBe("stale");
    expect(worst(["reconnecting", "away"])).toBe("reconnecting");
    expect(worst(["live", "live"])).toBe("live");
  });
});

describe("a frame", () => {
  it("is read as a message by its channel and type", () => {
    expect(parseMessage(JSON.stringify(klineUpdate(candle(1))))?.channel).toBe("kline");
    expect(parseMessage(JSON.stringify({ ...status("live"), data: { state: "asleep" } }))).toBeNull();
    expect(parseMessage("[]")).toBeNull();
    expect(parseMessage(JSON.stringify(bookSnapshot(null)))?.channel).toBe("orderbook");
    expect(parseMessage(JSON.stringify({ ...bookUpdate(book(1)), data: null }))).toBeNull();
    expect(parseMessage(JSON.stringify(bookUpdate({ ...book(1), bids: undefined as never })))).toBeNull();
  });
});
