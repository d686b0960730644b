// npm's certified OpenID provider on a free loopback port, for tests that need a provider that is not ours.
//
//   node infra/node/oidc-provider.js
//
// Reads one JSON object per line and answers each with one line. The first is the configuration:
//   { "keys": [{ "kid", "pem" }], "clients": [...], "programs": { "<client id>": "<account>" },
//     "resource": "<address>", "audience": "<aud>", "seconds": <lifetime of tokens> }      → { "issuer" }
// and then, as often as needed:
//   { "keys": [...] }               publishes these and no others; the first signs
//   { "visitor": "<account>" }      who signs in from now on; null: somebody who cancels
//   { "state": "up" | "down" | "hanging" }   whether it answers
//   { "asked": true }               → how often its keys and its description were asked for
//   { "public": "<kid>" }           → that public key in PEM
// It ends when its input does, so that nobody leaves it behind.
//
// `sub` is a name of the provider's own; the account stands in the claim `oid`.
"use strict";

const crypto = require("node:crypto");
const http = require("node:http");
const readline = require("node:readline");
const { pathToFileURL } = require("node:url");
const { tools, folderOf } = require("./tools.js");

// Standard output is for answers only. The provider's remarks (it wants a newer Node, and a real store) are known.
console.info = console.warn = () => {};

const OF = "person-";
// In seconds; the platform's own tokens have theirs from the configuration.
const MINUTE = 60;
const HOUR = 3600;
const ofItsResource = (_, token) => token.resourceServer?.accessTokenTTL ?? MINUTE;
const TTL = {
  AccessToken: ofItsResource,
  AuthorizationCode: MINUTE,
  ClientCredentials: ofItsResource,
  Grant: HOUR,
  IdToken: MINUTE,
  Interaction: HOUR,
  RefreshToken: HOUR,
  Session: HOUR,
};
const asked = { keys: 0, description: 0 };
let configuration;
let visitor = null;
let state = "up";
let answer;
let Provider;
let issuer;

function key({ kid, pem }) {
  return { ...crypto.createPrivateKey(pem).export({ format: "jwk" }), kid, use: "sig", alg: "RS256" };
}

// Another key set is another provider: it reads its keys once. What it remembers of sessions and grants lies outside.
function provide(keys) {
  configuration.keys = keys;
  const provider = new Provider(issuer, {
    jwks: { keys: keys.map(key) },
    clients: configuration.clients,
    cookies: { keys: ["only for tests"] },
    scopes: ["openid", "offline_access"],
    ttl: TTL,
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    extraTokenClaims: (_, token) => ({ oid: account(token) }),
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: { enabled: true, getResourceServerInfo: resource, useGrantedResource: () => true },
    },
  });
  provider.on("server_error", (_, error) => console.error(error));
  answer = async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
    try {
      await interact(provider, request, response);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  };
}

function account(token) {
  return token.accountId ? token.accountId.slice(OF.length) : configuration.programs[token.clientId];
}

function resource(_, indicator) {
  if (indicator !== configuration.resource) throw new Error(`there is no resource ${indicator}`);
  const { audience, seconds } = configuration;
  return { scope: "", audience, accessTokenFormat: "jwt", accessTokenTTL: seconds, jwt: { sign: { alg: "RS256" } } };
}

// The visitor says yes to everything, or cancels.
async function interact(provider, request, response) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
  const finish = (result) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
  if (visitor === null) return finish({ error: "access_denied", error_description: "the visitor cancelled" });
  if (prompt.name === "login") return finish({ login: { accountId: OF + visitor } });
  const known = grantId && (await provider.Grant.find(grantId));
  const grant = known || new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  grant.addResourceScope(configuration.resource, "");
  return finish({ consent: { grantId: await grant.save() } });
}

const server = http.createServer((request, response) => {
  if (state === "hanging") return;
  if (request.url === "/jwks") asked.keys++;
  if (request.url.endsWith("/openid-configuration")) asked.description++;
  answer(request, response);
});

const listening = (port) =>
  new Promise((resolve, reject) => server.once("error", reject).listen(port, "127.0.0.1", resolve));

async function turn(next) {
  const port = new URL(issuer).port;
  if (state === "down" && next !== "down") await listening(Number(port));
  if (state !== "down" && next === "down") {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
  // What hung gets no answer any more.
  if (state === "hanging") server.closeAllConnections();
  state = next;
}

function open(kid) {
  const { pem } = configuration.keys.find((one) => one.kid === kid);
  return crypto.createPublicKey(pem).export({ type: "spki", format: "pem" });
}

async function obey(line) {
  const said = JSON.parse(line);
  if (!configuration) {
    configuration = said;
    tools("graphql");
    const folder = folderOf("oidc-provider");
    ({ default: Provider } = await import(pathToFileURL(`${folder}/lib/index.js`).href));
    await listening(0);
    issuer = `http://127.0.0.1:${server.address().port}`;
    provide(said.keys);
    return { issuer };
  }
  if (said.keys) provide(said.keys);
  if ("visitor" in said) visitor = said.visitor;
  if (said.state) await turn(said.state);
  if (said.public) return { pem: open(said.public) };
  return { ...asked };
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await obey(line)));
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
