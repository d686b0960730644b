//! Which errors a caller may read, and under which code.
//!
//! Three kinds arrive here. A subgraph's own errors carry our codes and a sentence for the caller: they pass. Failures
//! on the way to a subgraph name addresses and libraries: they get a code of ours and a plain sentence. Anything else
//! of a subgraph, above all an error without a code, is internal and is masked by the router afterwards.

use hive_router::GraphQLError;

/// What stands in place of an internal error's text.
pub(crate) const MASKED: &str =
    "Something failed inside. The request id in the x-request-id header finds it in the log.";

/// Turns one error into what the caller gets.
pub(crate) fn for_the_caller(mut error: GraphQLError) -> GraphQLError {
    let code = error.extensions.code.clone().unwrap_or_default();
    match Failure::of(&code) {
        Failure::NoneOfOurs => pass(error),
        Failure::Timeout => {
            let who = service(&error);
            error.message = format!(
                "{who} did not answer in time; its part of the answer is missing. Try again."
            );
            told(error, "TIMEOUT")
        }
        Failure::Unavailable => {
            let who = service(&error);
            error.message = format!(
                "{who} cannot be reached; its part of the answer is missing. Try again later."
            );
            told(error, "SERVICE_UNAVAILABLE")
        }
        Failure::Internal => {
            tracing::error!(router_code = code, message = error.message, "fetch failed");
            error.message = MASKED.to_owned();
            told(error, "INTERNAL")
        }
    }
}

/// What the router's code says about where it went wrong.
enum Failure {
    /// The caller's own error or a subgraph's: not for us to change.
    NoneOfOurs,
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
            "PROJECTION_FAILURE" | "HEADER_PROPAGATION_FAILURE" | "SUBGRAPH_EXECUTION_FAILURE" => {
                Self::Internal
            }
            _ if code.starts_with("SUBGRAPH_") || code.starts_with("SUBREQUEST_") => Self::Internal,
            _ => Self::NoneOfOurs,
        }
    }
}

fn service(error: &GraphQLError) -> String {
    match &error.extensions.service_name {
        Some(name) => format!("The service \"{name}\""),
        None => "A service".to_owned(),
    }
}

/// Without a service name the router's masking leaves an error alone: a code says that somebody meant it to be read.
fn pass(mut error: GraphQLError) -> GraphQLError {
    if error.extensions.code.is_some() {
        error.extensions.service_name = None;
    } else if error.extensions.service_name.take().is_some() {
        tracing::error!(message = error.message, "subgraph error without a code");
        error.message = MASKED.to_owned();
        error.extensions.code = Some("INTERNAL".to_owned());
    }
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
