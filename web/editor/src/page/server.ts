// Messages to the server, also once somebody has logged in again elsewhere.
import { page } from "./page_data";

/** Nobody is logged in any more, or somebody else is. */
export class SessionEnded extends Error {}

/** Sends *body*; with *last*, although the page is going away. */
export async function send(address: string, body: string | FormData, last = false): Promise<Response> {
  let answer = await post(address, body, last);
  if (answer.status === 400 && (await renew())) answer = await post(address, body, last);
  if (answer.status === 401 || answer.status === 400) throw new SessionEnded();
  return answer;
}

function post(address: string, body: string | FormData, keepalive: boolean): Promise<Response> {
  const headers = new Headers({ Accept: "application/json", "X-CSRFToken": page.csrf });
  if (typeof body === "string") headers.set("Content-Type", "application/json");
  return fetch(address, { method: "POST", body, keepalive, headers });
}

/** A new token against forged requests, of the same person. */
async function renew(): Promise<boolean> {
  const answer = await fetch(page.addresses.page, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const shown = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("editor-data");
  const found = JSON.parse(shown?.textContent || "{}") as { csrf?: string; member?: number };
  if (!found.csrf || found.csrf === page.csrf || found.member !== page.member) return false;
  page.csrf = found.csrf;
  return true;
}
