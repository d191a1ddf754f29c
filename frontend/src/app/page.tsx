import { redirect } from "next/navigation";

/** The dashboard begins with the pair that everyone knows. */
export default function Home(): never {
  redirect("/trade/BTCUSDT");
}
