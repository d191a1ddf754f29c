import type { Market as BookMarket } from "@/book/ladder";
import type {
  BookViewSnapshot,
  BookViewUpdate,
  KlineSnapshot,
  KlineUpdate,
  RankingList,
  RankingSnapshot,
  Readiness,
  TradesSnapshot,
  TradesUpdate,
} from "@/contract/socket";
import type { Session } from "./session";
import { Stream, type StreamEvents } from "./stream";
import type { Surroundings } from "./surroundings";
import { Told } from "./told";

export type KlineMessage = KlineSnapshot | KlineUpdate;
export type TradesMessage = TradesSnapshot | TradesUpdate;
export type BookMessage = BookViewSnapshot | BookViewUpdate;

/** As many pairs as a ranking may hold. */
const RANKED = 100;

/** What can be told of as it happens: here, and nowhere else, it is decided what is subscribed to for it. */
export class Channels {
  constructor(
    private readonly session: Session,
    private readonly surroundings: Surroundings,
  ) {}

  /** The 1m candles of a pair. */
  kline(symbol: string, events: StreamEvents<KlineMessage>): Stream<KlineMessage> {
    return new Stream({ channel: "kline", symbol, interval: "1m" }, this.session, this.surroundings, events);
  }

  /** The trades of a pair. */
  trades(symbol: string, events: StreamEvents<TradesMessage>): Stream<TradesMessage> {
    return new Stream({ channel: "trades", symbol }, this.session, this.surroundings, events);
  }

  /** The book of a pair in a market: its best 20 levels a side, each time it is published. */
  book(symbol: string, market: BookMarket, events: StreamEvents<BookMessage>): Stream<BookMessage> {
    const wanted = { channel: "orderbook", symbol, market, depth: 20, every_ms: 100 } as const;
    return new Stream(wanted, this.session, this.surroundings, events);
  }

  /** What gained or lost most in a day. */
  ranking(ranking: RankingSnapshot["ranking"]): Told<RankingList> {
    return new Told<RankingList>(
      { channel: "ranking", ranking, limit: RANKED },
      this.session,
      this.surroundings,
    );
  }

  /** Which of its own parts the API reaches. */
  readiness(): Told<Readiness> {
    return new Told<Readiness>({ channel: "status" }, this.session, this.surroundings);
  }
}
