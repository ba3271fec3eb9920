import createClient, { type Middleware } from "openapi-fetch";

import type { components, paths } from "./schema";

export type Problem = components["schemas"]["Problem"];

/** The server's refusal, as it explained itself (RFC 9457). */
export class ServerProblem extends Error {
  override readonly name = "ServerProblem";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const refuse: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const body = (await response.json().catch(() => ({}))) as Partial<Problem>;
    throw new ServerProblem(response.status, firstText(body.detail, body.title, response.statusText));
  },
};

const firstText = (...texts: (string | undefined)[]) => texts.find((text) => text) ?? "";

export const server = createClient<paths>({ baseUrl: "/" });
server.use(refuse);

/** The body of an answer that `refuse` let through. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new ServerProblem(500, "The server's answer was empty.");
  return data;
}
