/** What the server makes of an edit, asked beside the page's script, which takes the edit but takes its time. */

import { beside } from "../shared/feed";
import type { Analysis, Edit } from "./types";

/** An analysis, and of which epoch it is. */
export type DraftAnswer = Analysis & { epoch: number };

/**
 * Null if there is none. Why does not matter here: the edit is sent all the same, its script answers or says what is wrong, and
 * that the server is out of reach Streamlit says itself.
 */
export async function askAbout(edit: Edit, address: string): Promise<DraftAnswer | null> {
  try {
    const response = await fetch(beside(address), { method: "POST", body: JSON.stringify(edit), cache: "no-store" });
    return response.status === 200 ? ((await response.json()) as DraftAnswer) : null;
  } catch {
    return null;
  }
}
