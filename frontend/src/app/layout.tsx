import type { Metadata, Viewport } from "next";
import { cookies, headers } from "next/headers";
import type { ReactNode } from "react";
import { AlertsWatch } from "@/alerts/alerts-watch";
import { FeedProvider } from "@/feed/react";
import { chooseLanguage, LANGUAGE_COOKIE, TEXTS } from "@/i18n/language";
import { LanguageProvider } from "@/i18n/texts";
import { apiUrl } from "@/server/settings";
import { chosenTheme, THEME_COOKIE } from "@/theme/choice";
import { ThemeProvider } from "@/theme/theme";
import { chosenZone, ZONE_COOKIE } from "@/ui/zone-choice";
import { ZoneProvider } from "@/ui/zone";
import { latin, vietnamese } from "./fonts";
import "./globals.css";

async function language() {
  const remembered = (await cookies()).get(LANGUAGE_COOKIE)?.value;
  return chooseLanguage(remembered, (await headers()).get("accept-language"));
}

export async function generateMetadata(): Promise<Metadata> {
  const { tagline } = TEXTS[await language()];
  return { title: { default: "Candlestack", template: "%s · Candlestack" }, description: tagline };
}

export const viewport: Viewport = {
  colorScheme: "dark light",
  themeColor: [
    { media: "(prefers-color-scheme: dark)", color: "#0b0e13" },
    { media: "(prefers-color-scheme: light)", color: "#f3f5f8" },
  ],
};

/** The shell: the language, the theme and the API's address are known before the first paint. */
export default async function RootLayout({ children }: { children: ReactNode }): Promise<ReactNode> {
  const shown = await language();
  const theme = chosenTheme((await cookies()).get(THEME_COOKIE)?.value);
  const zone = chosenZone((await cookies()).get(ZONE_COOKIE)?.value);
  return (
    <html lang={shown} data-theme={theme ?? undefined} className={`${latin.variable} ${vietnamese.variable}`}>
      <body>
        <LanguageProvider initial={shown}>
          <ThemeProvider initial={theme}>
            <ZoneProvider initial={zone}>
              <FeedProvider address={apiUrl()}>
                {children}
                <AlertsWatch />
              </FeedProvider>
            </ZoneProvider>
          </ThemeProvider>
        </LanguageProvider>
      </body>
    </html>
  );
}
