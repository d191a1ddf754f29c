// Generated from the API's contract by `npm run generate`. Do not edit.

export interface paths {
    readonly "/api/v3/aggTrades": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The newest trades, aggregated */
        readonly get: operations["binanceAggTrades"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/avgPrice": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The average price of the last five minutes */
        readonly get: operations["binanceAveragePrice"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/depth": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** A book that may be believed */
        readonly get: operations["binanceDepth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/exchangeInfo": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The pairs with the exchange's own filters */
        readonly get: operations["binanceExchangeInfo"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/historicalTrades": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Trades from an id on, as far back as they are held */
        readonly get: operations["binanceHistoricalTrades"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/klines": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Candles */
        readonly get: operations["binanceKlines"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/ping": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Nothing, at once */
        readonly get: operations["binancePing"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/ticker": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What the last minutes, hours or days brought, with `symbol` or `symbols` */
        readonly get: operations["binanceRollingTicker"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/ticker/24hr": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What the last 1,440 minutes brought */
        readonly get: operations["binanceDayTicker"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/ticker/bookTicker": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The best bid and ask */
        readonly get: operations["binanceBookTicker"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/ticker/price": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The last price */
        readonly get: operations["binancePriceTicker"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/ticker/tradingDay": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** What the day brought since midnight UTC, with `symbol` or `symbols` */
        readonly get: operations["binanceTradingDayTicker"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/time": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The time here */
        readonly get: operations["binanceTime"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/trades": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** The newest trades */
        readonly get: operations["binanceTrades"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/api/v3/uiKlines": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /** Candles, for charts; here the same */
        readonly get: operations["binanceUiKlines"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/completeness": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What came, what is missing, and how holes were filled
         * @description Return what the ledger knows of every stream that is asked for, over a day at most.
         *
         *     A known stream of which nothing is known in the range is there too, with no minute known.
         */
        readonly get: operations["getCompleteness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/export": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * A range of candles as a file
         * @description Return the closed candles of a range, ascending by open time, as CSV or Parquet; 200,000 at most.
         *
         *     A file whose end is not reached, for a store went away meanwhile, is cut off: the connection breaks.
         */
        readonly get: operations["exportCandles"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/healthz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Whether the process lives
         * @description Return 200 while the process lives, and whose data it serves.
         */
        readonly get: operations["getHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/jobs": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What the batch jobs did
         * @description Return how each batch job stands, and its newest runs: what they took, what they made, how they ended.
         */
        readonly get: operations["getJobs"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/latest": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The newest 1m candle
         * @description Return the newest 1m candle of a pair, forming or closed.
         */
        readonly get: operations["getLatest"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Prometheus' metrics
         * @description Return the metrics of the process in Prometheus' text format.
         */
        readonly get: operations["getMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/ohlc": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Candles of any interval
         * @description Return candles ascending by open time, the forming one last.
         *
         *     With `startTime` the first `limit` from there, else the newest `limit`, up to `endTime` where it is given.
         *     `Link` names the next page of the first, the page before of the others. With the `ETag` of an answer in
         *     `If-None-Match` the same one is not sent again.
         */
        readonly get: operations["getOhlc"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/ohlc/realtime": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The realtime window
         * @description Return the newest 1m candles as the realtime store holds them, ascending by open time.
         */
        readonly get: operations["getOhlcRealtime"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/orderbook": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The order book
         * @description Return the best levels of a pair's book in a market, with its trust state, sequence and checksum.
         *
         *     Up to 20 levels they are those of the newest book that was published, more those of the realtime store, which
         *     is written four times a second; while that is away they are the best 20 at most.
         */
        readonly get: operations["getOrderBook"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/ranking/top-gainers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What gained most in a day
         * @description Return the pairs whose price rose most over the last 1,440 minutes, with the time of the ranking.
         */
        readonly get: operations["getTopGainers"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/ranking/top-losers": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What lost most in a day
         * @description Return the pairs whose price fell most over the last 1,440 minutes, with the time of the ranking.
         */
        readonly get: operations["getTopLosers"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/readyz": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What can be served
         * @description Return 200 while anything can be served, 503 when nothing can, and which parts are away and why.
         */
        readonly get: operations["getReadiness"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/status": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * How fresh each stream is
         * @description Return of each stream the time of its newest record, its age and lag, and of books the trust state.
         */
        readonly get: operations["getStatus"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/symbols": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The known pairs
         * @description Return every known pair, where its data comes from, and with how many decimals it is written.
         *
         *     An empty list says that there is none, and never that none was looked for: until that is known the answer is 503.
         */
        readonly get: operations["getSymbols"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/trades": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The newest trades
         * @description Return the newest trades of a pair, ascending by trade id.
         */
        readonly get: operations["getTrades"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/udf/config": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * What is offered
         * @description Return the resolutions, exchanges and kinds of instruments.
         */
        readonly get: operations["udfConfig"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/udf/history": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Bars
         * @description Return bars column by column, the forming one last.
         */
        readonly get: operations["udfHistory"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/udf/search": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * Pairs by a part of their names
         * @description Return the pairs whose names hold a text; 503 until the exchange's pairs are known.
         */
        readonly get: operations["udfSearch"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/udf/symbols": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * One pair
         * @description Return how a pair is to be drawn.
         */
        readonly get: operations["udfSymbol"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/udf/time": {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        /**
         * The time here
         * @description Return the time in whole epoch seconds.
         */
        readonly get: operations["udfTime"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AggregateTrade
         * @description Neighbouring trades of one time, price and side.
         *
         *     The exchange's own number of an aggregate is not known: `a` is the id of its first trade, as `f` is.
         */
        readonly AggregateTrade: {
            readonly a: number;
            readonly f: number;
            readonly l: number;
            readonly m: boolean;
            /** @default true */
            readonly M: boolean;
            readonly p: string;
            readonly q: string;
            readonly T: number;
        };
        /**
         * AveragePrice
         * @description The average price of the last minutes by volume, and when the newest trade was, in ms.
         */
        readonly AveragePrice: {
            readonly closeTime: number;
            readonly mins: number;
            readonly price: string;
        };
        /**
         * BadParameter
         * @description One parameter that cannot be used, and why; the empty name stands for the query as a whole.
         */
        readonly BadParameter: {
            readonly parameter: string;
            readonly reason: string;
        };
        /**
         * BinanceError
         * @description An error as Binance writes it.
         */
        readonly BinanceError: {
            readonly code: number;
            readonly msg: string;
        };
        /**
         * BookTicker
         * @description The best bid and ask of a pair.
         */
        readonly BookTicker: {
            readonly askPrice: string;
            readonly askQty: string;
            readonly bidPrice: string;
            readonly bidQty: string;
            readonly symbol: string;
        };
        /**
         * Candle
         * @description A candle over `[open_time, open_time + interval)`.
         *
         *     `volume` and `taker_buy_volume` are base amounts, `quote_volume` and `taker_buy_quote_volume` quote ones.
         *     `version` orders two accounts of one candle: the event time of a stream's, the server's time of a REST
         *     answer's, in ms.
         */
        readonly Candle: {
            readonly close: string;
            readonly close_time: number;
            readonly closed: boolean;
            /** @enum {unknown} */
            readonly completeness: "backfilled" | "complete" | "partial";
            readonly high: string;
            /** @enum {unknown} */
            readonly interval: "1d" | "1h" | "1m" | "4h" | "5m";
            readonly low: string;
            readonly open: string;
            readonly open_time: number;
            readonly quote_volume: string;
            readonly source: string;
            readonly symbol: string;
            readonly taker_buy_quote_volume: string;
            readonly taker_buy_volume: string;
            readonly trades: number;
            readonly version: number;
            readonly volume: string;
        };
        /**
         * Completeness
         * @description The minutes with open times in `[start_time, end_time)`: sums by stream, and the holes, newest first.
         *
         *     `truncated` says that there are more holes than `limit`.
         */
        readonly Completeness: {
            readonly end_time: number;
            readonly holes: readonly components["schemas"]["HoleInStream"][];
            readonly start_time: number;
            readonly streams: readonly components["schemas"]["StreamCompleteness"][];
            readonly truncated: boolean;
        };
        /**
         * Components
         * @description The parts: the topics (what happens now), the realtime store and the candle store.
         */
        readonly Components: {
            readonly kafka: components["schemas"]["ComponentState"];
            readonly mongodb: components["schemas"]["ComponentState"];
            readonly redis: components["schemas"]["ComponentState"];
        };
        /**
         * ComponentState
         * @description One part that the API reads from; the reason says why it is away.
         */
        readonly ComponentState: {
            readonly reason: string | null;
            /** @enum {unknown} */
            readonly state: "away" | "up";
        };
        /**
         * DayTicker
         * @description The same of 24 hours, with the best prices now; zero where the book may not be believed.
         */
        readonly DayTicker: {
            readonly askPrice: string;
            readonly askQty: string;
            readonly bidPrice: string;
            readonly bidQty: string;
            readonly closeTime: number;
            readonly count: number;
            readonly firstId: number;
            readonly highPrice: string;
            readonly lastId: number;
            readonly lastPrice: string;
            readonly lastQty: string;
            readonly lowPrice: string;
            readonly openPrice: string;
            readonly openTime: number;
            readonly prevClosePrice: string;
            readonly priceChange: string;
            readonly priceChangePercent: string;
            readonly quoteVolume: string;
            readonly symbol: string;
            readonly volume: string;
            readonly weightedAvgPrice: string;
        };
        /**
         * Depth
         * @description The best levels of a book, as prices with quantities.
         */
        readonly Depth: {
            readonly asks: readonly (readonly [
                string,
                string
            ])[];
            readonly bids: readonly (readonly [
                string,
                string
            ])[];
            readonly lastUpdateId: number;
        };
        /**
         * Exchange
         * @description An exchange as the library's filter shows it.
         */
        readonly Exchange: {
            readonly desc: string;
            readonly name: string;
            readonly value: string;
        };
        /**
         * ExchangeInfo
         * @description The pairs, each as the exchange itself lists it, and the limits that hold here.
         */
        readonly ExchangeInfo: {
            readonly exchangeFilters: readonly unknown[];
            readonly rateLimits: readonly components["schemas"]["RateLimit"][];
            readonly serverTime: number;
            readonly symbols: readonly unknown[];
            readonly timezone: string;
        };
        /**
         * HoleInStream
         * @description A run of ids that a stream did not bring; a hole between two minutes is the later one's.
         *
         *     `minute` is its open time. Of candles an id is the open time. `how` is `rest` where REST brought them,
         *     `snapshot` where a snapshot brought the book beyond them, and null while they are missing; `filled_at` is
         *     when, in ms.
         */
        readonly HoleInStream: {
            readonly count: number;
            readonly filled_at: number | null;
            readonly first_id: number;
            readonly how: ("rest" | "snapshot") | null;
            readonly last_id: number;
            /** @enum {unknown} */
            readonly market: "spot" | "usdm";
            readonly minute: number;
            /** @enum {unknown} */
            readonly stream: "depth" | "kline_1m" | "trade";
            readonly symbol: string;
        };
        /**
         * Interval
         * @description An interval the platform keeps candles of; the value is its name on the wire.
         * @enum {string}
         */
        readonly Interval: "1m" | "5m" | "1h" | "4h" | "1d";
        /**
         * JobRun
         * @description One run of a batch job; null is what it was not given, or has not told.
         *
         *     `interval` is that of the candles it makes. `start` and `end` are the window `[start, end)` that it was given,
         *     in ms; without one it took what was due by the data. `rows_in` and `rows_out` are the candles that it read and
         *     wrote. A run has neither figures nor an end while it is `running`. Nor has one that was `killed`, which the
         *     exporter of the jobs' metrics finds out in some seconds, or else the next run of its job. `reason` says why a run
         *     did not succeed.
         */
        readonly JobRun: {
            readonly end: number | null;
            readonly finished_at: number | null;
            readonly interval: string | null;
            readonly job: string;
            /** @enum {unknown} */
            readonly outcome: "failed" | "killed" | "running" | "succeeded";
            readonly reason: string | null;
            readonly rows_in: number | null;
            readonly rows_out: number | null;
            readonly seconds: number | null;
            readonly start: number | null;
            readonly started_at: number;
            readonly symbols: readonly string[];
        };
        /**
         * JobRuns
         * @description Every job that is asked for, whether or not it ever ran, and the runs, newest first.
         *
         *     Runs are on record for 90 days. `time` is the API's when it looked, in ms; `truncated` says that there are
         *     more runs than `limit`.
         */
        readonly JobRuns: {
            readonly jobs: readonly components["schemas"]["JobState"][];
            readonly runs: readonly components["schemas"]["JobRun"][];
            readonly time: number;
            readonly truncated: boolean;
        };
        /**
         * JobState
         * @description How a job stands: its latest run, and when its last successful one ended; null where there was none.
         */
        readonly JobState: {
            readonly job: string;
            readonly latest: components["schemas"]["JobRun"] | null;
            readonly succeeded_at: number | null;
        };
        /**
         * Liveness
         * @description The process is alive, and whose data it serves; null until it has seen any.
         */
        readonly Liveness: {
            readonly simulated: boolean | null;
            readonly source: ("binance" | "replay" | "simulator") | null;
            /** @enum {unknown} */
            readonly status: "alive";
        };
        /**
         * MiniTicker
         * @description What a while brought to a pair, as 24 hours. The id of the first trade is not known, and -1.
         */
        readonly MiniTicker: {
            readonly closeTime: number;
            readonly count: number;
            readonly firstId: number;
            readonly highPrice: string;
            readonly lastId: number;
            readonly lastPrice: string;
            readonly lowPrice: string;
            readonly openPrice: string;
            readonly openTime: number;
            readonly quoteVolume: string;
            readonly symbol: string;
            readonly volume: string;
        };
        /**
         * Nothing
         * @description The answer to a ping.
         */
        readonly Nothing: Record<string, never>;
        /**
         * Ohlc
         * @description Candles of one pair, ascending by open time; the forming one, where it belongs to them, comes last.
         */
        readonly Ohlc: {
            readonly candles: readonly components["schemas"]["OhlcCandle"][];
            /** @enum {unknown} */
            readonly interval: "1d" | "1h" | "1m" | "4h" | "5m";
            readonly symbol: string;
        };
        /**
         * OhlcCandle
         * @description A candle of any interval. One longer than 1m is made of the 1m candles of its window.
         *
         *     Where such a one is `partial`, `children` is the number of 1m candles that it is made of, and
         *     `expected_children` the number that there should be: of a forming one, up to the newest minute.
         */
        readonly OhlcCandle: {
            readonly children?: number;
            readonly close: string;
            readonly close_time: number;
            readonly closed: boolean;
            /** @enum {unknown} */
            readonly completeness: "backfilled" | "complete" | "partial";
            readonly expected_children?: number;
            readonly high: string;
            /** @enum {unknown} */
            readonly interval: "1d" | "1h" | "1m" | "4h" | "5m";
            readonly low: string;
            readonly open: string;
            readonly open_time: number;
            readonly quote_volume: string;
            readonly source: string;
            readonly symbol: string;
            readonly taker_buy_quote_volume: string;
            readonly taker_buy_volume: string;
            readonly trades: number;
            readonly version: number;
            readonly volume: string;
        };
        /**
         * OrderBook
         * @description The best levels of a book, and whether it may be believed: only while `state` is `synced`.
         *
         *     `bid_limit` and `ask_limit` are the depth limit: between these two prices, both included, every level of
         *     the exchange's book is known, and beyond them nothing is; null where nothing lies beyond. `age` is the time
         *     in ms since the exchange sent the last diff in the book; null before the first, and in a replayed
         *     recording, whose times lie in the past. A book whose builder has fallen silent is `stale`. `checksum` is
         *     the CRC32 over the best 10 levels a side.
         */
        readonly OrderBook: {
            readonly age: number | null;
            readonly ask_limit: string | null;
            readonly asks: readonly (readonly [
                string,
                string
            ])[];
            readonly bid_limit: string | null;
            readonly bids: readonly (readonly [
                string,
                string
            ])[];
            readonly checksum: number;
            readonly event_time: number;
            readonly last_update_id: number;
            /** @enum {unknown} */
            readonly market: "spot" | "usdm";
            readonly source: string;
            /** @enum {unknown} */
            readonly state: "resyncing" | "stale" | "starved" | "synced";
            readonly symbol: string;
        };
        /**
         * PriceTicker
         * @description The last price of a pair.
         */
        readonly PriceTicker: {
            readonly price: string;
            readonly symbol: string;
        };
        /**
         * Problem
         * @description A problem document. `type` names the kind of problem, `detail` says what is the matter this time.
         *
         *     `errors` names the bad parameters of a 422, `known_symbols` the pairs there are with a 404 for one that is
         *     unknown, or not in that market, `unavailable` the parts that are away with a 503, and why.
         */
        readonly Problem: {
            readonly detail: string;
            /** @default null */
            readonly errors: readonly components["schemas"]["BadParameter"][] | null;
            readonly instance: string;
            /** @default null */
            readonly known_symbols: readonly string[] | null;
            readonly status: number;
            readonly title: string;
            readonly type: string;
            /** @default null */
            readonly unavailable: {
                readonly [key: string]: string;
            } | null;
        };
        /**
         * RankedPair
         * @description A pair in a ranking: its last price, and what its day brought.
         *
         *     `rank` counts from 1. `change_percent` is the change of the price over the day in percent, `volume` a base
         *     amount, `quote_volume` a quote one. `market_cap` is the price times the circulating supply, in quote
         *     currency; null where the supply is not known.
         */
        readonly RankedPair: {
            readonly change_percent: string;
            readonly market_cap: string | null;
            readonly price: string;
            readonly quote_volume: string;
            readonly rank: number;
            readonly symbol: string;
            readonly volume: string;
        };
        /**
         * RankingList
         * @description The first pairs of a ranking, ascending by rank.
         *
         *     It is of the 1,440 minutes up to the newest closed one, which opened at `time` (ms). `supply_time` is of
         *     when the circulating supplies are that the market caps rest on; a market cap is null where the supply is
         *     not known. While nothing has been ranked yet there are no rows, `time` is null and `reason` says so.
         */
        readonly RankingList: {
            /** @enum {unknown} */
            readonly ranking: "top_gainers" | "top_losers";
            readonly reason: string | null;
            readonly rows: readonly components["schemas"]["RankedPair"][];
            readonly source: string | null;
            readonly supply_time: number | null;
            readonly time: number | null;
        };
        /**
         * RateLimit
         * @description One limit on requests.
         */
        readonly RateLimit: {
            readonly interval: string;
            readonly intervalNum: number;
            readonly limit: number;
            readonly rateLimitType: string;
        };
        /**
         * Readiness
         * @description Whether anything can be served, and from what.
         *
         *     `ready`: all of it; `degraded`: what the parts that are up hold; `not ready`: nothing. `reasons` names
         *     the parts that are away, and why.
         */
        readonly Readiness: {
            readonly components: components["schemas"]["Components"];
            readonly reasons: {
                readonly [key: string]: string;
            };
            readonly simulated: boolean | null;
            readonly source: ("binance" | "replay" | "simulator") | null;
            /** @enum {unknown} */
            readonly status: "degraded" | "not ready" | "ready";
        };
        /**
         * ServerTime
         * @description The time here, in ms.
         */
        readonly ServerTime: {
            readonly serverTime: number;
        };
        /**
         * Status
         * @description The streams by pair, market and kind; `ready` says what can be served, and what is away and why.
         */
        readonly Status: {
            readonly ready: components["schemas"]["Readiness"];
            readonly streams: readonly components["schemas"]["StreamStatus"][];
            readonly time: number;
        };
        /**
         * StreamCompleteness
         * @description What is known of one stream over the range. Ids are trade ids, update ids of depth, and one a candle.
         *
         *     `minutes_known` are the minutes accounted for, `minutes_unknown` the others of the range: nothing came in
         *     them, or nobody looked. `expected` is the sum of `received` (by the stream itself), `filled` (by REST or,
         *     for a book, by a snapshot) and `missing`.
         */
        readonly StreamCompleteness: {
            readonly expected: number;
            readonly filled: number;
            /** @enum {unknown} */
            readonly market: "spot" | "usdm";
            readonly minutes_known: number;
            readonly minutes_unknown: number;
            readonly missing: number;
            readonly received: number;
            /** @enum {unknown} */
            readonly stream: "depth" | "kline_1m" | "trade";
            readonly symbol: string;
        };
        /**
         * StreamStatus
         * @description One stream as its newest record shows it; null is what no record has shown yet.
         *
         *     `time` is the exchange's time of that record, `age` the ms since; null in a replayed recording, whose times
         *     lie in the past. `lag` is how many ms after its time it arrived here: below zero where the exchange's clock is
         *     ahead. `state` is the trust state of a book; only `synced` ones may be believed.
         */
        readonly StreamStatus: {
            readonly age: number | null;
            readonly lag: number | null;
            /** @enum {unknown} */
            readonly market: "spot" | "usdm";
            readonly simulated: boolean | null;
            readonly source: string | null;
            readonly state: ("resyncing" | "stale" | "starved" | "synced") | null;
            /** @enum {unknown} */
            readonly stream: "depth" | "kline_1m" | "trade";
            readonly symbol: string;
            readonly time: number | null;
        };
        /**
         * SymbolInfo
         * @description One pair, as its data shows it; null is what no data has shown yet.
         *
         *     `markets` are those it is in: `spot`, and `usdm` where there are futures of it. `price_decimals` and
         *     `quantity_decimals` are the most decimals seen in its prices, and in its base amounts.
         */
        readonly SymbolInfo: {
            readonly markets: readonly ("spot" | "usdm")[];
            readonly price_decimals: number | null;
            readonly quantity_decimals: number | null;
            readonly simulated: boolean | null;
            readonly source: ("binance" | "replay" | "simulator") | null;
            readonly symbol: string;
        };
        /**
         * Symbols
         * @description Every known pair in the order of the alphabet, and where the newest data comes from.
         *
         *     `simulated` is true where that is not a real exchange as it trades now: a simulator, or a replayed recording.
         */
        readonly Symbols: {
            readonly simulated: boolean | null;
            readonly source: ("binance" | "replay" | "simulator") | null;
            readonly symbols: readonly components["schemas"]["SymbolInfo"][];
        };
        /**
         * SymbolType
         * @description A kind of instrument as the library's filter shows it.
         */
        readonly SymbolType: {
            readonly name: string;
            readonly value: string;
        };
        /**
         * Trade
         * @description One trade; `quantity` in base, `quote_quantity` in quote currency.
         */
        readonly Trade: {
            readonly buyer_is_maker: boolean;
            readonly price: string;
            readonly quantity: string;
            readonly quote_quantity: string;
            readonly source: string;
            readonly symbol: string;
            readonly time: number;
            readonly trade_id: number;
        };
        /**
         * TradeList
         * @description The newest trades of one pair, ascending by trade id.
         */
        readonly TradeList: {
            readonly symbol: string;
            readonly trades: readonly components["schemas"]["Trade"][];
        };
        /**
         * TradeRow
         * @description One trade. The platform knows no others than best matches.
         */
        readonly TradeRow: {
            readonly id: number;
            /** @default true */
            readonly isBestMatch: boolean;
            readonly isBuyerMaker: boolean;
            readonly price: string;
            readonly qty: string;
            readonly quoteQty: string;
            readonly time: number;
        };
        /**
         * UdfBars
         * @description Bars ascending by time, column by column; the numbers have the exact digits of their decimals.
         */
        readonly UdfBars: {
            readonly c: readonly unknown[];
            readonly h: readonly unknown[];
            readonly l: readonly unknown[];
            readonly o: readonly unknown[];
            /**
             * @default ok
             * @enum {unknown}
             */
            readonly s: "ok";
            readonly t: readonly number[];
            readonly v: readonly unknown[];
        };
        /**
         * UdfConfig
         * @description What the server offers.
         */
        readonly UdfConfig: {
            readonly exchanges: readonly components["schemas"]["Exchange"][];
            readonly supported_resolutions: readonly string[];
            readonly supports_group_request: boolean;
            readonly supports_marks: boolean;
            readonly supports_search: boolean;
            readonly supports_time: boolean;
            readonly supports_timescale_marks: boolean;
            readonly symbols_types: readonly components["schemas"]["SymbolType"][];
        };
        /**
         * UdfError
         * @description Why there is no answer.
         */
        readonly UdfError: {
            readonly errmsg: string;
            readonly s: string;
        };
        /**
         * UdfMatch
         * @description A pair that a search found.
         */
        readonly UdfMatch: {
            readonly description: string;
            readonly exchange: string;
            readonly full_name: string;
            readonly symbol: string;
            readonly ticker: string;
            readonly type: string;
        };
        /**
         * UdfNoData
         * @description There are no bars in the range; `nextTime` is that of the newest one before it, where there is one.
         */
        readonly UdfNoData: {
            /** @default null */
            readonly nextTime: number | null;
            readonly s: string;
        };
        /**
         * UdfSymbol
         * @description A pair. Its prices are multiples of `minmov / pricescale`, the exchange's tick size.
         */
        readonly UdfSymbol: {
            readonly currency_code: string;
            readonly data_status: string;
            readonly description: string;
            readonly exchange: string;
            readonly format: string;
            readonly has_daily: boolean;
            readonly has_intraday: boolean;
            readonly has_weekly_and_monthly: boolean;
            readonly intraday_multipliers: readonly string[];
            readonly listed_exchange: string;
            readonly minmov: number;
            readonly name: string;
            readonly pricescale: number;
            readonly session: string;
            readonly supported_resolutions: readonly string[];
            readonly ticker: string;
            readonly timezone: string;
            readonly type: string;
            readonly volume_precision: number;
        };
        /**
         * WindowTicker
         * @description The same in full.
         */
        readonly WindowTicker: {
            readonly closeTime: number;
            readonly count: number;
            readonly firstId: number;
            readonly highPrice: string;
            readonly lastId: number;
            readonly lastPrice: string;
            readonly lowPrice: string;
            readonly openPrice: string;
            readonly openTime: number;
            readonly priceChange: string;
            readonly priceChangePercent: string;
            readonly quoteVolume: string;
            readonly symbol: string;
            readonly volume: string;
            readonly weightedAvgPrice: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly binanceAggTrades: {
        readonly parameters: {
            readonly query: {
                readonly endTime?: number;
                readonly fromId?: number;
                readonly limit?: number;
                readonly startTime?: number;
                /** @example BTCUSDT */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["AggregateTrade"][];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceAveragePrice: {
        readonly parameters: {
            readonly query: {
                /** @example BTCUSDT */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["AveragePrice"];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceDepth: {
        readonly parameters: {
            readonly query: {
                readonly limit?: number;
                /** @example BTCUSDT */
                readonly symbol: string;
                readonly symbolStatus?: "TRADING" | "HALT" | "BREAK";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Depth"];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceExchangeInfo: {
        readonly parameters: {
            readonly query?: {
                readonly permissions?: string;
                readonly showPermissionSets?: boolean;
                readonly symbol?: string;
                readonly symbols?: string;
                readonly symbolStatus?: "TRADING" | "HALT" | "BREAK";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ExchangeInfo"];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceHistoricalTrades: {
        readonly parameters: {
            readonly query: {
                readonly fromId?: number;
                readonly limit?: number;
                /** @example BTCUSDT */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["TradeRow"][];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceKlines: {
        readonly parameters: {
            readonly query: {
                readonly endTime?: number;
                /** @example 1m */
                readonly interval: "1m" | "5m" | "1h" | "4h" | "1d";
                readonly limit?: number;
                readonly startTime?: number;
                /** @example BTCUSDT */
                readonly symbol: string;
                readonly timeZone?: "0";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly (readonly [
                        number,
                        string,
                        string,
                        string,
                        string,
                        string,
                        number,
                        string,
                        number,
                        string,
                        string,
                        string
                    ])[];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binancePing: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Nothing"];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceRollingTicker: {
        readonly parameters: {
            readonly query?: {
                readonly symbol?: string;
                readonly symbols?: string;
                readonly symbolStatus?: "TRADING" | "HALT" | "BREAK";
                readonly type?: "FULL" | "MINI";
                readonly windowSize?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WindowTicker"] | readonly components["schemas"]["WindowTicker"][] | components["schemas"]["MiniTicker"] | readonly components["schemas"]["MiniTicker"][];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceDayTicker: {
        readonly parameters: {
            readonly query?: {
                readonly symbol?: string;
                readonly symbols?: string;
                readonly symbolStatus?: "TRADING" | "HALT" | "BREAK";
                readonly type?: "FULL" | "MINI";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["DayTicker"] | readonly components["schemas"]["DayTicker"][] | components["schemas"]["MiniTicker"] | readonly components["schemas"]["MiniTicker"][];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceBookTicker: {
        readonly parameters: {
            readonly query?: {
                readonly symbol?: string;
                readonly symbols?: string;
                readonly symbolStatus?: "TRADING" | "HALT" | "BREAK";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BookTicker"] | readonly components["schemas"]["BookTicker"][];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binancePriceTicker: {
        readonly parameters: {
            readonly query?: {
                readonly symbol?: string;
                readonly symbols?: string;
                readonly symbolStatus?: "TRADING" | "HALT" | "BREAK";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["PriceTicker"] | readonly components["schemas"]["PriceTicker"][];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceTradingDayTicker: {
        readonly parameters: {
            readonly query?: {
                readonly symbol?: string;
                readonly symbols?: string;
                readonly symbolStatus?: "TRADING" | "HALT" | "BREAK";
                readonly timeZone?: "0";
                readonly type?: "FULL" | "MINI";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["WindowTicker"] | readonly components["schemas"]["WindowTicker"][] | components["schemas"]["MiniTicker"] | readonly components["schemas"]["MiniTicker"][];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceTime: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["ServerTime"];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceTrades: {
        readonly parameters: {
            readonly query: {
                readonly limit?: number;
                /** @example BTCUSDT */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["TradeRow"][];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly binanceUiKlines: {
        readonly parameters: {
            readonly query: {
                readonly endTime?: number;
                /** @example 1m */
                readonly interval: "1m" | "5m" | "1h" | "4h" | "1d";
                readonly limit?: number;
                readonly startTime?: number;
                /** @example BTCUSDT */
                readonly symbol: string;
                readonly timeZone?: "0";
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly (readonly [
                        number,
                        string,
                        string,
                        string,
                        string,
                        string,
                        number,
                        string,
                        number,
                        string,
                        string,
                        string
                    ])[];
                };
            };
            /** @description Bad Request */
            readonly 400: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["BinanceError"];
                };
            };
        };
    };
    readonly getCompleteness: {
        readonly parameters: {
            readonly query?: {
                /** @description The open times end before it, epoch ms; without it 60 minutes after startTime or, without that one too, now */
                readonly endTime?: number | null;
                /** @description Most holes, the newest ones */
                readonly limit?: number;
                readonly market?: ("spot" | "usdm") | null;
                /** @description Least open time, epoch ms; 60 minutes before endTime without it */
                readonly startTime?: number | null;
                /** @description One kind of stream; all without it */
                readonly stream?: ("kline_1m" | "trade" | "depth") | null;
                readonly symbol?: string | null;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "start_time": 1767265200000,
                     *       "end_time": 1767268800000,
                     *       "streams": [
                     *         {
                     *           "market": "spot",
                     *           "stream": "trade",
                     *           "symbol": "BTCUSDT",
                     *           "minutes_known": 60,
                     *           "minutes_unknown": 0,
                     *           "expected": 104201,
                     *           "received": 104150,
                     *           "filled": 51,
                     *           "missing": 0
                     *         }
                     *       ],
                     *       "holes": [
                     *         {
                     *           "market": "spot",
                     *           "stream": "trade",
                     *           "symbol": "BTCUSDT",
                     *           "minute": 1767267780000,
                     *           "first_id": 5600090000,
                     *           "last_id": 5600090050,
                     *           "count": 51,
                     *           "how": "rest",
                     *           "filled_at": 1767267782310
                     *         }
                     *       ],
                     *       "truncated": false
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Completeness"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unknown-symbol",
                     *       "title": "Unknown symbol",
                     *       "status": 404,
                     *       "detail": "'BTCUSD' is not a known pair; known: BTCUSDT, ETHUSDT",
                     *       "instance": "/latest?symbol=BTCUSD",
                     *       "known_symbols": [
                     *         "BTCUSDT",
                     *         "ETHUSDT"
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly exportCandles: {
        readonly parameters: {
            readonly query: {
                /** @description Greatest open time, epoch ms, inclusive */
                readonly endTime: number;
                /** @description `csv` (RFC 4180) or `parquet` */
                readonly format?: "csv" | "parquet";
                /** @description Interval of the candles */
                readonly interval?: components["schemas"]["Interval"];
                /** @description Least open time, epoch ms */
                readonly startTime: number;
                /** @description A pair, as `BTCUSDT` */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The file */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/vnd.apache.parquet": string;
                    readonly "text/csv": string;
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unknown-symbol",
                     *       "title": "Unknown symbol",
                     *       "status": 404,
                     *       "detail": "'BTCUSD' is not a known pair; known: BTCUSDT, ETHUSDT",
                     *       "instance": "/latest?symbol=BTCUSD",
                     *       "known_symbols": [
                     *         "BTCUSDT",
                     *         "ETHUSDT"
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "alive",
                     *       "source": "binance",
                     *       "simulated": false
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Liveness"];
                };
            };
        };
    };
    readonly getJobs: {
        readonly parameters: {
            readonly query?: {
                /** @description One job; all without it */
                readonly job?: ("ohlc_5m_aggregator" | "ohlc_1h_aggregator" | "ohlc_4h_aggregator" | "ohlc_1d_aggregator" | "history_backfill" | "history_fetch") | null;
                /** @description Most runs, the newest ones */
                readonly limit?: number;
                /** @description Runs that ended so; how each job stands is told as ever */
                readonly outcome?: ("running" | "succeeded" | "failed" | "killed") | null;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "time": 1767268841087,
                     *       "jobs": [
                     *         {
                     *           "job": "ohlc_1h_aggregator",
                     *           "latest": {
                     *             "job": "ohlc_1h_aggregator",
                     *             "interval": "1h",
                     *             "start": 1767265200000,
                     *             "end": 1767268800000,
                     *             "symbols": [
                     *               "BTCUSDT"
                     *             ],
                     *             "started_at": 1767268805120,
                     *             "finished_at": 1767268809462,
                     *             "seconds": 4.342,
                     *             "outcome": "succeeded",
                     *             "rows_in": 60,
                     *             "rows_out": 1,
                     *             "reason": null
                     *           },
                     *           "succeeded_at": 1767268809462
                     *         }
                     *       ],
                     *       "runs": [
                     *         {
                     *           "job": "ohlc_1h_aggregator",
                     *           "interval": "1h",
                     *           "start": 1767265200000,
                     *           "end": 1767268800000,
                     *           "symbols": [
                     *             "BTCUSDT"
                     *           ],
                     *           "started_at": 1767268805120,
                     *           "finished_at": 1767268809462,
                     *           "seconds": 4.342,
                     *           "outcome": "succeeded",
                     *           "rows_in": 60,
                     *           "rows_out": 1,
                     *           "reason": null
                     *         }
                     *       ],
                     *       "truncated": false
                     *     }
                     */
                    readonly "application/json": components["schemas"]["JobRuns"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getLatest: {
        readonly parameters: {
            readonly query: {
                /** @description A pair, as `BTCUSDT` */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "symbol": "BTCUSDT",
                     *       "interval": "1m",
                     *       "open_time": 1767268800000,
                     *       "close_time": 1767268859999,
                     *       "open": "87650.1",
                     *       "high": "87672",
                     *       "low": "87641.53",
                     *       "close": "87660.04",
                     *       "volume": "12.50031",
                     *       "quote_volume": "1095770.6180124",
                     *       "trades": 2841,
                     *       "taker_buy_volume": "6.1",
                     *       "taker_buy_quote_volume": "534719.3605",
                     *       "closed": false,
                     *       "version": 1767268841003,
                     *       "source": "binance",
                     *       "completeness": "complete"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Candle"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unknown-symbol",
                     *       "title": "Unknown symbol",
                     *       "status": 404,
                     *       "detail": "'BTCUSD' is not a known pair; known: BTCUSDT, ETHUSDT",
                     *       "instance": "/latest?symbol=BTCUSD",
                     *       "known_symbols": [
                     *         "BTCUSDT",
                     *         "ETHUSDT"
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": unknown;
                    readonly "text/plain": string;
                };
            };
        };
    };
    readonly getOhlc: {
        readonly parameters: {
            readonly query: {
                /** @description Greatest open time, epoch ms, inclusive */
                readonly endTime?: number | null;
                /** @description Interval of the candles */
                readonly interval?: components["schemas"]["Interval"];
                /** @description Most candles: the first ones from startTime, or, without it, the newest ones */
                readonly limit?: number;
                /** @description Least open time, epoch ms; the answer begins there */
                readonly startTime?: number | null;
                /** @description A pair, as `BTCUSDT` */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    /** @description Of this answer: in `If-None-Match` it spares the same one */
                    readonly ETag?: string;
                    /** @description The page that follows, with `rel`, where there is one (RFC 8288) */
                    readonly Link?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "symbol": "BTCUSDT",
                     *       "interval": "1m",
                     *       "candles": [
                     *         {
                     *           "symbol": "BTCUSDT",
                     *           "interval": "1m",
                     *           "open_time": 1767268740000,
                     *           "close_time": 1767268799999,
                     *           "open": "87650.1",
                     *           "high": "87672",
                     *           "low": "87641.53",
                     *           "close": "87660.04",
                     *           "volume": "12.50031",
                     *           "quote_volume": "1095770.6180124",
                     *           "trades": 2841,
                     *           "taker_buy_volume": "6.1",
                     *           "taker_buy_quote_volume": "534719.3605",
                     *           "closed": true,
                     *           "version": 1767268802000,
                     *           "source": "backfill:binance",
                     *           "completeness": "backfilled"
                     *         },
                     *         {
                     *           "symbol": "BTCUSDT",
                     *           "interval": "1m",
                     *           "open_time": 1767268800000,
                     *           "close_time": 1767268859999,
                     *           "open": "87650.1",
                     *           "high": "87672",
                     *           "low": "87641.53",
                     *           "close": "87660.04",
                     *           "volume": "12.50031",
                     *           "quote_volume": "1095770.6180124",
                     *           "trades": 2841,
                     *           "taker_buy_volume": "6.1",
                     *           "taker_buy_quote_volume": "534719.3605",
                     *           "closed": false,
                     *           "version": 1767268841003,
                     *           "source": "binance",
                     *           "completeness": "complete"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Ohlc"];
                };
            };
            /** @description The answer is the one that `If-None-Match` names */
            readonly 304: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unknown-symbol",
                     *       "title": "Unknown symbol",
                     *       "status": 404,
                     *       "detail": "'BTCUSD' is not a known pair; known: BTCUSDT, ETHUSDT",
                     *       "instance": "/latest?symbol=BTCUSD",
                     *       "known_symbols": [
                     *         "BTCUSDT",
                     *         "ETHUSDT"
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getOhlcRealtime: {
        readonly parameters: {
            readonly query: {
                /** @description The newest so many minutes of the window */
                readonly limit?: number;
                /** @description A pair, as `BTCUSDT` */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "symbol": "BTCUSDT",
                     *       "interval": "1m",
                     *       "candles": [
                     *         {
                     *           "symbol": "BTCUSDT",
                     *           "interval": "1m",
                     *           "open_time": 1767268740000,
                     *           "close_time": 1767268799999,
                     *           "open": "87650.1",
                     *           "high": "87672",
                     *           "low": "87641.53",
                     *           "close": "87660.04",
                     *           "volume": "12.50031",
                     *           "quote_volume": "1095770.6180124",
                     *           "trades": 2841,
                     *           "taker_buy_volume": "6.1",
                     *           "taker_buy_quote_volume": "534719.3605",
                     *           "closed": true,
                     *           "version": 1767268802000,
                     *           "source": "backfill:binance",
                     *           "completeness": "backfilled"
                     *         },
                     *         {
                     *           "symbol": "BTCUSDT",
                     *           "interval": "1m",
                     *           "open_time": 1767268800000,
                     *           "close_time": 1767268859999,
                     *           "open": "87650.1",
                     *           "high": "87672",
                     *           "low": "87641.53",
                     *           "close": "87660.04",
                     *           "volume": "12.50031",
                     *           "quote_volume": "1095770.6180124",
                     *           "trades": 2841,
                     *           "taker_buy_volume": "6.1",
                     *           "taker_buy_quote_volume": "534719.3605",
                     *           "closed": false,
                     *           "version": 1767268841003,
                     *           "source": "binance",
                     *           "completeness": "complete"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Ohlc"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unknown-symbol",
                     *       "title": "Unknown symbol",
                     *       "status": 404,
                     *       "detail": "'BTCUSD' is not a known pair; known: BTCUSDT, ETHUSDT",
                     *       "instance": "/latest?symbol=BTCUSD",
                     *       "known_symbols": [
                     *         "BTCUSDT",
                     *         "ETHUSDT"
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getOrderBook: {
        readonly parameters: {
            readonly query: {
                /** @description The best so many levels of each side */
                readonly depth?: number;
                /** @description `spot`, or `usdm` for the USD-M perpetual futures of the same name */
                readonly market?: "spot" | "usdm";
                /** @description A pair, as `BTCUSDT` */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "market": "spot",
                     *       "symbol": "BTCUSDT",
                     *       "bids": [
                     *         [
                     *           "87660.03",
                     *           "1.20461"
                     *         ],
                     *         [
                     *           "87659.5",
                     *           "0.004"
                     *         ]
                     *       ],
                     *       "asks": [
                     *         [
                     *           "87660.04",
                     *           "0.88215"
                     *         ],
                     *         [
                     *           "87661",
                     *           "2"
                     *         ]
                     *       ],
                     *       "state": "synced",
                     *       "last_update_id": 81234567890,
                     *       "checksum": 3735928559,
                     *       "event_time": 1767268841000,
                     *       "age": 87,
                     *       "bid_limit": "86990.2",
                     *       "ask_limit": "88410.77",
                     *       "source": "binance"
                     *     }
                     */
                    readonly "application/json": components["schemas"]["OrderBook"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unknown-symbol",
                     *       "title": "Unknown symbol",
                     *       "status": 404,
                     *       "detail": "'BTCUSD' is not a known pair; known: BTCUSDT, ETHUSDT",
                     *       "instance": "/latest?symbol=BTCUSD",
                     *       "known_symbols": [
                     *         "BTCUSDT",
                     *         "ETHUSDT"
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getTopGainers: {
        readonly parameters: {
            readonly query?: {
                /** @description The first so many pairs */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ranking": "top_gainers",
                     *       "time": 1767268740000,
                     *       "source": "binance",
                     *       "supply_time": 1767182400000,
                     *       "rows": [
                     *         {
                     *           "rank": 1,
                     *           "symbol": "SOLUSDT",
                     *           "price": "141.52",
                     *           "change_percent": "6.41",
                     *           "volume": "3180012.417",
                     *           "quote_volume": "447201133.50291",
                     *           "market_cap": "78941000000"
                     *         }
                     *       ],
                     *       "reason": null
                     *     }
                     */
                    readonly "application/json": components["schemas"]["RankingList"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getTopLosers: {
        readonly parameters: {
            readonly query?: {
                /** @description The first so many pairs */
                readonly limit?: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "ranking": "top_gainers",
                     *       "time": 1767268740000,
                     *       "source": "binance",
                     *       "supply_time": 1767182400000,
                     *       "rows": [
                     *         {
                     *           "rank": 1,
                     *           "symbol": "SOLUSDT",
                     *           "price": "141.52",
                     *           "change_percent": "6.41",
                     *           "volume": "3180012.417",
                     *           "quote_volume": "447201133.50291",
                     *           "market_cap": "78941000000"
                     *         }
                     *       ],
                     *       "reason": null
                     *     }
                     */
                    readonly "application/json": components["schemas"]["RankingList"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getReadiness: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "source": "binance",
                     *       "simulated": false,
                     *       "components": {
                     *         "kafka": {
                     *           "state": "up",
                     *           "reason": null
                     *         },
                     *         "redis": {
                     *           "state": "up",
                     *           "reason": null
                     *         },
                     *         "mongodb": {
                     *           "state": "up",
                     *           "reason": null
                     *         }
                     *       },
                     *       "reasons": {}
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Nothing can be served */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "source": "binance",
                     *       "simulated": false,
                     *       "components": {
                     *         "kafka": {
                     *           "state": "up",
                     *           "reason": null
                     *         },
                     *         "redis": {
                     *           "state": "up",
                     *           "reason": null
                     *         },
                     *         "mongodb": {
                     *           "state": "up",
                     *           "reason": null
                     *         }
                     *       },
                     *       "reasons": {}
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    readonly getStatus: {
        readonly parameters: {
            readonly query?: {
                /** @description One pair; all without it */
                readonly symbol?: string | null;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "time": 1767268841087,
                     *       "ready": {
                     *         "status": "ready",
                     *         "source": "binance",
                     *         "simulated": false,
                     *         "components": {
                     *           "kafka": {
                     *             "state": "up",
                     *             "reason": null
                     *           },
                     *           "redis": {
                     *             "state": "up",
                     *             "reason": null
                     *           },
                     *           "mongodb": {
                     *             "state": "up",
                     *             "reason": null
                     *           }
                     *         },
                     *         "reasons": {}
                     *       },
                     *       "streams": [
                     *         {
                     *           "market": "spot",
                     *           "stream": "depth",
                     *           "symbol": "BTCUSDT",
                     *           "source": "binance",
                     *           "simulated": false,
                     *           "time": 1767268841000,
                     *           "age": 87,
                     *           "lag": 12,
                     *           "state": "synced"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Status"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unknown-symbol",
                     *       "title": "Unknown symbol",
                     *       "status": 404,
                     *       "detail": "'BTCUSD' is not a known pair; known: BTCUSDT, ETHUSDT",
                     *       "instance": "/latest?symbol=BTCUSD",
                     *       "known_symbols": [
                     *         "BTCUSDT",
                     *         "ETHUSDT"
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getSymbols: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "source": "binance",
                     *       "simulated": false,
                     *       "symbols": [
                     *         {
                     *           "symbol": "BTCUSDT",
                     *           "markets": [
                     *             "spot",
                     *             "usdm"
                     *           ],
                     *           "source": "binance",
                     *           "simulated": false,
                     *           "price_decimals": 2,
                     *           "quantity_decimals": 5
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["Symbols"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly getTrades: {
        readonly parameters: {
            readonly query: {
                /** @description The newest so many trades */
                readonly limit?: number;
                /** @description A pair, as `BTCUSDT` */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "symbol": "BTCUSDT",
                     *       "trades": [
                     *         {
                     *           "symbol": "BTCUSDT",
                     *           "trade_id": 5600123456,
                     *           "price": "87660.04",
                     *           "quantity": "0.00117",
                     *           "quote_quantity": "102.5622468",
                     *           "time": 1767268840871,
                     *           "buyer_is_maker": true,
                     *           "source": "binance"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/json": components["schemas"]["TradeList"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unauthorized",
                     *       "title": "Unauthorized",
                     *       "status": 401,
                     *       "detail": "send an accepted key in the header X-API-Key",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unknown-symbol",
                     *       "title": "Unknown symbol",
                     *       "status": 404,
                     *       "detail": "'BTCUSD' is not a known pair; known: BTCUSDT, ETHUSDT",
                     *       "instance": "/latest?symbol=BTCUSD",
                     *       "known_symbols": [
                     *         "BTCUSDT",
                     *         "ETHUSDT"
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:bad-query",
                     *       "title": "Bad query",
                     *       "status": 422,
                     *       "detail": "limit: Input should be greater than or equal to 1",
                     *       "instance": "/ohlc?symbol=BTCUSDT&limit=0",
                     *       "errors": [
                     *         {
                     *           "parameter": "limit",
                     *           "reason": "Input should be greater than or equal to 1"
                     *         }
                     *       ]
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:too-many-requests",
                     *       "title": "Too many requests",
                     *       "status": 429,
                     *       "detail": "ask again in 3 s",
                     *       "instance": "/latest?symbol=BTCUSDT"
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "urn:candlestack:problem:unavailable",
                     *       "title": "Temporarily unavailable",
                     *       "status": 503,
                     *       "detail": "redis is away: Connection refused",
                     *       "instance": "/trades?symbol=BTCUSDT",
                     *       "unavailable": {
                     *         "redis": "Connection refused"
                     *       }
                     *     }
                     */
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readonly udfConfig: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfConfig"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
        };
    };
    readonly udfHistory: {
        readonly parameters: {
            readonly query: {
                /** @description So many bars before `to`, whatever `from` says */
                readonly countback?: number | null;
                /** @description Epoch seconds, inclusive */
                readonly from?: number;
                readonly resolution: "1" | "5" | "60" | "240" | "1D" | "D";
                /** @description A pair, as `BTCUSDT` or `BINANCE:BTCUSDT` */
                readonly symbol: string;
                /** @description Epoch seconds, exclusive */
                readonly to: number;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfBars"] | components["schemas"]["UdfNoData"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
        };
    };
    readonly udfSearch: {
        readonly parameters: {
            readonly query?: {
                /** @description An exchange; empty: all */
                readonly exchange?: string;
                readonly limit?: number;
                /** @description A part of a pair's name, in any case */
                readonly query?: string;
                /** @description A kind of instrument; empty: all */
                readonly type?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": readonly components["schemas"]["UdfMatch"][];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
        };
    };
    readonly udfSymbol: {
        readonly parameters: {
            readonly query: {
                /** @description A pair, as `BTCUSDT` or `BINANCE:BTCUSDT` */
                readonly symbol: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfSymbol"];
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
        };
    };
    readonly udfTime: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody?: never;
        readonly responses: {
            /** @description The answer */
            readonly 200: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": unknown;
                    readonly "text/plain": string;
                };
            };
            /** @description Unauthorized */
            readonly 401: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
            /** @description Too Many Requests */
            readonly 429: {
                headers: {
                    /** @description Seconds after which to ask again */
                    readonly "Retry-After"?: string;
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["UdfError"];
                };
            };
        };
    };
}
