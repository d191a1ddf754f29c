import { describe, expect, it } from "vitest";
import { candle } from "@/candles/candle.fixture";
import { CloseCode, type KlineSnapshot, type KlineUpdate } from "@/contract/socket";
import { parseMessage } from "./message";
import { book } from "@/book/book.fixture";
import { bookSnapshot, bookUpdate, heartbeat, klineSnapshot, klineUpdate, status } from "./message.fixture";
import { continues } from "./sequence";
import { Session } from "./session";
import { isRankingStale, rankingAge, statusOf, worst, worstOfPairs } from "./status";
import { ageOf, INITIAL_STREAM, Stream, type StreamState } from "./stream";
import { ManualSurroundings } from "./surroundings.fixture";

const STALE_AFTER_MS = 10_000;

function streaming() {
  const surroundings = new ManualSurroundings();
  const session = new Session("ws://api/ws", surroundings, () => undefined);
  const listening = () => {
    const taken: (KlineSnapshot | KlineUpdate)[] = [];
    const heard: { state: StreamState } = { state: INITIAL_STREAM };
    const wanted = { channel: "kline", symbol: "BTCUSDT", interval: "1m" } as const;
    const stream = new Stream<KlineSnapshot | KlineUpdate>(wanted, session, surroundings, {
      onData: (message) => taken.push(message),
      onState: (state) => {
        heard.state = state;
      },
    });
    stream.start();
    return { stream, taken, state: () => heard.state };
  };
  const first = listening();
  surroundings.socket().accept();
  surroundings.socket().serve();
  return {
    ...first,
    session,
    surroundings,
    listening,
    tell: (message: unknown) => {
      surroundings.socket().tell(message);
    },
    status: () => statusOf(first.state(), surroundings.now(), STALE_AFTER_MS),
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
    const { tell, taken, status: judged } = streaming();
    expect(judged()).toBe("connecting");
    tell(klineUpdate(candle(1), { seq: 9, prev: 8 }));
    tell(klineSnapshot([candle(1)], { seq: 10 }));
    tell(klineUpdate(candle(2), { seq: 12, prev: 10 }));
    expect(taken.map(({ seq }) => seq)).toEqual([10, 12]);
    expect(judged()).toBe("live");
  });

  it("begins anew with a snapshot when a message is missing, and alone on its socket", () => {
    const { surroundings, tell, taken, state, status: judged } = streaming();
    tell(klineSnapshot([candle(1)], { seq: 10 }));
    surroundings.pass(6000);
    const { length } = surroundings.socket().requests;
    tell(klineUpdate(candle(3), { seq: 14, prev: 12 }));
    tell(klineUpdate(candle(3), { seq: 15, prev: 14 }));
    expect(surroundings.sockets).toHaveLength(1);
    expect(surroundings.socket().requests.slice(length)).toMatchObject([
      { op: "unsubscribe", subscriptions: [{ channel: "kline" }] },
      { op: "subscribe", subscriptions: [{ channel: "kline", symbol: "BTCUSDT", interval: "1m" }] },
    ]);
    expect(state().resynchronised).toBe(1);
    expect(judged()).toBe("connecting");
    surroundings.socket().serve();
    tell(klineSnapshot([candle(3)], { seq: 15 }));
    expect(taken.map(({ seq }) => seq)).toEqual([10, 15]);
    expect(judged()).toBe("live");
  });

  it("does not begin anew in a hurry where it breaks again and again", () => {
    const { surroundings, tell, state } = streaming();
    const asked = surroundings.socket().requests.length;
    tell(klineSnapshot([candle(1)], { seq: 10 }));
    tell(klineUpdate(candle(3), { seq: 14, prev: 12 }));
    expect(state().resynchronised).toBe(1);
    expect(surroundings.socket().requests).toHaveLength(asked);
    surroundings.pass(500);
    expect(surroundings.socket().requests).toHaveLength(asked + 2);
    surroundings.socket().serve();
    tell(klineSnapshot([candle(1)], { seq: 20 }));
    tell(klineUpdate(candle(3), { seq: 24, prev: 22 }));
    surroundings.pass(900);
    expect(surroundings.socket().requests).toHaveLength(asked + 2);
    surroundings.pass(100);
    expect(surroundings.socket().requests).toHaveLength(asked + 4);
  });

  it("goes on after a loss from where it has heard, without a snapshot", () => {
    const { surroundings, tell, taken, status: judged } = streaming();
    tell(klineSnapshot([candle(1)], { seq: 10 }));
    tell(klineUpdate(candle(2), { seq: 12, prev: 10 }));
    surroundings.socket().end(CloseCode.RESTARTING);
    expect(judged()).toBe("reconnecting");
    surroundings.pass(500);
    expect(judged()).toBe("reconnecting");
    surroundings.socket().accept();
    expect(surroundings.socket().requests.at(-1)).toMatchObject({
      subscriptions: [{ channel: "kline", since: { epoch: "crypto_kline_1m/0", seq: 12 } }],
    });
    surroundings.socket().serve();
    expect(judged()).toBe("live");
    tell(klineUpdate(candle(3), { seq: 15, prev: 12 }));
    expect(taken.map(({ seq }) => seq)).toEqual([10, 12, 15]);
  });

  it("begins with a snapshot for each who comes later, on one subscription", () => {
    const { surroundings, tell, taken, listening, stream } = streaming();
    tell(klineSnapshot([candle(1)], { seq: 10 }));
    const later = listening();
    tell(klineUpdate(candle(2), { seq: 12, prev: 10 }));
    expect(later.taken).toEqual([]);
    surroundings.socket().serve();
    tell(klineSnapshot([candle(2)], { seq: 12 }));
    tell(klineUpdate(candle(3), { seq: 13, prev: 12 }));
    expect(taken.map(({ seq }) => seq)).toEqual([10, 12, 12, 13]);
    expect(later.taken.map(({ seq }) => seq)).toEqual([12, 13]);
    stream.stop();
    tell(klineUpdate(candle(4), { seq: 14, prev: 13 }));
    expect(later.taken).toHaveLength(3);
    expect(surroundings.socket().subscribed).toEqual(["status", "kline BTCUSDT 1m"]);
    later.stream.stop();
    expect(surroundings.socket().subscribed).toEqual(["status"]);
  });

  it.each([
    ["no JSON", "{"],
    ["no message", { hello: "world" }],
    ["a message with no data", { ...klineSnapshot([]), data: null }],
  ])("begins anew on another socket where it is sent %s", (_, sent) => {
    const { surroundings, tell, taken } = streaming();
    tell(sent);
    expect(taken).toEqual([]);
    surroundings.pass(500);
    expect(surroundings.sockets).toHaveLength(2);
  });

  it("says when what it brought last is old", () => {
    const { surroundings, tell, status: judged } = streaming();
    tell(klineSnapshot([candle(1)], { exchange_time: 5000, send_time: 8000 }));
    expect(judged()).toBe("live");
    surroundings.pass(7000);
    expect(judged()).toBe("live");
    surroundings.pass(1);
    expect(judged()).toBe("stale");
  });

  it("knows the age of its data from clocks of one side only, and an exchange ahead of them", () => {
    const { surroundings, tell, state } = streaming();
    tell(klineSnapshot([candle(1)], { exchange_time: 9300, send_time: 8000 }));
    const { freshness } = state();
    expect(freshness && ageOf(freshness, surroundings.now() + 400)).toBe(400);
  });

  it("is not made older by what was filled late", () => {
    const { surroundings, tell, state } = streaming();
    tell(klineSnapshot([candle(9)], { seq: 10, exchange_time: 8000, send_time: 8000 }));
    surroundings.pass(1000);
    tell(klineUpdate(candle(1), { seq: 11, prev: 10, exchange_time: 1, send_time: 9000 }));
    const { freshness } = state();
    expect(freshness && ageOf(freshness, surroundings.now())).toBe(1000);
  });

  it("counts the age of what is replayed from when it was played", () => {
    const { surroundings, tell, state } = streaming();
    const place = { exchange_time: 1000, arrival_time: 90_000, send_time: 90_020 };
    tell(klineSnapshot([candle(1, { source: "replay" })], place));
    const { freshness } = state();
    expect(freshness && ageOf(freshness, surroundings.now())).toBe(20);
  });

  it("says that the API's own source is away, and when it is back", () => {
    const { tell, state, status: judged } = streaming();
    tell(klineSnapshot([candle(1)]));
    tell(status("the broker does not answer"));
    expect(judged()).toBe("away");
    expect(state().feed?.reason).toBe("the broker does not answer");
    tell(status());
    expect(judged()).toBe("live");
  });

  it("hears by a heartbeat too that the API's own source is away", () => {
    const { tell, status: judged } = streaming();
    tell(klineSnapshot([candle(1)]));
    tell(heartbeat("the broker does not answer"));
    expect(judged()).toBe("away");
  });

  it("says that its pair is refused, and asks again, rarely", () => {
    const { surroundings, tell, status: judged } = streaming();
    surroundings.socket().end();
    surroundings.pass(500);
    surroundings.socket().accept();
    surroundings.socket().refuse(CloseCode.UNKNOWN_SYMBOL, "'BTCUSDT' is not a known pair");
    expect(judged()).toBe("refused");
    const { length } = surroundings.socket().requests;
    surroundings.pass(29_000);
    tell(heartbeat());
    expect(surroundings.socket().requests).toHaveLength(length);
    surroundings.pass(1000);
    expect(surroundings.socket().requests).toHaveLength(length + 1);
    expect(judged()).toBe("refused");
    surroundings.socket().serve();
    tell(klineSnapshot([candle(1)]));
    expect(judged()).toBe("live");
  });

  it("asks again for what was refused as soon as it is told to", () => {
    const { surroundings, session, status: judged } = streaming();
    surroundings.socket().end();
    surroundings.pass(500);
    surroundings.socket().accept();
    surroundings.socket().refuse(CloseCode.UNAVAILABLE, "the parts that know the pairs are away");
    expect(judged()).toBe("reconnecting");
    const { length } = surroundings.socket().requests;
    session.retryNow();
    expect(surroundings.socket().requests).toHaveLength(length + 1);
  });
});

