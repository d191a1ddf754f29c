import { describe, expect, it } from "vitest";
import { quietOr, type Word } from "./quiet";

const NOW = 600_000;
/** By stream of the spot market, as `symbol kind`: the age of its newest record in ms, null where there is none. */
type Ages = Readonly<Record<string, number | null>>;

const BUSY: Ages = { "BTCUSDT kline_1m": 900, "BTCUSDT trade": 300, "BTCUSDT depth": 100 };
const QUIET: Ages = { "DOGEUSDT kline_1m": 15_000, "DOGEUSDT trade": 15_400, "DOGEUSDT depth": 200 };

function word(ages: Ages, market: "spot" | "usdm" = "spot"): Word {
  const streams = Object.entries(ages).map(([name, age]) => {
    const [symbol = "", stream = ""] = name.split(" ");
    const unknown = { source: null, simulated: null, time: null, lag: null, state: null };
    return { market, symbol, stream, age, ...unknown } as Word["streams"][number];
  });
  return { streams, at: NOW };
}

function judge(
  told: Word | null,
  { age = 15_000, kind = "kline_1m", now = NOW }: { age?: number; kind?: "kline_1m" | "trade"; now?: number },
) {
  return quietOr({ status: "stale", age }, { kind, symbol: "DOGEUSDT", word: told, now });
}

describe("candles that are not told any more", () => {
  it("are quiet where the exchange is heard and nobody trades, for as long as nobody has", () => {
    expect(judge(word({ ...BUSY, ...QUIET }), {})).toEqual({ status: "quiet", age: 15_400 });
    expect(judge(word(QUIET), {}).status).toBe("quiet");
  });

  it("are stale where the exchange is not heard, or the API has said so long ago", () => {
    expect(judge(word({ ...QUIET, "DOGEUSDT depth": 15_000 }), {}).status).toBe("stale");
    expect(judge(word(QUIET), { age: 25_000, now: NOW + 10_000 }).status).toBe("stale");
    expect(judge(null, {}).status).toBe("stale");
  });

  it("are stale where the API knows of a trade or a candle that the page was not told", () => {
    for (const missed of ["DOGEUSDT trade", "DOGEUSDT kline_1m"]) {
      expect(judge(word({ ...BUSY, ...QUIET, [missed]: 2000 }), {}).status).toBe("stale");
    }
  });

  it("are stale where the candle that closes the minute has not come", () => {
    const silent = { ...BUSY, "DOGEUSDT kline_1m": 71_000, "DOGEUSDT trade": 80_000 };
    expect(judge(word(silent), { age: 71_000 }).status).toBe("stale");
    expect(judge(word(silent), { age: 69_000 }).status).toBe("quiet");
  });

  it("are not made quiet by another market, nor by a recording, which has no ages", () => {
    expect(judge(word({ ...BUSY, ...QUIET }, "usdm"), {}).status).toBe("stale");
    expect(judge(word({ "BTCUSDT trade": null }), {}).status).toBe("stale");
  });
});

describe("trades that are not told any more", () => {
  const silent = { ...QUIET, "DOGEUSDT trade": 90_000 };

  it("are quiet for any time where those of another pair are heard", () => {
    expect(judge(word({ ...BUSY, ...silent }), { kind: "trade", age: 90_000 })).toEqual({
      status: "quiet",
      age: 90_000,
    });
  });

  it("are stale where no trade of any pair is heard, whatever else is", () => {
    expect(judge(word(silent), { kind: "trade", age: 90_000 }).status).toBe("stale");
  });
});

it("says nothing else of a stream that was not called stale", () => {
  const judged = { status: "reconnecting", age: 15_000 } as const;
  const asked = { kind: "kline_1m", symbol: "DOGEUSDT", word: word(QUIET), now: NOW } as const;
  expect(quietOr(judged, asked)).toBe(judged);
});
