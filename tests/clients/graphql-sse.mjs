// graphql-sse: each operation has a connection of its own, which comes back by itself.
import { createClient } from "graphql-sse";

export function connected({ url, token }) {
  const client = createClient({
    url,
    headers: () => (token() ? { Authorization: token() } : {}),
    retryAttempts: Infinity,
  });
  return {
    ask: async (query, variables) => {
      for await (const result of client.iterate({ query, variables })) return result;
    },
    listen: (query, variables, sink) => client.subscribe({ query, variables }, sink),
  };
}
