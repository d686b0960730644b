//! Which errors a caller may read, and under which code.
//!
//! Three kinds arrive here. A subgraph's own errors carry our codes and a sentence for the caller: they pass. Failures
//! on the way to a subgraph name addresses and libraries: they get a code of ours and a plain sentence. Anything else
//! of a subgraph, above all an error without a code, is internal and is masked by the router afterwards.

use hive_router::GraphQLError;

/// What stands in place of an internal error's text.
pub(crate) const MASKED: &str =
    "Something failed inside. The request id in the x-request-id header finds it in the log.";

/// The gateway's own name among the services, in the count of refusals.
pub(crate) const GATEWAY: &str = "gateway";

/// Turns one error into what the caller gets.
pub(crate) fn for_the_caller(error: GraphQLError) -> GraphQLError {
    let error = in_words_for_the_caller(error);
    telemetry::metrics::refused(GATEWAY, error.extensions.code.as_deref().unwrap_or("INTERNAL"));
    error
}

fn in_words_for_the_caller(mut error: GraphQLError) -> GraphQLError {
    let code = error.extensions.code.clone().unwrap_or_default();
    match Failure::of(&code) {
        Failure::NoneOfOurs => {
            if let Some(sentence) = mend(&code) {
                error.message = sentence.to_owned();
            }
            pass(error)
        }
        Failure::Rule => {
            error.extensions.set("rule".to_owned(), code.as_str().into());
            told(error, "GRAPHQL_VALIDATION_FAILED")
        }
        Failure::Timeout => {
            let who = service(&error);
            error.message = format!("{who} did not answer in time; its part of the answer is missing. Try again.");
            told(error, "TIMEOUT")
        }
        Failure::Unavailable => {
            let who = service(&error);
            error.message = format!("{who} cannot be reached; its part of the answer is missing. Try again later.");
            told(error, "SERVICE_UNAVAILABLE")
        }
        Failure::Internal => {
            tracing::error!(
                code,
                message = error.message,
                service = error.extensions.service_name,
                "internal error of a fetch"
            );
            error.message = MASKED.to_owned();
            told(error, "INTERNAL")
        }
    }
}

/// What the router's code says about where it went wrong.
enum Failure {
    /// The caller's own error or a subgraph's: not for us to change.
    NoneOfOurs,
    /// The document breaks a validation rule; the router's code is the rule's name.
    Rule,
    Timeout,
    Unavailable,
    Internal,
}

impl Failure {
    fn of(code: &str) -> Self {
        match code {
            "SUBGRAPH_REQUEST_TIMEOUT" | "GATEWAY_TIMEOUT" => Self::Timeout,
            "SUBREQUEST_HTTP_ERROR"
            | "SUBGRAPH_RESPONSE_FAILURE"
            | "SUBGRAPH_RESPONSE_BODY_READ_FAILURE"
            | "SUBGRAPH_RESPONSE_BODY_EMPTY"
            | "SUBGRAPH_CIRCUIT_BREAKER_REJECTED" => Self::Unavailable,
            // The last is what the router writes on a subgraph's error that has no code.
            "PROJECTION_FAILURE" | "HEADER_PROPAGATION_FAILURE" | "DOWNSTREAM_SERVICE_ERROR" => Self::Internal,
            _ if code.starts_with("SUBGRAPH_") || code.starts_with("SUBREQUEST_") => Self::Internal,
            _ if is_rule(code) => Self::Rule,
            _ => Self::NoneOfOurs,
        }
    }
}

/// How to mend a request that is too much for one; the router only says that it is.
fn mend(code: &str) -> Option<&'static str> {
    Some(match code {
        "MAX_DEPTH_EXCEEDED" => "The query is nested too deep. Ask for fewer levels, or in several steps by id.",
        "MAX_ALIASES_EXCEEDED" => "The query has too many aliases. Divide it over several requests.",
        "MAX_DIRECTIVES_EXCEEDED" => "The query has too many directives. Leave out what always or never holds.",
        "TOKEN_LIMIT_EXCEEDED" => {
            "The query's text is too long. Put values into variables, or divide it over several requests."
        }
        _ => return None,
    })
}

/// Rules are written `LikeThis`, codes `LIKE_THIS`.
fn is_rule(code: &str) -> bool {
    code.starts_with(|first: char| first.is_ascii_uppercase())
        && code.contains(|letter: char| letter.is_ascii_lowercase())
}

fn service(error: &GraphQLError) -> String {
    match &error.extensions.service_name {
        Some(name) => format!("The service \"{name}\""),
        None => "A service".to_owned(),
    }
}

/// A code says that somebody meant the error to be read; without a service name the router's masking leaves it alone.
fn pass(mut error: GraphQLError) -> GraphQLError {
    error.extensions.service_name = None;
    error.extensions.affected_path = None;
    error
}

fn told(mut error: GraphQLError, code: &str) -> GraphQLError {
    if let Some(name) = error.extensions.service_name.take() {
        let name = name.as_str().into();
        error.extensions.set("service".to_owned(), name);
    }
    error.extensions.affected_path = None;
    error.extensions.code = Some(code.to_owned());
    error
}
