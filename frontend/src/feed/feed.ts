import type { QueryClient } from "@tanstack/react-query";
import { ApiClient } from "@/api/client";
import type { RankingList, Readiness } from "@/contract/socket";
import { Channels } from "./channels";
import { Market } from "./market";
import { askFailedAgain, newQueryClient, Questions } from "./questions";
import { Quotes } from "./quotes";
import { Session } from "./session";
import { browser, type Surroundings } from "./surroundings";
import type { Told } from "./told";

/** Pairs that nobody looks at are forgotten beyond so many, the longest unseen first. */
const MARKETS_KEPT = 24;

/** Everything that comes from the API at one address, once a tab, outside React. */
export class Feed {
  /** What is asked by REST. */
  readonly questions: Questions;
  /** Asks it, and keeps the answers. */
  readonly queries: QueryClient;
  /** Which of its own parts the API reaches. */
  readonly readiness: Told<Readiness>;
  /** What gained most in a day. */
  readonly gainers: Told<RankingList>;
  /** What lost most in a day. */
  readonly losers: Told<RankingList>;
  /** The prices of any pairs. */
  readonly quotes: Quotes;
  readonly #api: ApiClient;
  readonly #session: Session;
  readonly #channels: Channels;
  readonly #markets = new Map<string, Market>();

  constructor(
    readonly address: string,
    private readonly surroundings: Surroundings = browser,
  ) {
    this.#api = new ApiClient(address);
    this.questions = new Questions(this.#api);
    this.queries = newQueryClient(surroundings);
    this.#session = new Session(this.#api.socketAddress, surroundings, () => {
      this.retryNow();
    });
    this.#channels = new Channels(this.#session, surroundings);
    this.quotes = new Quotes(this.#channels, surroundings);
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

  /** Try at once whatever waits for its next try, and ask for what is still owed. */
  retryNow(): void {
    this.#session.retryNow();
    askFailedAgain(this.queries);
    for (const market of this.#markets.values()) market.retryNow();
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
