//! From a request with a token to an answer that may leave.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use ::http::{HeaderMap, StatusCode};
use async_graphql::futures_util::stream::BoxStream;
use async_graphql::{ObjectType, Request, Response, Schema, ServerError, SubscriptionType, Value};
use async_trait::async_trait;
use futures::StreamExt;
use opentelemetry::trace::TraceContextExt;
use telemetry::metrics::Listening;
use tracing::Instrument;
use uuid::Uuid;

use super::asked::Asked;
use super::line::Line;
use super::live::Listener;
use crate::fault::{Code, Fault, Language};
use crate::log::Outcome;
use crate::session::{Platform, Session, Stated};
use crate::token::{Refusal, Verified, Verifier};

/// The header that states the purpose.
pub const PURPOSE_HEADER: &str = "samenzicht-purpose";
/// The header that carries our own id of the request, in and out.
pub const REQUEST_ID_HEADER: &str = "x-request-id";
/// The longest a request may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// What leaves a subgraph for one request.
#[derive(Debug)]
pub struct Reply {
    /// 200, or 401 (503 when the provider cannot be asked) before any resolver ran.
    pub status: StatusCode,
    /// Our own id of the request.
    pub request: Uuid,
    /// The answer.
    pub response: Response,
}

/// A subgraph, whatever its schema.
#[async_trait]
pub trait Subgraph: Send + Sync + 'static {
    /// Its name in the supergraph.
    fn name(&self) -> &'static str;
    /// Verifies the token and answers one request.
    async fn execute(&self, headers: &HeaderMap, request: Request) -> Reply;
    /// Answers one request of a verified caller.
    async fn execute_as(&self, who: Verified, headers: &HeaderMap, request: Request) -> Reply;
    /// Answers a subscription of a verified caller, or a single request as a stream of one.
    async fn stream(&self, who: Verified, headers: &HeaderMap, request: Request) -> BoxStream<'static, Response>;
    /// What it stands on.
    fn platform(&self) -> &Platform;
    /// Who verifies its callers.
    fn verifier(&self) -> &Verifier;
}

/// Adds a request's loaders and whatever else its resolvers need.
pub type Prepare = fn(Request, &Arc<Session>) -> Request;

/// Executes requests of one schema.
pub struct Executor<Q, M, S> {
    /// The schema.
    pub schema: Schema<Q, M, S>,
    platform: Platform,
    verifier: Verifier,
    prepare: Prepare,
    /// Every name in the schema: what may be told of a request.
    words: Arc<HashSet<String>>,
}

impl<Q, M, S> Executor<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    /// An executor for this schema.
    pub fn new(schema: Schema<Q, M, S>, platform: Platform, verifier: Verifier, prepare: Prepare) -> Self {
        let words = Arc::new(schema.names().into_iter().collect());
        Self {
            schema,
            platform,
            verifier,
            prepare,
            words,
        }
    }
}

/// A schema's text for composition.
pub fn sdl<Q, M, S>(schema: &Schema<Q, M, S>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    schema.sdl_with_options(async_graphql::SDLExportOptions::new().federation())
}

