import { ApiClient, type Symbols } from "@/api/client";
import { Market } from "./market";
import { Published } from "./published";
import { Retried, type Loading } from "./retried";
import { browser, type Surroundings } from "./surroundings";

/** The known pairs; null until they have come for the first time. */
export interface SymbolsState {
  readonly symbols: Symbols | null;
  readonly loading: Loading;
}

/** Pairs are few and change seldom; the data's decimals become known as it comes. */
const SYMBOLS_EVERY_MS = 60_000;

/** Everything that comes from the API at one address, once a tab, outside React. */
export class Feed {
  readonly symbols: Published<SymbolsState>;
  readonly #api: ApiClient;
  readonly #markets = new Map<string, Market>();
  readonly #askSymbols: Retried<Symbols>;
  #lookers = 0;
  #cancelRefresh: () => void = () => undefined;

  constructor(
    readonly address: string,
    private readonly surroundings: Surroundings = browser,
  ) {
    this.#api = new ApiClient(address);
    this.symbols = new Published<SymbolsState>(surroundings, {
      symbols: null,
      loading: { phase: "loading" },
    });
    this.#askSymbols = new Retried(surroundings, (signal) => this.#api.symbols(signal), {
      onResult: (symbols) => {
        this.symbols.change({ symbols });
        this.#cancelRefresh();
        this.#cancelRefresh = surroundings.after(SYMBOLS_EVERY_MS, () => {
          this.#askSymbols.start();
        });
      },
      onLoading: (loading) => {
        this.symbols.change({ loading });
      },
    });
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

  /** Keep the list of pairs fresh until the returned function is called. */
  lookAtSymbols(): () => void {
    this.#lookers += 1;
    if (this.#lookers === 1) this.#askSymbols.start();
    let looking = true;
    return () => {
      if (!looking) return;
      looking = false;
      this.#lookers -= 1;
      if (this.#lookers > 0) return;
      this.#askSymbols.stop();
      this.#cancelRefresh();
    };
  }

  /** Ask for the pairs at once, if the answer is still owed. */
  retryNow(): void {
    this.#askSymbols.retryNow();
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
