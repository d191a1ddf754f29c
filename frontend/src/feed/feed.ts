import { ApiClient, type Readiness, type Symbols } from "@/api/client";
import { Market } from "./market";
import { Refreshed } from "./refreshed";
import { browser, type Surroundings } from "./surroundings";

/** Pairs are few and change seldom; the data's decimals become known as it comes. */
const SYMBOLS_EVERY_MS = 60_000;
const READINESS_EVERY_MS = 5000;

/** Everything that comes from the API at one address, once a tab, outside React. */
export class Feed {
  /** The known pairs. */
  readonly symbols: Refreshed<Symbols>;
  /** Which of its own parts the API reaches. */
  readonly readiness: Refreshed<Readiness>;
  readonly #api: ApiClient;
  readonly #markets = new Map<string, Market>();

  constructor(
    readonly address: string,
    private readonly surroundings: Surroundings = browser,
  ) {
    this.#api = new ApiClient(address);
    this.symbols = new Refreshed(surroundings, SYMBOLS_EVERY_MS, (signal) => this.#api.symbols(signal));
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
