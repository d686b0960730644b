//! Signals over plain HTTP, at the gateway, in both shapes: a delivery of any size, a copy kept in step, what comes of it.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tests::caller::plain;
use tests::signals::{PUBLISH, REVOKE, SHARE, approved, input, item, recorded};
use tests::stand::{Shape, Stand};
use tokio::io::AsyncWriteExt;

/// Somebody at `/v1`.
struct Edge<'s> {
    stand: &'s Stand,
    token: String,
    purpose: &'static str,
}

impl<'s> Edge<'s> {
    fn of(stand: &'s Stand, account: &str, purpose: &'static str) -> Self {
        let token = stand.signer.token(account, 3600);
        Self { stand, token, purpose }
    }

    fn ask(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        plain()
            .request(method, format!("http://{}{path}", self.stand.gateway))
            .header("authorization", format!("Bearer {}", self.token))
            .header("samenzicht-purpose", self.purpose)
            .header("accept-language", "en")
    }

    async fn get(&self, path: &str) -> (u16, Value) {
        let answer = self.ask(reqwest::Method::GET, path).send().await.expect("an answer");
        let status = answer.status().as_u16();
        assert_eq!(answer.headers()["api-version"], "1.0.0", "{path}");
        assert_eq!(answer.headers()["cache-control"], "no-store", "{path}");
        let kind = answer.headers()["content-type"].to_str().expect("a type").to_owned();
        let problem = status >= 400;
        assert_eq!(
            kind,
            if problem {
                "application/problem+json"
            } else {
                "application/json"
            },
            "{path}"
        );
        (status, answer.json().await.expect("JSON"))
    }

    async fn deliver(&self, profile: &str, key: &str, body: impl Into<reqwest::Body>) -> Vec<Value> {
        let answer = self
            .ask(reqwest::Method::POST, &format!("/v1/signals?profile={profile}"))
            .header("content-type", "application/x-ndjson")
            .header("idempotency-key", key)
            .body(body)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200);
        lines(&answer.text().await.expect("lines"))
    }

    /// Promises all of a body, sends so many bytes of it, and is gone.
    async fn breaks_off(&self, profile: &str, key: &str, body: &str, after: usize) {
        let mut stream = tokio::net::TcpStream::connect(self.stand.gateway)
            .await
            .expect("a connection");
        let head = format!(
            "POST /v1/signals?profile={profile} HTTP/1.1\r\nhost: here\r\nauthorization: Bearer {}\r\nsamenzicht-purpose: {}\r\n\
             content-type: application/x-ndjson\r\nidempotency-key: {key}\r\ncontent-length: {}\r\n\r\n",
            self.token,
            self.purpose,
            body.len()
        );
        stream.write_all(head.as_bytes()).await.expect("it is sent");
        stream.write_all(&body.as_bytes()[..after]).await.expect("it is sent");
        stream.flush().await.expect("it is sent");
        tokio::time::sleep(Duration::from_secs(3)).await;
    }

    /// Everything that it may see, and where to go on from.
    async fn snapshot(&self) -> (Vec<Value>, String) {
        let answer = self
            .ask(reqwest::Method::GET, "/v1/signals")
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 200);
        let mut all = lines(&answer.text().await.expect("lines"));
        let last = all.pop().expect("a last line");
        assert_eq!(last["complete"], true, "{last:#}");
        all.retain(|line| line.get("cursor").is_none());
        (all, last["cursor"].as_str().expect("a cursor").to_owned())
    }
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect()
}

/// A line of a delivery under the usual mapping.
fn line(number: usize, title: &str) -> String {
    let mut item = item(number, title);
    item.as_object_mut().expect("an object").remove("line");
    format!("{item}\n")
}

fn delivery(lines: std::ops::RangeInclusive<usize>) -> String {
    lines.map(|number| line(number, "Storing")).collect()
}

/// The records that changes are of. Where a transaction was under way meanwhile, a change may be told twice.
fn records(changes: &[Value]) -> BTreeSet<String> {
    let id = |change: &Value| change["id"].as_str().expect("an id").to_owned();
    changes.iter().map(id).collect()
}

