import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { supersedes, type Versioned } from "./version";

const account = fc.record<Versioned>({
  open_time: fc.constant(0),
  closed: fc.boolean(),
  version: fc.nat(3),
});

describe("which account of a candle wins", () => {
  it("lets the closed one beat the forming one, whatever the versions", () => {
    expect(
      supersedes({ open_time: 0, closed: true, version: 1 }, { open_time: 0, closed: false, version: 9 }),
    ).toBe(true);
    expect(
      supersedes({ open_time: 0, closed: false, version: 9 }, { open_time: 0, closed: true, version: 1 }),
    ).toBe(false);
  });

  it("lets the higher version win among equals, also a restated closed candle", () => {
    expect(
      supersedes({ open_time: 0, closed: true, version: 2 }, { open_time: 0, closed: true, version: 1 }),
    ).toBe(true);
    expect(
      supersedes({ open_time: 0, closed: false, version: 1 }, { open_time: 0, closed: false, version: 2 }),
    ).toBe(false);
  });

  it("changes nothing for the same account delivered twice", () => {
    fc.assert(fc.property(account, (one) => !supersedes(one, one)));
  });

  it("never lets each of two accounts replace the other", () => {
    fc.assert(
      fc.property(account, account, (one, other) => !(supersedes(one, other) && supersedes(other, one))),
    );
  });

  it("ends with the same account in whatever order they come", () => {
    const last = (accounts: readonly Versioned[]) =>
      accounts.reduce((known, next) => (supersedes(next, known) ? next : known));
    fc.assert(
      fc.property(fc.array(account, { minLength: 1, maxLength: 6 }), (accounts) => {
        const { closed, version } = last(accounts);
        const reversed = last([...accounts].reverse());
        expect({ closed: reversed.closed, version: reversed.version }).toEqual({ closed, version });
      }),
    );
  });
});
