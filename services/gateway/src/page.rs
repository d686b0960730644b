//! The page for people at `GET /graphql`: GraphiQL with an editor and a headers pane filled in.
//!
//! The router brings a page too, but that one loads whatever version a content network serves at the moment, next to a
//! pasted token. Ours names exact versions: from a folder of this machine, or from the network checked by hash.

use anyhow::Context;
use hive_router::ntex::http::{Response, StatusCode};
use serde_json::json;

use crate::settings::Graphiql;

/// One file that the page loads; `infra/graphiql` fetches the same versions.
struct Asset {
    /// Under `/graphql/page/`, and the file's name in the folder.
    name: &'static str,
    /// Where the same bytes are on the public network.
    public: &'static str,
    /// Hash of those bytes, as browsers check it.
    integrity: &'static str,
    media: &'static str,
}

const ASSETS: [Asset; 4] = [
    Asset {
        name: "graphiql.min.css",
        public: "https://unpkg.com/graphiql@3.9.0/graphiql.min.css",
        integrity: "sha384-QMux00XgRtwRLSYIY3kw2rj1ovk5AuuliAchk+HSQbqdbGFnz9GYuqIlOqxhwCE2",
        media: "text/css",
    },
    Asset {
        name: "react.production.min.js",
        public: "https://unpkg.com/react@18.3.1/umd/react.production.min.js",
        integrity: "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
        media: "text/javascript",
    },
    Asset {
        name: "react-dom.production.min.js",
        public: "https://unpkg.com/react-dom@18.3.1/umd/react-dom.production.min.js",
        integrity: "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
        media: "text/javascript",
    },
    Asset {
        name: "graphiql.min.js",
        public: "https://unpkg.com/graphiql@3.9.0/graphiql.min.js",
        integrity: "sha384-8NGfVj4CVlqHajlZj+bPJT4thxPMHMJYn7DWK2CvtopLd02E7qsPHazniBYvVjOO",
        media: "text/javascript",
    },
];

const HTML: &str = include_str!("page/page.html");
const SCRIPT: &str = include_str!("page/page.js");

/// The page and its files, ready to serve.
pub(crate) struct Page {
    html: String,
    policy: String,
    files: Vec<(&'static Asset, Vec<u8>)>,
}

impl Page {
    /// Reads the folder's files, so that a missing one is said at start.
    pub(crate) fn new(settings: &Graphiql) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for asset in &ASSETS {
            if let Some(folder) = &settings.assets {
                let path = folder.join(asset.name);
                let bytes = std::fs::read(&path)
                    .with_context(|| format!("GraphiQL's {} is missing: run infra/graphiql", path.display()))?;
                files.push((asset, bytes));
            }
        }
        let own = settings.assets.is_some();
        let source = if own { "'self'" } else { "'self' https://unpkg.com" };
        Ok(Self {
            html: html(settings, own),
            policy: format!(
                "default-src 'none'; script-src {source}; style-src {source} 'unsafe-inline'; \
                 img-src 'self' data:; font-src {source} data:; connect-src 'self'; \
                 base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
            ),
            files,
        })
    }

    /// The page for a browser that asks for HTML, or one of its files; `below` is the path under `/graphql`.
    pub(crate) fn answer(&self, below: &str, accept: &str) -> Option<Response> {
        if below.is_empty() {
            return accept
                .contains("text/html")
                .then(|| self.send("text/html", self.html.clone().into_bytes()));
        }
        let name = below.strip_prefix("/page/")?;
        if name == "page.js" {
            return Some(self.send("text/javascript", SCRIPT.as_bytes().to_vec()));
        }
        let (asset, bytes) = self.files.iter().find(|(asset, _)| asset.name == name)?;
        Some(self.send(asset.media, bytes.clone()))
    }

    fn send(&self, media: &str, body: Vec<u8>) -> Response {
        Response::build(StatusCode::OK)
            .content_type(format!("{media}; charset=utf-8"))
            .header("content-security-policy", self.policy.as_str())
            .header("x-content-type-options", "nosniff")
            .header("referrer-policy", "no-referrer")
            // The page may hold a demo token that is new with every start.
            .header("cache-control", "no-store")
            .body(body)
    }
}

fn html(settings: &Graphiql, own: bool) -> String {
    let tag = |asset: &Asset| {
        let address = if own {
            format!("/graphql/page/{}", asset.name)
        } else {
            asset.public.to_owned()
        };
        let check = format!(r#"integrity="{}" crossorigin="anonymous""#, asset.integrity);
        match asset.media {
            "text/css" => format!(r#"<link rel="stylesheet" href="{address}" {check}>"#),
            _ => format!(r#"<script src="{address}" {check}></script>"#),
        }
    };
    let tags: Vec<String> = ASSETS.iter().map(tag).collect();
    // Inside a script element only "<" could end it.
    let tab = |(query, headers): &(String, String)| json!({ "query": query, "headers": headers });
    let first = tab(&(settings.query.clone(), settings.headers.clone()));
    let tabs: Vec<_> = [first].into_iter().chain(settings.tabs.iter().map(tab)).collect();
    let start = json!({ "query": settings.query, "headers": settings.headers, "tabs": tabs })
        .to_string()
        .replace('<', "\\u003c");
    HTML.replace("<!-- assets -->", &tags.join("\n    "))
        .replace("{start}", &start)
}
