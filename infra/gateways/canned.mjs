// Subgraphs that answer at once from memory, and an issuer of tokens, for infra/bench-gateways. Each question is answered
// once by graphql-js over the subgraph's own schema; afterwards the same bytes leave.
//
//   node canned.mjs    prints one line of JSON with its addresses and a token
import { createServer } from "node:http";
import { createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { buildASTSchema, execute, parse } from "graphql";

const GRAPH = new URL("../../schema/graph/", import.meta.url);
const SIGNALS = 20;

const party = (number) => ({ __typename: "SupervisedParty", id: `pty_${number}`, legalName: `Voorbeeld ${number} B.V.` });
const signal = (number) => ({
  id: `sig_${number}`,
  title: `Proefstuk ${number}`,
  severity: "SERIOUS",
  parties: [party(number), party(number + 1)],
});
const ROOTS = {
  signals: { signals: { nodes: Array.from({ length: SIGNALS }, (_, number) => signal(number)) } },
  registry: { _entities: ({ representations }) => representations.map(({ id }) => party(Number(id.slice(4)))) },
};

function executable(name) {
  const document = parse(readFileSync(new URL(`${name}.graphql`, GRAPH), "utf8"));
  const keyed = document.definitions
    .filter((each) => each.kind === "ObjectTypeDefinition" && each.directives.some(({ name }) => name.value === "key"))
    .map((each) => each.name.value);
  const federation = parse(`scalar _Any union _Entity = ${keyed.join(" | ")}`);
  const entities = parse("type Query { _entities(representations: [_Any!]!): [_Entity]! }").definitions[0].fields;
  const definitions = document.definitions
    .filter((each) => each.kind !== "SchemaExtension" && each.kind !== "DirectiveDefinition")
    .map((each) => (each.name?.value === "Query" ? { ...each, fields: [...each.fields, ...entities] } : each));
  return buildASTSchema({ kind: "Document", definitions: [...definitions, ...federation.definitions] }, { assumeValidSDL: true });
}

function serve(name) {
  const schema = executable(name);
  const known = new Map();
  return listen(async (body) => {
    if (!known.has(body)) {
      const { query, variables } = JSON.parse(body);
      const result = await execute({ schema, document: parse(query), rootValue: ROOTS[name], variableValues: variables });
      if (result.errors) console.error(name, query, JSON.stringify(result.errors));
      known.set(body, JSON.stringify(result));
    }
    return known.get(body);
  });
}

function listen(answer) {
  return new Promise((done) => {
    const server = createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) parts.push(part);
      const text = await answer(Buffer.concat(parts).toString(), request.url);
      response.writeHead(200, { "content-type": "application/json" }).end(text);
    });
    server.keepAliveTimeout = 60_000;
    server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`));
  });
}

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const jwk = { ...pair.publicKey.export({ format: "jwk" }), kid: "bench", alg: "RS256", use: "sig" };
const issuer = await listen(async () => JSON.stringify({ keys: [jwk] }));

function token() {
  const write = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: "bench", aud: "samenzicht", azp: "bench", iat: now, nbf: now, exp: now + 7200, jti: randomUUID() };
  const message = `${write({ alg: "RS256", typ: "at+jwt", kid: "bench" })}.${write(claims)}`;
  return `${message}.${createSign("RSA-SHA256").update(message).sign(pair.privateKey, "base64url")}`;
}

console.log(JSON.stringify({ signals: await serve("signals"), registry: await serve("registry"), issuer, token: token() }));
