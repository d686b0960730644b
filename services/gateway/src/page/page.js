// Draws GraphiQL with the query and headers that the gateway was started with.
(function () {
  "use strict";
  const place = document.getElementById("page");
  if (!window.GraphiQL || !window.ReactDOM) {
    place.innerHTML = '<p class="loading">GraphiQL could not be loaded. The gateway can serve it itself: see docs/gateway.md.</p>';
    return;
  }
  const start = JSON.parse(document.getElementById("start").textContent);
  const socket = new URL("/graphql", location.href);
  socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";

  // Kept for this visit only: a token of an earlier start must not come back.
  const kept = new Map();
  const storage = {
    getItem: (key) => (kept.has(key) ? kept.get(key) : null),
    setItem: (key, value) => { kept.set(key, value); },
    removeItem: (key) => { kept.delete(key); },
    clear: () => { kept.clear(); },
    get length() { return kept.size; },
  };

  ReactDOM.createRoot(place).render(
    React.createElement(GraphiQL, {
      fetcher: GraphiQL.createFetcher({ url: "/graphql", subscriptionUrl: socket.href }),
      storage: storage,
      defaultQuery: start.query,
      query: start.query,
      headers: start.headers,
      defaultTabs: start.tabs,
      isHeadersEditorEnabled: true,
      defaultEditorToolsVisibility: "headers",
    }),
  );
})();