async fn a_case_system_connects(shape: Shape) {
    let stand = Stand::up(shape).await;
    let steward = stand.caller("ilt.steward", "toezicht");
    let profile = approved(&stand.caller("ilt.casesystem", "toezicht"), &steward).await;
    let ilt = Edge::of(&stand, "ilt.casesystem", "toezicht");
    let igj = Edge::of(&stand, "igj.casesystem", "risicoanalyse");
    let (before, start) = igj.snapshot().await;

    // More than one batch, with a line that is no JSON, one that is no signal, and an empty one between.
    let mut body = delivery(1..=620);
    body.push_str("{ no json\n\n{\"signal\": {\"title\": 5}}\n{\"wrong\": 1, \"signal\": {}}\n");
    let mut told = ilt.deliver(&profile, "eerste", body.clone()).await;
    let summary = told.pop().expect("a summary")["summary"].clone();
    assert_eq!(
        summary,
        json!({ "lines": 623, "created": 620, "changed": 0, "unchanged": 0, "rejected": 3 })
    );
    let numbers: Vec<i64> = told
        .iter()
        .map(|line| line["line"].as_i64().expect("a number"))
        .collect();
    let expected: Vec<i64> = (1..=621).chain([623, 624]).collect();
    assert_eq!(numbers, expected, "a line per line, in their order");
    for rejected in &told[620..] {
        assert_eq!(rejected["outcome"], "REJECTED");
        assert_eq!(rejected["errors"][0]["code"], "INVALID_INPUT", "{rejected:#}");
    }
    // The same again under its key: the same answers. Under another: nothing changes.
    let mut again = ilt.deliver(&profile, "eerste", body).await;
    again.pop();
    assert_eq!(again, told);
    let mut third = ilt.deliver(&profile, "tweede", delivery(1..=620)).await;
    assert_eq!(third.pop().expect("a summary")["summary"]["unchanged"], 620);

    // A client that breaks off half-way: whole batches stand, the half one does not; the same again completes it.
    let half = delivery(621..=1200);
    let cut = half.len() * 95 / 100;
    ilt.breaks_off(&profile, "half", &half, cut).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mut rest = ilt.deliver(&profile, "half", half).await;
    let summary = rest.pop().expect("a summary")["summary"].clone();
    assert_eq!(summary["created"], 580, "{summary:#}");

    // The receiver's copy: all of it came, in pages.
    let (after, cursor) = igj.snapshot().await;
    assert_eq!(records(&after).len(), records(&before).len() + 1200);
    assert!(
        after
            .iter()
            .all(|line| line["kind"] == "UPSERTED" && line["signal"]["title"].is_string())
    );
    let mut stands = start;
    let mut came = BTreeSet::new();
    loop {
        let (status, page) = igj.get(&format!("/v1/changes?after={stands}&first=200")).await;
        assert_eq!(status, 200);
        came.extend(records(page["changes"].as_array().expect("changes")));
        stands = page["cursor"].as_str().expect("a cursor").to_owned();
        if page["hasMore"] == false {
            break;
        }
    }
    assert_eq!(came.len(), 1200);
    in_step(&stand, &igj, &ilt, cursor).await;
    refusals(&stand, &ilt, &igj, &profile).await;
    stand.down().await;
}

