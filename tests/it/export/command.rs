//! The command that fetches an export: whole rows in its file, whatever breaks off on the way.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use samenzicht::api::{Patience, TokenSource};
use samenzicht::export::rows::Form;
use samenzicht::export::{End, Export};
use samenzicht::import::progress::Progress;
use samenzicht::stop::Stop;

/// What the platform does with the next request.
enum Answer {
    /// Sends this, and ends well.
    Whole(&'static str),
    /// Sends this, and breaks off.
    Broken(&'static str),
    /// Refuses with a status and a code.
    Refused(u16, &'static str),
}

/// A platform that answers as it was told, and remembers what it was asked.
#[derive(Clone, Default)]
struct Platform {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<(String, String, String)>>>,
}

async fn answer(State(platform): State<Platform>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let text = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned()
    };
    let asked = (query.unwrap_or_default(), text("accept"), text("authorization"));
    platform.asked.lock().expect("not poisoned").push(asked);
    let next = platform.answers.lock().expect("not poisoned").pop_front();
    match next.expect("no more requests than answers") {
        Answer::Whole(text) => text.into_response(),
        Answer::Broken(text) => {
            let sent = futures::stream::iter([Ok(text)]);
            // What was sent has arrived by then.
            let gone = futures::stream::once(async {
                tokio::time::sleep(Duration::from_millis(200)).await;
                Err(std::io::Error::other("gone"))
            });
            Body::from_stream(futures::StreamExt::chain(sent, gone)).into_response()
        }
        Answer::Refused(status, code) => {
            let body = serde_json::json!({ "code": code, "errors": [{ "code": code, "detail": "Nee." }] });
            let status = StatusCode::from_u16(status).expect("a status");
            (status, body.to_string()).into_response()
        }
    }
}

/// A new token each time that one is renewed.
#[derive(Default)]
struct Tokens(Mutex<u32>);

#[async_trait::async_trait]
impl TokenSource for Tokens {
    async fn token(&self, renew: bool) -> Result<String, String> {
        let mut count = self.0.lock().expect("not poisoned");
        *count += u32::from(renew);
        Ok(format!("token-{count}"))
    }
}

struct Scene {
    platform: Platform,
    url: String,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn with(answers: Vec<Answer>) -> Self {
        let platform = Platform::default();
        platform.answers.lock().expect("not poisoned").extend(answers);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!(
            "http://{}/v1/exports/signals",
            listener.local_addr().expect("an address")
        );
        let routes = Router::new().fallback(answer).with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            platform,
            url,
            folder: tempfile::tempdir().expect("a folder"),
        }
    }

    fn export(&self, form: Form) -> Export {
        Export {
            url: self.url.clone(),
            purpose: "toezicht".to_owned(),
            form,
            parameters: vec![("owner".to_owned(), "ilt".to_owned())],
            file: self.file(),
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("signals")
    }

    async fn run(&self, form: Form) -> (u64, End) {
        let patience = Patience {
            tries: 3,
            first_pause: Duration::from_millis(2),
            limit: Duration::from_secs(10),
        };
        let tokens: Arc<dyn TokenSource> = Arc::new(Tokens::default());
        self.export(form)
            .run(&tokens, patience, &Stop::default(), &mut Progress::none())
            .await
    }

    fn written(&self) -> String {
        std::fs::read_to_string(self.file()).expect("the file")
    }

    fn asked(&self) -> Vec<(String, String, String)> {
        self.platform.asked.lock().expect("not poisoned").clone()
    }
}

const HEADER: &str = "id,title,cursor\r\n";

#[tokio::test]
async fn what_breaks_off_is_gone_on_with_behind_the_last_whole_row() {
    let scene = Scene::with(vec![
        Answer::Broken("id,title,cursor\r\n1,\"een\r\n"),
        Answer::Broken("id,title,cursor\r\n1,\"een\r\ntwee\",AA\r\n2,\"hal"),
        Answer::Refused(503, "BUSY"),
        Answer::Refused(401, "TOKEN_EXPIRED"),
        Answer::Whole("2,half,BB\r\n"),
    ])
    .await;
    let (rows, end) = scene.run(Form::Csv).await;
    assert!(matches!(end, End::Complete), "{end:?}");
    assert_eq!(rows, 2);
    assert_eq!(
        scene.written(),
        format!("{HEADER}1,\"een\r\ntwee\",AA\r\n2,half,BB\r\n")
    );
    let asked = scene.asked();
    let queries: Vec<&str> = asked.iter().map(|(query, ..)| query.as_str()).collect();
    assert_eq!(
        queries,
        [
            "owner=ilt",
            "owner=ilt",
            "owner=ilt&after=AA",
            "owner=ilt&after=AA",
            "owner=ilt&after=AA"
        ]
    );
    assert!(asked.iter().all(|(_, accept, _)| accept == "text/csv"));
    assert_eq!(asked[4].2, "Bearer token-1");
    assert_eq!(
        std::fs::read_dir(scene.folder.path()).expect("a folder").count(),
        1,
        "nothing is left beside it"
    );
}

#[tokio::test]
async fn a_later_run_of_the_same_command_goes_on_and_another_begins_anew() {
    let row = "{\"id\": \"sig_1\", \"cursor\": \"AA\"}\n";
    let scene = Scene::with(vec![
        Answer::Broken("{\"id\": \"sig_1\", \"cursor\": \"AA\"}\n{\"id\": \"sig_2\""),
        Answer::Refused(403, "PURPOSE_NOT_HELD"),
        Answer::Whole("{\"id\": \"sig_2\", \"cursor\": \"BB\"}\n{\"complete\": true, \"cursor\": \"BB\"}\n"),
        Answer::Whole(HEADER),
    ])
    .await;
    let (rows, end) = scene.run(Form::Ndjson).await;
    assert!(
        matches!(&end, End::Failed(fault) if fault.code() == "PURPOSE_NOT_HELD"),
        "{end:?}"
    );
    assert!(!scene.file().exists(), "half an export is no export");
    assert_eq!(rows, 1);
    let (rows, end) = scene.run(Form::Ndjson).await;
    assert!(matches!(end, End::Complete), "{end:?}");
    assert_eq!(
        (rows, scene.written()),
        (1, format!("{row}{{\"id\": \"sig_2\", \"cursor\": \"BB\"}}\n"))
    );
    let (_, end) = scene.run(Form::Csv).await;
    assert!(matches!(end, End::Complete), "{end:?}");
    assert_eq!(scene.written(), HEADER);
    assert_eq!(scene.asked()[3].0, "owner=ilt");
}

#[tokio::test]
async fn who_ends_without_saying_so_is_asked_again_and_at_last_given_up() {
    let answers = [
        "",
        "{\"problem\": {\"code\": \"LOG_UNAVAILABLE\", \"errors\": []}}\n",
        "{\"id\"",
    ];
    let scene = Scene::with(answers.into_iter().map(Answer::Whole).collect()).await;
    let (rows, end) = scene.run(Form::Ndjson).await;
    assert!(
        matches!(&end, End::Failed(fault) if fault.code() == "API_UNREACHABLE"),
        "{end:?}"
    );
    assert_eq!((rows, scene.asked().len()), (0, 3));
}