/// What a request says of itself in its headers. Our own id is always made here: the logs join on it, so that nobody
/// else may choose it. An id and a trace that came with the request are kept as foreign.
pub fn stated(headers: &HeaderMap) -> Stated {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    // Exactly one purpose: two are no purpose that exists.
    let purposes: Vec<&str> = headers
        .get_all(PURPOSE_HEADER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let purpose = purposes.join(",");
    Stated {
        purpose: Some(purpose.trim().to_owned()).filter(|code| !code.is_empty()),
        request: Uuid::now_v7(),
        language: Language::from_header(text("accept-language")),
        foreign_trace: foreign(headers, text(telemetry::TRACEPARENT)),
    }
}

/// The id and the trace that a request came with.
fn foreign(headers: &HeaderMap, trace: Option<&str>) -> Option<String> {
    let came_with = headers
        .get(REQUEST_ID_HEADER)
        .and_then(|value| value.to_str().ok())
        .and_then(|id| Uuid::try_parse(id).ok())
        .map(|id| id.to_string());
    let trace = trace.map(|trace| trace.chars().take(64).collect());
    let foreign: Vec<String> = came_with.into_iter().chain(trace).collect();
    Some(foreign.join(" ")).filter(|foreign| !foreign.is_empty())
}

/// The fault and the status of a refused token.
pub fn refusal(refusal: &Refusal) -> (StatusCode, Fault) {
    let code = Code::ALL
        .iter()
        .find(|code| code.name() == refusal.code())
        .copied()
        .unwrap_or(Code::TokenInvalid);
    let status = if code == Code::TokenUnverifiable {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::UNAUTHORIZED
    };
    (status, Fault::new(code))
}

#[async_trait]
impl<Q, M, S> Subgraph for Executor<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn name(&self) -> &'static str {
        self.platform.service
    }

    fn platform(&self) -> &Platform {
        &self.platform
    }

    fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    async fn execute(&self, headers: &HeaderMap, request: Request) -> Reply {
        match self.verifier.verify(headers).await {
            Ok(who) => self.execute_as(who, headers, request).await,
            Err(refused) => {
                let stated = stated(headers);
                let (status, fault) = refusal(&refused);
                telemetry::metrics::refused(self.platform.service, fault.code().name());
                let response = withheld(&fault, stated.request, stated.language);
                Reply {
                    status,
                    request: stated.request,
                    response,
                }
            }
        }
    }

    async fn stream(&self, who: Verified, headers: &HeaderMap, mut request: Request) -> BoxStream<'static, Response> {
        let asked = Asked::of(&mut request);
        if !asked.live {
            let reply = self.execute_as(who, headers, request).await;
            return futures::stream::iter([reply.response]).boxed();
        }
        let stated = stated(headers);
        let (id, language) = (stated.request, stated.language);
        if asked.roots.len() != 1 {
            // Streams of several root fields would mix, and with them whose session an event is logged under.
            let fault = Fault::new(Code::ValidationFailed).with("reason", "a subscription has exactly one root field");
            return futures::stream::iter([withheld(&fault, id, language)]).boxed();
        }
        let (query, operation) = (request.query.clone(), asked.name());
        let line = Line::of(&asked, &self.words);
        let trace = headers
            .get(telemetry::TRACEPARENT)
            .and_then(|value| value.to_str().ok());
        let trace = telemetry::parent(trace).span().span_context().clone();
        let trace = trace.is_valid().then(|| trace.trace_id().to_string());
        let listening = Arc::new(Listening::to(self.platform.service));
        let listener = Arc::new(Listener::new(self.platform.clone(), who, stated));
        self.schema
            .execute_stream(request.data(listener.clone()))
            .then(move |mut response| {
                let (listener, query, operation) = (listener.clone(), query.clone(), operation.clone());
                let (line, trace, listening) = (line.clone(), trace.clone(), listening.clone());
                async move {
                    let _listening = listening;
                    for error in &mut response.errors {
                        put_into_words(error, id, language, &query);
                    }
                    let logged = match listener.take() {
                        // What it is about was withdrawn while it was being answered.
                        Some(session) if session.withdrawn() => {
                            session.end().await;
                            return None;
                        }
                        Some(session) => {
                            let logged = session.finish(&operation, outcome(&response)).await;
                            line.told(&session, ended(&response, &logged), trace.as_deref());
                            logged
                        }
                        // Data of which nobody knows in whose session it was read does not leave.
                        None if response.data != Value::Null => Err(Fault::new(Code::LogUnavailable)),
                        None => Ok(()),
                    };
                    Some(match logged {
                        Ok(()) => response,
                        Err(fault) => withheld(&fault, id, language),
                    })
                }
            })
            .filter_map(std::future::ready)
            .boxed()
    }

    async fn execute_as(&self, who: Verified, headers: &HeaderMap, mut request: Request) -> Reply {
        let mut stated = stated(headers);
        let (id, language) = (stated.request, stated.language);
        let asked = Asked::of(&mut request);
        let line = Line::of(&asked, &self.words);
        let span = line.span(self.platform.service, id, headers);
        // The log names the span itself: whoever has the trace finds its lines, and the other way round.
        if let Some(trace) = telemetry::traceparent(&span) {
            stated.foreign_trace = foreign(headers, Some(&trace));
        }
        // The session is opened within the span: its statements belong to it.
        let answer = span.in_scope(|| self.answer(who, stated, request, asked.name(), line));
        // A task of its own: what was begun is logged, also when whoever asked has gone away.
        let answer = tokio::spawn(answer.instrument(span));
        let response = answer
            .await
            .unwrap_or_else(|error| withheld(&Fault::internal(error), id, language));
        Reply {
            status: StatusCode::OK,
            request: id,
            response,
        }
    }
}

impl<Q, M, S> Executor<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn answer(
        &self,
        who: Verified,
        stated: Stated,
        request: Request,
        operation: String,
        line: Line,
    ) -> impl Future<Output = Response> + Send + 'static {
        let (id, language) = (stated.request, stated.language);
        let query = request.query.clone();
        let session = Session::open(&self.platform, who, stated);
        let request = (self.prepare)(request, &session).data(session.clone());
        let schema = self.schema.clone();
        async move {
            let mut response = match tokio::time::timeout(PATIENCE, schema.execute(request)).await {
                Ok(response) => response,
                Err(_) => {
                    tracing::warn!(request = %id, operation, "a request took too long");
                    withheld(&session.honest(Fault::new(Code::Busy)), id, language)
                }
            };
            // Words first: they are for errors that have no code yet, and mending gives one.
            for error in &mut response.errors {
                if let Some(fault) = error.source::<Fault>().cloned() {
                    error.source = Some(Arc::new(session.honest(fault)));
                }
                put_into_words(error, id, language, &query);
            }
            super::http::mend(&mut response);
            let logged = session.finish(&operation, outcome(&response)).await;
            let logged = logged.map_err(|fault| session.honest(fault));
            line.told(
                &session,
                ended(&response, &logged),
                telemetry::current_trace().as_deref(),
            );
            match logged {
                Ok(()) => response,
                Err(fault) => withheld(&fault, id, language),
            }
        }
    }
}

