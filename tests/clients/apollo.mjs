// Apollo Client: questions over HTTP, subscriptions over graphql-ws.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { GraphQLWsLink } from "@apollo/client/link/subscriptions";
import { OperationTypeNode } from "graphql";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

export function connected({ url, token }) {
  const socket = createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    connectionParams: () => ({ Authorization: token() }),
    retryAttempts: 0,
  });
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(socket),
      new HttpLink({ uri: url }),
    ),
  });
  return {
    ask: (mutation, variables) => client.mutate({ mutation: gql(mutation), variables }),
    listen: (query, variables, sink) =>
      client.subscribe({ query: gql(query), variables }).subscribe({
        ...sink,
        // A lost connection is told as a result with an error.
        next: (result) => (result.error ? sink.error(result.error) : sink.next(result)),
      }),
  };
}