describe("the page as a whole", () => {
  it("claims no more than its worst stream", () => {
    expect(worst(["live", "stale"])).toBe("stale");
    expect(worst(["reconnecting", "away"])).toBe("reconnecting");
    expect(worst(["live", "live"])).toBe("live");
    expect(worst(["live", "quiet", "connecting"])).toBe("connecting");
  });

  it("does not go by a pair that the API refuses, unless there is no other", () => {
    expect(worstOfPairs(["refused", "live", "quiet"])).toBe("quiet");
    expect(worstOfPairs(["refused", "stale"])).toBe("stale");
    expect(worstOfPairs(["refused"])).toBe("refused");
    expect(worstOfPairs([])).toBe("connecting");
  });
});

describe("a ranking", () => {
  it("is as old as the end of its newest minute, and of the day up to now for ten minutes", () => {
    const time = 1_767_268_740_000;
    const ages = [30_000, 60_000, 660_000, 660_001].map((since) => rankingAge(time, time + since));
    expect(ages).toEqual([0, 0, 600_000, 600_001]);
    expect(ages.map(isRankingStale)).toEqual([false, false, false, true]);
  });
});

describe("a frame", () => {
  it("is read as a message by its channel and type", () => {
    expect(parseMessage(JSON.stringify(klineUpdate(candle(1))))?.channel).toBe("kline");
    expect(parseMessage(JSON.stringify({ ...status(), data: { state: "asleep" } }))).toBeNull();
    expect(parseMessage(JSON.stringify(heartbeat()))?.channel).toBe("control");
    expect(parseMessage(JSON.stringify({ ...heartbeat(), feed: { state: "asleep" } }))).toBeNull();
    expect(parseMessage("[]")).toBeNull();
    expect(parseMessage(JSON.stringify(bookSnapshot(null)))?.channel).toBe("orderbook");
    expect(parseMessage(JSON.stringify({ ...bookUpdate(book(1)), data: null }))).toBeNull();
    expect(parseMessage(JSON.stringify(bookUpdate({ ...book(1), bids: undefined as never })))).toBeNull();
  });
});