/// A change is told while its reader waits, by waiting and as an event; so is a revocation; and what comes of it goes back.
async fn in_step(stand: &Stand, igj: &Edge<'_>, ilt: &Edge<'_>, cursor: String) {
    let inspector = stand.caller("ilt.inspector", "toezicht");
    let signal = recorded(&inspector, input("Nieuw")).await;
    inspector.data(PUBLISH, json!({ "id": signal, "version": 1 })).await;
    let waiting = igj
        .ask(reqwest::Method::GET, &format!("/v1/changes?after={cursor}&wait=30"))
        .send();
    let waiting = tokio::spawn(waiting);
    let events = igj
        .ask(reqwest::Method::GET, &format!("/v1/changes?after={cursor}"))
        .header("accept", "text/event-stream")
        .send()
        .await
        .expect("a stream");
    assert_eq!(events.headers()["content-type"], "text/event-stream");
    let events = tokio::spawn(until(events, vec![signal.clone(), "REMOVED".to_owned()]));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let grant =
        json!({ "to": { "organisation": "igj" }, "purpose": "risicoanalyse", "legalBasis": "demo-uitwisseling" });
    let shared = inspector.data(SHARE, json!({ "id": signal, "grant": grant })).await;
    let grant = shared["shareSignal"]["signal"]["grants"][0]["id"].clone();
    let told: Value = waiting
        .await
        .expect("no panic")
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    assert_eq!(told["changes"][0]["id"], json!(signal), "{told:#}");
    assert_eq!(told["changes"][0]["signal"]["version"], 3);

    // What comes of it reaches its originator: in the answer, and in its own feed.
    let (_, mine) = ilt.snapshot().await;
    let report = json!({ "state": "INSPECTION", "text": "Bezocht", "ownerOnly": true }).to_string();
    let report = igj
        .ask(reqwest::Method::POST, &format!("/v1/signals/{signal}/follow-ups"))
        .body(report)
        .send()
        .await
        .expect("an answer");
    assert_eq!(report.status(), 201);
    let (_, heard) = ilt.get(&format!("/v1/changes?after={mine}&wait=10")).await;
    assert_eq!(heard["changes"][0]["id"], json!(signal), "{heard:#}");
    let reported = &heard["changes"][0]["signal"]["followUps"]["nodes"][0];
    assert_eq!(
        (&reported["state"], &reported["text"]),
        (&json!("INSPECTION"), &json!("Bezocht"))
    );
    let (status, one) = ilt.get(&format!("/v1/signals/{signal}")).await;
    assert_eq!((status, &one["id"]), (200, &json!(signal)));

    // Revoked: told gone, once, by its id alone; then it is as if it never was.
    inspector.data(REVOKE, json!({ "id": grant })).await;
    let stands = told["cursor"].as_str().expect("a cursor");
    let (_, gone) = igj.get(&format!("/v1/changes?after={stands}&wait=10")).await;
    assert_eq!(
        gone["changes"],
        json!([{ "kind": "REMOVED", "id": signal, "signal": null }])
    );
    let (status, hidden) = igj.get(&format!("/v1/signals/{signal}")).await;
    assert_eq!((status, &hidden["code"]), (404, &json!("NOT_FOUND")));
    events.await.expect("the events came");
}

