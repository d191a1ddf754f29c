import { describe, expect, it } from "vitest";
import { chooseLanguage } from "./language";

describe("the language", () => {
  it("is the one chosen before, whatever the browser prefers", () => {
    expect(chooseLanguage("vi", "en-GB,en;q=0.9")).toBe("vi");
  });

  it("is else the first of the browser's that there is", () => {
    expect(chooseLanguage(undefined, "fr-FR,fr;q=0.9,vi;q=0.8,en;q=0.5")).toBe("vi");
    expect(chooseLanguage(undefined, "en;q=0.5,vi-VN;q=0.8")).toBe("vi");
    expect(chooseLanguage("klingon", "en-US")).toBe("en");
  });

  it("is English where nothing else is asked for", () => {
    expect(chooseLanguage(undefined, null)).toBe("en");
    expect(chooseLanguage(undefined, "ja")).toBe("en");
  });
});
