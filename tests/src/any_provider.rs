//! A provider that is not ours: npm's certified `oidc-provider` in a node process of its own, and the browser of whoever
//! signs in there.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;

use demo::provider::KeyPair;
use serde_json::{Value, json};

/// What the tests' tokens are for, as clients name it.
pub const RESOURCE: &str = "https://samenzicht.example/api";
/// How long the script may take to answer; the first time npm may have to install it.
const PATIENCE: Duration = Duration::from_secs(120);
/// More steps than a sign-in has.
const MOST_STEPS: usize = 20;

/// A running provider; it ends with this.
pub struct AnyProvider {
    /// The `iss` of its tokens.
    pub issuer: String,
    child: Child,
    said: Option<ChildStdin>,
    answers: Receiver<String>,
}

/// A key as the provider is given it.
pub fn key(pair: &KeyPair) -> Value {
    json!({ "kid": pair.kid(), "pem": pair.private_pem() })
}

impl AnyProvider {
    /// Starts it with these keys, the command line's public client, and one program with its key and its account.
    /// Tokens live so many seconds.
    pub fn start(keys: &[&KeyPair], seconds: u64, program: (&str, &KeyPair, &str)) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/node/oidc-provider.js");
        let mut child = Command::new("node")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("node is needed for this test, as for infra/verify: {error}"));
        let output = child.stdout.take().expect("its output is ours");
        let (tell, answers) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = tell.send(line);
            }
        });
        let said = child.stdin.take();
        let mut provider = Self {
            issuer: String::new(),
            child,
            said,
            answers,
        };
        let (client_id, own, account) = program;
        let told = provider.tell(&json!({
            "keys": keys.iter().map(|pair| key(pair)).collect::<Vec<_>>(),
            "clients": [
                {
                    "client_id": "samenzicht-cli", "application_type": "native",
                    "redirect_uris": ["http://127.0.0.1/signed-in"], "response_types": ["code"],
                    "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none",
                },
                {
                    "client_id": client_id, "redirect_uris": [], "response_types": [],
                    "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt",
                    "token_endpoint_auth_signing_alg": "RS256", "jwks": { "keys": [own.public_jwk()] },
                },
            ],
            "programs": { client_id: account },
            "resource": RESOURCE, "audience": "samenzicht", "seconds": seconds,
        }));
        provider.issuer = told["issuer"].as_str().expect("it says its name").to_owned();
        provider
    }

    /// Tells it something, and waits until it is done.
    pub fn tell(&mut self, what: &Value) -> Value {
        let input = self.said.as_mut().expect("its input is open");
        writeln!(input, "{what}")
            .and_then(|()| input.flush())
            .expect("it listens");
        match self.answers.recv_timeout(PATIENCE) {
            Ok(line) => serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}, in: {line}")),
            Err(error) => panic!(
                "infra/node/oidc-provider.js does not answer ({error}); its own words stand above. When npm could not \
                 install it, `cd infra/node && npm ci` says why"
            ),
        }
    }

    /// Publishes these keys and no others; the first signs.
    pub fn publish(&mut self, keys: &[&KeyPair]) {
        self.tell(&json!({ "keys": keys.iter().map(|pair| key(pair)).collect::<Vec<_>>() }));
    }

    /// Whether it answers from now on: `up`, `down` or `hanging`.
    pub fn turn(&mut self, state: &str) {
        self.tell(&json!({ "state": state }));
    }

    /// Who signs in from now on; nobody cancels.
    pub fn visitor(&mut self, account: Option<&str>) {
        self.tell(&json!({ "visitor": account }));
    }

    /// How often its keys were asked for.
    pub fn asked(&mut self) -> i64 {
        self.tell(&json!({ "asked": true }))["keys"].as_i64().expect("a number")
    }

    /// A public key of it in PEM.
    pub fn public_pem(&mut self, pair: &KeyPair) -> String {
        let told = self.tell(&json!({ "public": pair.kid() }));
        told["pem"].as_str().expect("a key").to_owned()
    }
}

impl Drop for AnyProvider {
    fn drop(&mut self) {
        // The end of its input ends it; this makes sure.
        self.said = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Goes to an address as a browser would, with cookies, until something is shown; its status and text.
pub async fn browse(address: &str) -> (u16, String) {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client");
    let mut cookies = BTreeMap::new();
    let mut at = reqwest::Url::parse(address).expect("an address");
    for _ in 0..MOST_STEPS {
        let jar: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = client.get(at.clone()).header("cookie", jar.join("; ")).send().await;
        let answer = answer.unwrap_or_else(|error| panic!("nobody answers at {at}: {error}"));
        for cookie in answer.headers().get_all("set-cookie") {
            let cookie = cookie.to_str().expect("plain").split(';').next().unwrap_or_default();
            let (name, value) = cookie.split_once('=').expect("a cookie");
            match value {
                "" => cookies.remove(name),
                value => cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let Some(next) = answer.headers().get("location") else {
            return (answer.status().as_u16(), answer.text().await.expect("a page"));
        };
        at = at.join(next.to_str().expect("plain")).expect("an address");
    }
    panic!("the sign-in goes round in circles: {at}");
}
