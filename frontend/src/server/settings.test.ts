import { describe, expect, it } from "vitest";
import { apiUrl, BadSetting } from "./settings";

describe("the API's address", () => {
  it("is where the platform serves it on one machine, unless it is set", () => {
    expect(apiUrl({})).toBe("http://127.0.0.1:8000");
    expect(apiUrl({ API_URL: " " })).toBe("http://127.0.0.1:8000");
    expect(apiUrl({ API_URL: "https://market.example/api/" })).toBe("https://market.example/api");
  });

  it.each(["localhost:8000", "ftp://api", "api", "http://", "http://api/?key=1"])(
    "is refused as %s",
    (address) => {
      expect(() => apiUrl({ API_URL: address })).toThrow(BadSetting);
    },
  );
});
