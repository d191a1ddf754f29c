import { ApiClient, type RankingList, type Readiness, type Symbols } from "@/api/client";
import { Market } from "./market";
import { Refreshed } from "./refreshed";
import { browser, type Surroundings } from "./surroundings";

/** Pairs are few and change seldom; the data's decimals become known as it comes. */
const SYMBOLS_EVERY_MS = 60_000;
const READINESS_EVERY_MS = 5000;
const RANKING_EVERY_MS = 10_000;
/** Pairs that are shown of each ranking. */
const RANKED = 15;

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
  readonly #api: ApiClient;
  readonly #markets = new Map<string, Market>();

  constructor(
    readonly address: string,
    private readonly surroundings: Surroundings = browser,
  ) {
    this.#api = new ApiClient(address);
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

  /** Return the feed of a pair; it opens no socket until it is looked at. */
  market(symbol: string): Market {
    let market = this.#markets.get(symbol);
    if (market === undefined) {
      market = new Market(symbol, this.#api, this.surroundings);
      this.#markets.set(symbol, market);
    }
    return market;
  }

  /** Ask at once for what is still owed. */
  retryNow(): void {
    this.symbols.retryNow();
    this.readiness.retryNow();
    this.gainers.retryNow();
    this.losers.retryNow();
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
