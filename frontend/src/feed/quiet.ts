import type { Status } from "@/api/client";
import { CANDLE_OVERDUE_MS, QUIET_AFTER_MS, TRADES_QUIET_AFTER_MS, type StreamStatus } from "./status";

/** What the API has said of all its streams, and when it came here (epoch ms). */
export interface Word {
  readonly streams: Status["streams"];
  readonly at: number;
}

type Kind = "kline_1m" | "trade";

/** How a pair that nobody trades is told from one of which nothing reaches the page, by what is old of it. */
interface Rule {
  /** These show that the exchange is heard: one of any pair that is at most `within` ms old. */
  readonly witnesses: readonly string[];
  readonly within: number;
  /** Of these the API knows nothing newer of the pair than the page does. */
  readonly own: readonly Kind[];
  /** Beyond this age, ms, something is owed, traded or not. */
  readonly overdue: number;
}

const RULES: Readonly<Record<Kind, Rule>> = {
  kline_1m: {
    witnesses: ["kline_1m", "trade", "depth"],
    within: QUIET_AFTER_MS,
    // A trade that its candle does not tell of is a candle that is missing.
    own: ["kline_1m", "trade"],
    overdue: CANDLE_OVERDUE_MS,
  },
  trade: { witnesses: ["trade"], within: TRADES_QUIET_AFTER_MS, own: ["trade"], overdue: Infinity },
};

interface Judged {
  readonly status: StreamStatus;
  /** In ms. */
  readonly age: number | null;
}

/**
 * Judge again, at `now` (epoch ms), a stream of a pair that was called stale: it is quiet where the exchange is
 * heard by the API and has told it nothing of the pair that the page has not been told. The age is then that of
 * the pair's last trade.
 */
export function quietOr(
  judged: Judged,
  { kind, symbol, word, now }: { kind: Kind; symbol: string; word: Word | null; now: number },
): Judged {
  const { status, age } = judged;
  if (status !== "stale" || age === null || word === null) return judged;
  const { witnesses, within, own, overdue } = RULES[kind];
  const newest = (wanted: (stream: Word["streams"][number]) => boolean): number => {
    const ages = word.streams.filter((stream) => stream.market === "spot" && wanted(stream));
    return Math.min(...ages.map((stream) => stream.age ?? Infinity)) + now - word.at;
  };
  const heard = newest(({ stream }) => witnesses.includes(stream)) <= within;
  const ofPair = (kinds: readonly string[]): number =>
    newest((stream) => stream.symbol === symbol && kinds.includes(stream.stream));
  // A candle is told some seconds after its newest trade at the most.
  const told = ofPair(own) > age - QUIET_AFTER_MS;
  if (!heard || !told || age > overdue) return judged;
  const traded = ofPair(["trade"]);
  return { status: "quiet", age: Number.isFinite(traded) ? traded : age };
}
