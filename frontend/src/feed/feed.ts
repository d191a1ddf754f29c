import {
  ApiClient,
  type Completeness,
  type JobRuns,
  type Ohlc,
  type OrderBook,
  type Status,
  type Symbols,
} from "@/api/client";
import type { Market as BookMarket } from "@/book/ladder";
import type { RankingList, Readiness } from "@/contract/socket";
import { Channels } from "./channels";
import { Gate } from "./gate";
import { Market } from "./market";
import { Quotes } from "./quotes";
import { Refreshed } from "./refreshed";
import { Session } from "./session";
import { browser, type Surroundings } from "./surroundings";
import type { Told } from "./told";

/** Pairs are few and change seldom; the data's decimals become known as it comes. */
const SYMBOLS_EVERY_MS = 60_000;
const DEPTH_EVERY_MS = 2000;
/** Levels a side of the whole book. */
const DEPTH = 500;
const HOUR_MS = 3_600_000;
const DAY_EVERY_MS = 60_000;
/** Hours of a day, with the one that forms. */
const DAY_HOURS = 25;
/** Of an hour that has passed; what was missing in it may be filled later. */
const COMPLETENESS_EVERY_MS = 10 * 60_000;
const FORMING_HOUR_EVERY_MS = 30_000;
const HOLES = 200;
const STATUS_EVERY_MS = 2000;
/** Jobs run for seconds, minutes apart. */
const JOBS_EVERY_MS = 10_000;
/** Of all jobs together, the newest. */
const RUNS = 50;
/** Of what is asked for every pair or every hour, so many questions are open at once. */
const ASKED_AT_ONCE = 3;
/** Pairs that nobody looks at are forgotten beyond so many, the longest unseen first. */
const MARKETS_KEPT = 24;

/** Everything that comes from the API at one address, once a tab, outside React. */
export class Feed {
  /** The known pairs. */
  readonly symbols: Refreshed<Symbols>;
  /** Which of its own parts the API reaches. */
  readonly readiness: Told<Readiness>;
  /** What gained most in a day. */
  readonly gainers: Told<RankingList>;
  /** What lost most in a day. */
  readonly losers: Told<RankingList>;
  /** How fresh each stream is, and whether it may be believed. */
  readonly status: Refreshed<Status>;
  /** How each batch job stands, and the newest runs of all. */
  readonly jobs: Refreshed<JobRuns>;
  /** The prices of any pairs. */
  readonly quotes: Quotes;
  readonly #api: ApiClient;
  readonly #session: Session;
  readonly #channels: Channels;
  readonly #gate = new Gate(ASKED_AT_ONCE);
  readonly #markets = new Map<string, Market>();
  readonly #depths = new Map<string, Refreshed<OrderBook>>();
  readonly #days = new Map<string, Refreshed<Ohlc>>();
  readonly #hours = new Map<string, Refreshed<Completeness>>();

  constructor(
    readonly address: string,
    private readonly surroundings: Surroundings = browser,
  ) {
    this.#api = new ApiClient(address);
    this.#session = new Session(this.#api.socketAddress, surroundings, () => {
      this.retryNow();
    });
    this.#channels = new Channels(this.#session, surroundings);
    this.quotes = new Quotes(this.#channels, surroundings);
    this.symbols = new Refreshed(surroundings, SYMBOLS_EVERY_MS, (signal) => this.#api.symbols(signal));
    this.status = new Refreshed(surroundings, STATUS_EVERY_MS, (signal) => this.#api.status(signal));
    this.jobs = new Refreshed(surroundings, JOBS_EVERY_MS, (signal) =>
      this.#api.jobs({ limit: RUNS }, signal),
    );
    this.gainers = this.#channels.ranking("top_gainers");
    this.losers = this.#channels.ranking("top_losers");
    this.readiness = this.#channels.readiness();
  }

  /**
   * Return the feed of a pair; it asks for nothing until it is looked at. Who shows a pair in several intervals
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

  /** Try at once whatever waits for its next try, and ask for what is still owed. */
  retryNow(): void {
    this.#session.retryNow();
    const asked = [this.#depths, this.#days, this.#hours].flatMap((known) => [...known.values()]);
    const states = [this.symbols, this.status, this.jobs];
    for (const each of [...states, ...asked, ...this.#markets.values()]) each.retryNow();
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