/// Reads an event stream until it has said all this, in this order.
async fn until(mut stream: reqwest::Response, words: Vec<String>) {
    let mut text = String::new();
    let reads = async {
        for word in &words {
            while !text.contains(word.as_str()) {
                let piece = stream
                    .chunk()
                    .await
                    .expect("the stream lives")
                    .expect("it does not end");
                text.push_str(&String::from_utf8_lossy(&piece));
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reads)
        .await
        .expect("in time");
    assert!(text.contains("\nid: "), "an event has its cursor");
}

async fn refusals(stand: &Stand, ilt: &Edge<'_>, igj: &Edge<'_>, profile: &str) {
    let code = async |edge: &Edge<'_>, path: &str| {
        let (status, problem) = edge.get(path).await;
        assert_eq!(problem["status"], status, "{problem:#}");
        (status, problem["code"].as_str().expect("a code").to_owned())
    };
    let is = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(
        code(igj, "/v1/changes?after=verzonnen").await,
        is(400, "INVALID_CURSOR")
    );
    assert_eq!(code(igj, "/v1/changes?first=0").await, is(400, "INVALID_INPUT"));
    assert_eq!(
        code(igj, "/v1/changes?after=a&after=b&x=1").await,
        is(400, "INVALID_INPUT")
    );
    assert_eq!(code(igj, "/v1/signals/nee").await, is(400, "INVALID_ID"));
    let absent = format!("/v1/signals/sig_{}", uuid::Uuid::now_v7().simple());
    assert_eq!(code(igj, &absent).await, is(404, "NOT_FOUND"));
    assert_eq!(code(igj, "/v1/bestaat-niet").await, is(404, "NOT_FOUND"));
    let nobody = Edge {
        token: "x".to_owned(),
        ..Edge::of(stand, "igj.casesystem", "toezicht")
    };
    assert_eq!(code(&nobody, "/v1/changes").await.0, 401);
    let purpose = Edge::of(stand, "igj.casesystem", "bestaat-niet");
    assert_eq!(code(&purpose, "/v1/changes").await, is(400, "PURPOSE_UNKNOWN"));
    let admin = Edge::of(stand, "ilt.admin", "verantwoording");
    assert_eq!(code(&admin, "/v1/changes").await, is(403, "FORBIDDEN"));
    let post = async |edge: &Edge<'_>, path: &str, kind: &str| {
        let request = edge
            .ask(reqwest::Method::POST, path)
            .header("content-type", kind)
            .body("{}\n");
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let problem: Value = answer.json().await.expect("a problem");
        (status, problem["code"].as_str().unwrap_or_default().to_owned())
    };
    let (there, ndjson) = (format!("/v1/signals?profile={profile}"), "application/x-ndjson");
    assert_eq!(post(ilt, &there, "text/csv").await, is(415, "UNSUPPORTED_MEDIA_TYPE"));
    assert_eq!(
        post(ilt, "/v1/signals?profile=anders", ndjson).await,
        is(403, "PROFILE_NOT_APPROVED")
    );
    assert_eq!(post(igj, &there, ndjson).await, is(403, "PROFILE_NOT_APPROVED"));
    let person = Edge::of(stand, "ilt.inspector", "toezicht");
    assert_eq!(post(&person, &there, ndjson).await, is(403, "FORBIDDEN"));
    assert_eq!(post(ilt, "/v1/changes", ndjson).await, is(405, "METHOD_NOT_ALLOWED"));
    // The description is anybody's, and names what is served.
    let open = plain()
        .get(format!("http://{}/v1/openapi.json", stand.gateway))
        .send()
        .await
        .expect("an answer");
    let described: Value = open.json().await.expect("JSON");
    assert_eq!(
        described,
        serde_json::from_str::<Value>(signals::DESCRIPTION).expect("JSON")
    );
    for path in described["paths"].as_object().expect("paths").keys() {
        let at = path.replace("{id}", "sig_0");
        assert_ne!(
            ilt.ask(reqwest::Method::GET, &at)
                .send()
                .await
                .expect("an answer")
                .status(),
            404,
            "{path}"
        );
    }
    assert!(described["info"]["contact"].is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_system_connects_in_one_process() {
    a_case_system_connects(Shape::OneProcess).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_system_connects_in_processes() {
    a_case_system_connects(Shape::Processes).await;
}

/// A service that is killed in the middle of a delivery: what was told stands, and the same again completes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_killed_half_way_loses_nothing() {
    const LINES: usize = 3000;
    let mut stand = Stand::up(Shape::Processes).await;
    let steward = stand.caller("ilt.steward", "toezicht");
    let profile = approved(&stand.caller("ilt.casesystem", "toezicht"), &steward).await;
    let (body, path) = (delivery(1..=LINES), format!("/v1/signals?profile={profile}"));
    let asked = |stand: &Stand| {
        Edge::of(stand, "ilt.casesystem", "toezicht")
            .ask(reqwest::Method::POST, &path)
            .header("content-type", "application/x-ndjson")
            .header("idempotency-key", "gedood")
            .body(body.clone())
    };
    let first = tokio::spawn(asked(&stand).send());
    let stored = "SELECT CAST(COUNT(*) AS TEXT) FROM signal WHERE external_system = 'proef'";
    let so_far = loop {
        let count = stand.behind.texts(stored, vec![]).await.remove(0);
        if count != "0" {
            break count;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    stand.processes().service("signals").crash();
    assert_ne!(so_far, LINES.to_string(), "it is killed half-way");
    drop(first.await.expect("no panic"));
    stand.processes().service("signals").again();
    let told = loop {
        let answer = asked(&stand).send().await.expect("the gateway lives");
        if answer.status() == 200 {
            break lines(&answer.text().await.expect("lines"));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let summary = &told.last().expect("a summary")["summary"];
    assert_eq!(
        summary["created"], LINES,
        "what was done is answered as it was: {summary:#}"
    );
    assert_eq!(stand.behind.texts(stored, vec![]).await, [LINES.to_string()]);
    stand.down().await;
}
