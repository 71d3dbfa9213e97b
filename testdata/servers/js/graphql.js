// graphql-ws on ws at /graphql: { hello }, and subscription { count } from 1 to 3.
//
//     node graphql.js [PORT]
'use strict';

const { GraphQLObjectType, GraphQLSchema, GraphQLInt, GraphQLString } = require('graphql');
const { useServer } = require('graphql-ws/use/ws');
const { WebSocketServer } = require('ws');

async function* count() {
  for (let n = 1; n <= 3; n++) {
    yield { count: n };
  }
}

const schema = new GraphQLSchema({
  query: new GraphQLObjectType({
    name: 'Query',
    fields: { hello: { type: GraphQLString, resolve: () => 'world' } },
  }),
  subscription: new GraphQLObjectType({
    name: 'Subscription',
    fields: { count: { type: GraphQLInt, subscribe: count } },
  }),
});

const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(process.argv[2] ?? 0),
  path: '/graphql',
});
useServer({ schema }, server);
server.on('listening', () => console.log(`listening on 127.0.0.1:${server.address().port}`));
