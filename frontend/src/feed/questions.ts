import { QueryClient, type UseQueryOptions } from "@tanstack/react-query";
import type {
  ApiClient,
  ApiFailure,
  Completeness,
  JobRuns,
  Ohlc,
  OrderBook,
  Status,
  Symbols,
} from "@/api/client";
import type { Market as BookMarket } from "@/book/ladder";
import { Gate } from "./gate";
import { pauseBefore } from "./pauses";
import type { Surroundings } from "./surroundings";

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

declare module "@tanstack/react-query" {
  interface Register {
    /** What the API's client throws. */
    defaultError: ApiFailure;
  }
}

/** A question to the API by REST that is asked again now and then, as long as somebody looks at the answer. */
export type Question<Result> = UseQueryOptions<Result>;

/** How often a question is asked, in ms; it may depend on when it was answered last (epoch ms, 0 before). */
type Every = number | ((query: { readonly state: { readonly dataUpdatedAt: number } }) => number);

/** What is asked of the API by REST and kept fresh. */
export class Questions {
  /** The known pairs. */
  readonly symbols: Question<Symbols>;
  /** How fresh each stream is, and whether it may be believed. */
  readonly status: Question<Status>;
  /** How each batch job stands, and the newest runs of all. */
  readonly jobs: Question<JobRuns>;
  readonly #gate = new Gate(ASKED_AT_ONCE);

  constructor(private readonly api: ApiClient) {
    this.symbols = question(["symbols"], SYMBOLS_EVERY_MS, (signal) => api.symbols(signal));
    this.status = question(["status"], STATUS_EVERY_MS, (signal) => api.status(signal));
    this.jobs = question(["jobs"], JOBS_EVERY_MS, (signal) => api.jobs({ limit: RUNS }, signal));
  }

  /** The whole book of a pair in a market. */
  depth(symbol: string, market: BookMarket): Question<OrderBook> {
    return this.#inTurn(["depth", symbol, market], DEPTH_EVERY_MS, (signal) =>
      this.api.orderBook({ symbol, market, depth: DEPTH }, signal),
    );
  }

  /** The hours of a pair's last day. */
  day(symbol: string): Question<Ohlc> {
    return this.#inTurn(["day", symbol], DAY_EVERY_MS, (signal) =>
      this.api.ohlc({ symbol, interval: "1h", limit: DAY_HOURS }, signal),
    );
  }

  /** What the ledger knows of every stream over an hour that begins at `hour` (epoch ms). */
  completeness(hour: number): Question<Completeness> {
    const endTime = hour + HOUR_MS;
    // An hour has passed for us once it was asked about after its end.
    const every: Every = ({ state }) =>
      endTime <= state.dataUpdatedAt ? COMPLETENESS_EVERY_MS : FORMING_HOUR_EVERY_MS;
    return this.#inTurn(["completeness", hour], every, (signal) =>
      this.api.completeness({ startTime: hour, endTime, limit: HOLES }, signal),
    );
  }

  #inTurn<Result>(
    key: readonly unknown[],
    every: Every,
    ask: (signal: AbortSignal) => Promise<Result>,
  ): Question<Result> {
    return question(key, every, (signal) => this.#gate.pass(() => ask(signal)));
  }
}

function question<Result>(
  key: readonly unknown[],
  every: Every,
  ask: (signal: AbortSignal) => Promise<Result>,
): Question<Result> {
  // Who begins to look in between is shown the answer that is there.
  return { queryKey: key, queryFn: ({ signal }) => ask(signal), staleTime: every, refetchInterval: every };
}

/** Return what asks and keeps the answers: it repeats, with growing pauses, what is not answered. */
export function newQueryClient({ random }: Pick<Surroundings, "random">): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: true,
        retryDelay: (failures) => pauseBefore(failures + 1, random()),
        // An API on this machine answers whatever the browser thinks of its network.
        networkMode: "always",
      },
    },
  });
}

/** Ask at once what was not answered and waits for its next try. */
export function askFailedAgain(client: QueryClient): void {
  const owed = client
    .getQueryCache()
    .findAll({ type: "active", predicate: ({ state }) => state.fetchFailureCount > 0 });
  for (const query of owed) {
    const { fetchFailureCount, fetchFailureReason } = query.state;
    // A refetch alone would join the one that waits.
    void query.cancel({ silent: true });
    query.fetch().catch(() => undefined);
    // It has failed until it is answered.
    query.setState({ fetchFailureCount, fetchFailureReason });
  }
}
