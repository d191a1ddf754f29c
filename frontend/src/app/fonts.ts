import localFont from "next/font/local";

// IBM Plex Sans: its figures, signs included, are all of one width, and it speaks Vietnamese. From the npm
// package, so that a build fetches nothing.
export const latin = localFont({
  src: "../../node_modules/@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-wght-normal.woff2",
  weight: "100 700",
  variable: "--font-latin",
  display: "swap",
});

export const vietnamese = localFont({
  src: "../../node_modules/@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-vietnamese-wght-normal.woff2",
  weight: "100 700",
  variable: "--font-vietnamese",
  display: "swap",
  preload: false,
  // A fallback here would stand before the Latin font.
  adjustFontFallback: false,
  declarations: [
    {
      prop: "unicode-range",
      value:
        "U+0102-0103, U+0110-0111, U+0128-0129, U+0168-0169, U+01A0-01A1, U+01AF-01B0, U+0300-0301, U+0303-0304, U+0308-0309, U+0323, U+0329, U+1EA0-1EF9, U+20AB",
    },
  ],
});
