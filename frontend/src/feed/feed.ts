import {
  ApiClient,
  type Completeness,
  type Ohlc,
  type OrderBook,
  type RankingList,
  type Readiness,
  type Symbols,
} from "@/api/client";
import type { Market as BookMarket } from "@/book/ladder";
import { Channels } from "./channels";
import { Gate } from "./gate";
import { Market } from "./market";
import { Quotes } from "./quotes";
import { Refreshed } from "./refreshed";
import { browser, type Surroundings } from "./surroundings";

/** Pairs are few and change seldom; the data's decimals become known as it comes. */
const SYMBOLS_EVERY_MS = 60_000;
const READINESS_EVERY_MS = 5000;
const RANKING_EVERY_MS = 10_000;
const DEPTH_EVERY_MS = 2000;
/** Levels a side of the whole book. */
const DEPTH = 500;
/** As many as a ranking may hold. */
const RANKED = 100;
const HOUR_MS = 3_600_000;
const DAY_EVERY_MS = 60_000;
/** Hours of a day, with the one that forms. */
const DAY_HOURS = 25;
/** Of an hour that has passed; what was missing in it may be filled later. */
const COMPLETENESS_EVERY_MS = 10 * 60_000;
const FORMING_HOUR_EVERY_MS = 30_000;
const HOLES = 200;
const BOOK_STATE_EVERY_MS = 5000;
/** Of what is asked for every pair or every hour, so many questions are open at once. */
const ASKED_AT_ONCE = 3;
/** Pairs that nobody looks at are forgotten beyond so many, the longest unseen first. */
const MARKETS_KEPT = 24;

/** Everything that comes from the API at one address, once a tab, outside React. */
export class Feed {
  /** The known pairs. */
  readonly symbols: Refreshed<Symbols>;
  /** Which of its own parts the API reaches. */
  readonly readiness: Refreshed<Readiness>;
  /** What gained most in a day. */
  readonly gainers: Refreshed<RankingList>;
  /** What lost most in a day. */
  readonly losers: Refreshed<RankingList>;
  /** The prices of any pairs. */
  readonly quotes: Quotes;
  readonly #api: ApiClient;
  readonly #channels: Channels;
  readonly #gate = new Gate(ASKED_AT_ONCE);
  readonly #markets = new Map<string, Market>();
  readonly #depths = new Map<string, Refreshed<OrderBook>>();
  readonly #bookStates = new Map<string, Refreshed<OrderBook>>();
  readonly #days = new Map<string, Refreshed<Ohlc>>();
  readonly #hours = new Map<string, Refreshed<Completeness>>();

  constructor(
    readonly address: string,
    private readonly surroundings: Surroundings = browser,
  ) {
    this.#api = new ApiClient(address);
    this.#channels = new Channels(this.#api, surroundings);
    this.quotes = new Quotes(this.#channels, surroundings);
    this.symbols = new Refreshed(surroundings, SYMBOLS_EVERY_MS, (signal) => this.#api.symbols(signal));
    const ranked = { limit: RANKED };
    this.gainers = new Refreshed(surroundings, RANKING_EVERY_MS, (signal) =>
      this.#api.topGainers(ranked, signal),
    );
    this.losers = new Refreshed(surroundings, RANKING_EVERY_MS, (signal) =>
      this.#api.topLosers(ranked, signal),
    );
    this.readiness = new Refreshed(surroundings, READINESS_EVERY_MS, (signal) => this.#api.readiness(signal));
  }

  /**
   * Return the feed of a pair; it opens no socket until it is looked at. Who shows a pair in several intervals
   * at once names each `view`, and has a feed of its own for each.
   */
  market(symbol: string, view = ""): Market {
    const key = `${symbol} ${view}`;
    const known = this.#markets.get(key);
    const market = known ?? new Market(symbol, this.#api, this.#channels, this.surroundings);
    // The order of a map is that of putting in: the one seen last comes last.
    this.#markets.delete(key);
    this.#markets.set(key, market);
    for (const [other, { looked }] of this.#markets) {
      if (this.#markets.size <= MARKETS_KEPT) break;
      if (!looked && other !== key) this.#markets.delete(other);
    }
    return market;
  }

  /** Return the whole book of a pair in a market, asked for now and then. */
  depth(symbol: string, market: BookMarket): Refreshed<OrderBook> {
    return this.#asked(this.#depths, `${symbol} ${market}`, DEPTH_EVERY_MS, (signal) =>
      this.#api.orderBook({ symbol, market, depth: DEPTH }, signal),
    );
  }

  /** Return how the book of a pair in a market stands, with its best level a side. */
  bookState(symbol: string, market: BookMarket): Refreshed<OrderBook> {
    return this.#asked(this.#bookStates, `${symbol} ${market}`, BOOK_STATE_EVERY_MS, (signal) =>
      this.#api.orderBook({ symbol, market, depth: 1 }, signal),
    );
  }

  /** Return the hours of a pair's last day. */
  day(symbol: string): Refreshed<Ohlc> {
    return this.#asked(this.#days, symbol, DAY_EVERY_MS, (signal) =>
      this.#api.ohlc({ symbol, interval: "1h", limit: DAY_HOURS }, signal),
    );
  }

  /** Return what the ledger knows of every stream over an hour that begins at `hour` (epoch ms). */
  completeness(hour: number): Refreshed<Completeness> {
    const endTime = hour + HOUR_MS;
    const passed = endTime <= this.surroundings.now();
    const everyMs = passed ? COMPLETENESS_EVERY_MS : FORMING_HOUR_EVERY_MS;
    return this.#asked(this.#hours, `${hour} ${passed}`, everyMs, (signal) =>
      this.#api.completeness({ startTime: hour, endTime, limit: HOLES }, signal),
    );
  }

  #asked<Result>(
    known: Map<string, Refreshed<Result>>,
    key: string,
    everyMs: number,
    ask: (signal: AbortSignal) => Promise<Result>,
  ): Refreshed<Result> {
    let refreshed = known.get(key);
    if (refreshed === undefined) {
      refreshed = new Refreshed(this.surroundings, everyMs, (signal) => this.#gate.pass(() => ask(signal)));
      known.set(key, refreshed);
    }
    return refreshed;
  }

  /** Ask at once for what is still owed. */
  retryNow(): void {
    this.symbols.retryNow();
    this.readiness.retryNow();
    this.gainers.retryNow();
    this.losers.retryNow();
    this.quotes.retryNow();
  }
}

const feeds = new Map<string, Feed>();

/** Return this tab's feed from an API address; on a server, which has no tab, one that lives as long as a page. */
export function feedFrom(address: string): Feed {
  if (typeof window === "undefined") return new Feed(address);
  let feed = feeds.get(address);
  if (feed === undefined) {
    feed = new Feed(address);
    feeds.set(address, feed);
  }
  return feed;
}
