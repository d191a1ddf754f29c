// Generated from the API's contract by `npm run generate`. Do not edit.

export interface paths {
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
         *     While the realtime store is away they are the best 20 at most, as the topic has them.
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
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * BadParameter
         * @description One parameter that cannot be used, and why; the empty name stands for the query as a whole.
         */
        readonly BadParameter: {
            readonly parameter: string;
            readonly reason: string;
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
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
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
                    readonly "application/json": components["schemas"]["Completeness"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
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
                    readonly "application/json": components["schemas"]["Liveness"];
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
                    readonly "application/json": components["schemas"]["Candle"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
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
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Ohlc"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
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
                    readonly "application/json": components["schemas"]["Ohlc"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
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
                    readonly "application/json": components["schemas"]["OrderBook"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
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
                    readonly "application/json": components["schemas"]["RankingList"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
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
                    readonly "application/json": components["schemas"]["RankingList"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
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
                    readonly "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Nothing can be served */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/json": components["schemas"]["Readiness"];
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
                    readonly "application/json": components["schemas"]["Symbols"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
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
                    readonly "application/json": components["schemas"]["TradeList"];
                };
            };
            /** @description Not Found */
            readonly 404: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Unprocessable Entity */
            readonly 422: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Service Unavailable */
            readonly 503: {
                headers: {
                    readonly [name: string]: unknown;
                };
                content: {
                    readonly "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}
