import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonical,
  decimalsOf,
  formatAmount,
  formatCompact,
  formatScaled,
  formatSmall,
  percentChange,
  scaled,
  signed,
} from "./decimal";

/** Canonical decimals of every length. */
const amount = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }), fc.nat(99_999_999))
  .map(([whole, fraction]) => `${whole}.${String(fraction).padStart(8, "0")}`.replace(/\.?0+$/, "") || "0");

describe("exact decimals", () => {
  it("keep every digit on the way into an integer and back", () => {
    fc.assert(
      fc.property(amount, (text) => {
        expect(formatScaled(scaled(text), 8).replaceAll(",", "")).toBe(
          formatAmount(text, 8).replaceAll(",", ""),
        );
      }),
    );
  });

  it("that are small are written with two figures that tell something", () => {
    const told = ["0", "0.00002795", "0.00058", "0.0412", "1.2345", "0.00000001"].map((text) =>
      formatSmall(scaled(text), 2),
    );
    expect(told).toEqual(["0.00", "0.000028", "0.00058", "0.041", "1.23", "0.00000001"]);
  });

  it("are padded to the pair's decimals, and grouped by thousands", () => {
    expect(formatAmount("65000.1", 2)).toBe("65,000.10");
    expect(formatAmount("0", 2)).toBe("0.00");
    expect(formatAmount("1234567", 0)).toBe("1,234,567");
  });

  it("never lose a digit where one has more decimals than the pair", () => {
    expect(formatAmount("0.12345678", 2)).toBe("0.12345678");
    expect(decimalsOf("0.12345678")).toBe(8);
    expect(decimalsOf("12")).toBe(0);
  });

  it("are rounded half up where they are sums", () => {
    expect(formatScaled(scaled("1.005"), 2)).toBe("1.01");
    expect(formatScaled(-scaled("1.005"), 2)).toBe("−1.01");
    expect(formatScaled(-1n, 2)).toBe("0.00");
    expect(formatScaled(scaled("0.5"), 0)).toBe("1");
  });

  it("are written short where only the size matters", () => {
    expect(formatCompact(scaled("999.994"))).toBe("999.99");
    expect(formatCompact(scaled("1240000"))).toBe("1.24M");
    expect(formatCompact(scaled("1500"))).toBe("1.50K");
    expect(formatCompact(scaled("2000000000.5"))).toBe("2.00B");
    expect(formatCompact(scaled("1890000000000"))).toBe("1.89T");
    expect(formatCompact(scaled("118370000000"), 1)).toBe("118.4B");
    expect(formatCompact(scaled("999.94"), 1)).toBe("999.9");
  });

  it("are computed with as integers and written again as they were", () => {
    fc.assert(
      fc.property(amount, (text) => {
        expect(canonical(scaled(text))).toBe(text);
      }),
    );
    expect([0n, 1n, 100_000_000n, 6_500_010_000_000n].map(canonical)).toEqual([
      "0",
      "0.00000001",
      "1",
      "65000.1",
    ]);
  });

  it("tell a change in percent with its sign", () => {
    const change = percentChange(scaled("200"), scaled("201.5"));
    expect(signed(change, formatScaled(change, 2))).toBe("+0.75");
    expect(percentChange(0n, 5n)).toBe(0n);
  });
});
