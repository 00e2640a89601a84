/** A name of its own for everything that is sent: two equal payloads would be one to Streamlit. */

let numMade = 0;

/** Not randomUUID: that needs https or localhost. */
export function newNonce(): string {
  return `${Date.now().toString(36)}-${(numMade++).toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
}
