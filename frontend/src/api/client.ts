import type { components, operations } from "@/contract/openapi";

type Answer<Operation extends keyof operations> = operations[Operation] extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;

type Query<Operation extends keyof operations> = NonNullable<operations[Operation]["parameters"]["query"]>;

export type Problem = components["schemas"]["Problem"];
export type Symbols = Answer<"getSymbols">;
export type Status = Answer<"getStatus">;
export type StreamStatus = components["schemas"]["StreamStatus"];
export type SymbolInfo = components["schemas"]["SymbolInfo"];
export type Ohlc = Answer<"getOhlc">;
export type OhlcCandle = components["schemas"]["OhlcCandle"];
export type RankingList = components["schemas"]["RankingList"];
export type OrderBook = Answer<"getOrderBook">;
export type Completeness = Answer<"getCompleteness">;
export type JobRuns = Answer<"getJobs">;
export type JobRun = components["schemas"]["JobRun"];
export type JobState = components["schemas"]["JobState"];
/** A job that the platform has now. */
export type JobName = NonNullable<Query<"getJobs">["job"]>;
export type RankedPair = components["schemas"]["RankedPair"];

/** The API answered, and would not or could not serve: its problem document says why (RFC 9457). */
export class ApiProblem extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = "ApiProblem";
  }
}

/** Nobody answered at the API's address, or nobody who speaks its contract. */
export class ApiUnreachable extends Error {
  constructor(cause: unknown) {
    super("the API does not answer", { cause });
    this.name = "ApiUnreachable";
  }
}

export type ApiFailure = ApiProblem | ApiUnreachable;

const TIMEOUT_MS = 10_000;

/** The REST side of the API at one address. */
export class ApiClient {
  constructor(private readonly address: string) {}

  /** Every known pair. Throws `ApiFailure`; an aborted signal's own reason otherwise. */
  symbols(signal: AbortSignal): Promise<Symbols> {
    return this.#get<"getSymbols">("/symbols", {}, signal);
  }

  /** Candles of a pair, ascending, the forming one last. Throws as `symbols` does. */
  ohlc(query: Query<"getOhlc">, signal: AbortSignal): Promise<Ohlc> {
    return this.#get<"getOhlc">("/ohlc", query, signal);
  }

  /** The best levels of a pair's book in a market. Throws as `symbols` does. */
  orderBook(query: Query<"getOrderBook">, signal: AbortSignal): Promise<OrderBook> {
    return this.#get<"getOrderBook">("/orderbook", query, signal);
  }

  /** What came, what is missing, and how holes were filled. Throws as `symbols` does. */
  completeness(query: Query<"getCompleteness">, signal: AbortSignal): Promise<Completeness> {
    return this.#get<"getCompleteness">("/completeness", query, signal);
  }

  /** How fresh each stream is, and whether it may be believed. Throws as `symbols` does. */
  status(signal: AbortSignal): Promise<Status> {
    return this.#get<"getStatus">("/status", {}, signal);
  }

  /** How each batch job stands, and the newest runs of all. Throws as `symbols` does. */
  jobs(query: Query<"getJobs">, signal: AbortSignal): Promise<JobRuns> {
    return this.#get<"getJobs">("/jobs", query, signal);
  }

  /** The address of the socket of all channels. */
  get socketAddress(): string {
    const url = new URL(`${this.address}/ws`);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  }

  async #get<Operation extends keyof operations>(
    path: string,
    query: Record<string, string | number | null | undefined>,
    signal: AbortSignal,
  ): Promise<Answer<Operation>> {
    const url = new URL(this.address + path);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) url.searchParams.set(name, String(value));
    }
    try {
      const response = await fetch(url, {
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        cache: "no-store",
      });
      const body: unknown = await response.json();
      if (response.status !== 200) {
        throw isProblem(body) ? new ApiProblem(body) : new Error(`HTTP ${response.status}`);
      }
      return body as Answer<Operation>;
    } catch (error) {
      signal.throwIfAborted();
      throw error instanceof ApiProblem ? error : new ApiUnreachable(error);
    }
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "detail" in body && typeof body.detail === "string";
}