/// An answer of nothing but one fault.
pub fn withheld(fault: &Fault, request: Uuid, language: Language) -> Response {
    let mut error = ServerError::new(String::new(), None);
    describe(&mut error, fault, request, language);
    Response::from_errors(vec![error])
}

/// Puts an error into the reader's words and gives it its stable code.
pub fn put_into_words(error: &mut ServerError, request: Uuid, language: Language, query: &str) {
    if error
        .extensions
        .as_ref()
        .is_some_and(|extensions| extensions.get("code").is_some())
    {
        return;
    }
    if let Some(fault) = error.source::<Fault>().cloned() {
        describe(error, &fault, request, language);
        return;
    }
    let reason = error.message.clone();
    let fault = if reason.contains("too deep") || reason.contains("too complex") || reason.contains("recursive depth") {
        Fault::new(Code::TooDeep)
    } else if async_graphql::parser::parse_query(query).is_err() {
        Fault::new(Code::ParseFailed).with("reason", without_text(&reason))
    } else if let Some(field) = argument(&reason) {
        let (dutch, english) = explained(&reason);
        Fault::new(Code::InvalidInput)
            .with_words("reason", dutch, english)
            .at(field)
    } else if error.path.is_empty() {
        Fault::new(Code::ValidationFailed).with("reason", reason)
    } else {
        Fault::new(Code::InvalidInput).with("reason", reason)
    };
    describe(error, &fault, request, language);
}

fn describe(error: &mut ServerError, fault: &Fault, request: Uuid, language: Language) {
    if let Some(cause) = fault.cause() {
        let trace = telemetry::current_trace();
        tracing::error!(%request, trace, code = fault.code().name(), error = cause.to_string(), "a request failed inside");
        if let Some(trace) = trace {
            error.extensions.get_or_insert_default().set("trace", trace);
        }
    }
    error.message = fault.clone().with("request", request).sentence(language);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("code", fault.code().name());
    if let Some(field) = fault.field() {
        extensions.set("field", field);
    }
}

/// Where and why a text cannot be parsed, without the text itself: what was meant to be kept apart may stand in it.
fn without_text(reason: &str) -> String {
    let place = reason.lines().find_map(|line| line.trim_start().strip_prefix("--> "));
    let expected = reason
        .lines()
        .rev()
        .find_map(|line| line.trim_start().strip_prefix("= "));
    match (place, expected) {
        (Some(place), Some(expected)) => format!("{place}: {expected}"),
        _ => "a syntax error".to_owned(),
    }
}

/// What a validation message says is wrong with an argument, for people.
fn explained(message: &str) -> (String, String) {
    let why = message.split_once("\", ").map_or(message, |(_, why)| why);
    let quoted: Vec<&str> = why.split('"').skip(1).step_by(2).collect();
    match quoted.as_slice() {
        ["DateTime"] => {
            let example = "2026-11-22T09:30:00Z";
            let dutch = format!("verwacht een bestaand moment met tijdzone, zoals {example}");
            (
                dutch,
                format!("expected a moment that exists, with its offset, such as {example}"),
            )
        }
        ["Date"] => {
            let example = "2026-11-22";
            let dutch = format!("verwacht een bestaande datum, zoals {example}");
            (dutch, format!("expected a date that exists, such as {example}"))
        }
        [kind, value] if why.starts_with("enumeration type") => {
            let dutch = format!("`{value}` is geen waarde van {kind}; het schema noemt ze");
            (
                dutch,
                format!("`{value}` is not a value of {kind}; the schema lists them"),
            )
        }
        [kind] if why.starts_with("expected type") => (
            format!("verwacht een waarde van het type {kind}"),
            format!("expected a value of type {kind}"),
        ),
        _ if why.starts_with("Oneof") => ("geef er precies een".to_owned(), "give exactly one".to_owned()),
        _ => (why.to_owned(), why.to_owned()),
    }
}

/// The argument that a validation message names.
fn argument(message: &str) -> Option<String> {
    let rest = message.split_once("nvalid value for argument \"")?.1;
    rest.split_once('"').map(|(path, _)| path.to_owned())
}

fn code_of(error: &ServerError) -> Option<&'static str> {
    let Some(Value::String(code)) = error.extensions.as_ref()?.get("code") else {
        return None;
    };
    Code::ALL.iter().map(|known| known.name()).find(|name| name == code)
}

/// How a request ended whose lines were, or were not, written.
fn ended(response: &Response, logged: &Result<(), Fault>) -> Outcome {
    match logged {
        Ok(()) => outcome(response),
        Err(fault) => Outcome::Refused(fault.code().name()),
    }
}

fn outcome(response: &Response) -> Outcome {
    response
        .errors
        .first()
        .and_then(code_of)
        .map_or(Outcome::Done, Outcome::Refused)
}
