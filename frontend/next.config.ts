import type { NextConfig } from "next";

const config: NextConfig = {
  // One folder with a small server and only the modules that it needs: what an image and `npm start` run.
  output: "standalone",
  outputFileTracingRoot: import.meta.dirname,
  turbopack: { root: import.meta.dirname },
  reactStrictMode: true,
  typedRoutes: true,
  poweredByHeader: false,
  // No picture passes through the server, so the picture optimiser and its native library stay out.
  images: { unoptimized: true },
  outputFileTracingExcludes: { "*": ["node_modules/@img/**", "node_modules/sharp/**"] },
  headers: () =>
    Promise.resolve([
      {
        source: "/:path*",
        headers: [
          { key: "X-Content-Type-Options", value: "nosniff" },
          { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
        ],
      },
    ]),
};

export default config;
