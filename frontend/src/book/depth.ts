import type { OrderBook } from "@/api/client";

/** Where the cumulated amount of a side reaches a total, from the best price on. Floats: they are drawn. */
export interface DepthPoint {
  readonly price: number;
  /** In base currency. */
  readonly total: number;
}

/** Both sides of a book, cumulated, over prices at the same distance from the middle. */
export interface Depth {
  readonly bids: readonly DepthPoint[];
  readonly asks: readonly DepthPoint[];
  readonly middle: number;
  /** The lowest and the highest price that is drawn. */
  readonly from: number;
  readonly to: number;
  /** The larger total of the two sides. */
  readonly deepest: number;
}

/** Cumulate a book; null where a side of it is empty. */
export function depthOf({ bids, asks }: Pick<OrderBook, "bids" | "asks">): Depth | null {
  const [bid, ask] = [bids[0], asks[0]];
  const [lowest, highest] = [bids.at(-1), asks.at(-1)];
  if (bid === undefined || ask === undefined || lowest === undefined || highest === undefined) return null;
  const middle = (Number(bid[0]) + Number(ask[0])) / 2;
  // Beyond the nearer end of the two sides one would be compared with nothing.
  const reach = Math.min(middle - Number(lowest[0]), Number(highest[0]) - middle);
  const sides = [bids, asks].map((levels) =>
    cumulated(levels).filter(({ price }) => Math.abs(price - middle) <= reach * (1 + 1e-9)),
  );
  const [lower = [], upper = []] = sides;
  return {
    bids: lower,
    asks: upper,
    middle,
    from: middle - reach,
    to: middle + reach,
    deepest: Math.max(...sides.map((side) => side.at(-1)?.total ?? 0)),
  };
}

/** Return how much stands between the best price of its side and a price. */
export function totalAt({ bids, asks, middle }: Depth, price: number): number {
  const reached =
    price < middle
      ? bids.findLast((point) => point.price >= price)
      : asks.findLast((point) => point.price <= price);
  return reached?.total ?? 0;
}

/** Return the outline of one side in a box of `width` by `height`, as the path of an SVG. */
export function outlineOf(
  side: readonly DepthPoint[],
  { from, to, deepest }: Depth,
  width: number,
  height: number,
): string {
  const first = side[0];
  if (first === undefined) return "";
  const x = (price: number): string => (((price - from) / (to - from)) * width).toFixed(1);
  const y = (total: number): string => (height - (total / deepest) * height).toFixed(1);
  const steps = side.map(({ price, total }) => `H${x(price)}V${y(total)}`);
  const end = side.at(-1)?.price ?? 0;
  return `M${x(first.price)} ${height}${steps.join("")}H${end < first.price ? 0 : width}V${height}Z`;
}

function cumulated(levels: OrderBook["bids"]): DepthPoint[] {
  let total = 0;
  return levels.map(([price, quantity]) => ({ price: Number(price), total: (total += Number(quantity)) }));
}
